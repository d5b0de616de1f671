"""Profiles, validation, sealed packages and the national store.

At the agency: read a file, name its problems, encode, seal. At the centre: receive, keep, withdraw.
"""
