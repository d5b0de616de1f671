"""Emergency access ("break-glass"): a record that the table denies, for three hours, for a reason.

Whoever breaks the glass says why and for which purpose. Supervisors and oversight are told at once,
everything read under it is marked in the audit log, and somebody else must judge it afterwards. It
opens records for reading only. Where the person's own organisation has no key to the record, a
supervisor of one that has lets the person in.
"""
