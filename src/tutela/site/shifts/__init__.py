"""The end of a shift: what somebody holds open, a note to the next, and who takes it over.

The note is closed in the vault. Until the named person takes over, a clock runs; after half an hour
the supervisors are told.
"""
