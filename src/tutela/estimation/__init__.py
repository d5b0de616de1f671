"""Multiple systems estimation: how many no list knows, from the overlaps of the lists.

A stand-alone engine. It takes a table of capture histories (which lists know a person, and how
many persons share that history) and knows nothing of what the persons have in common.
"""
