"""Private record linkage: encode at the agency; block, compare, model, cluster at the centre.

Knows nothing of the subject: it takes any table with a declared schema of fields.
"""
