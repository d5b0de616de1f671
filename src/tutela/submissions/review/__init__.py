"""Clerical review without identities: each agency confirms its own fields, and no more.

The protocol and what it protects against stand in docs/review.md.
"""
