"""Disclosure control: hide the least that keeps every small count hidden, and prove it.

Works on any frequency table; knows nothing of what is counted.
"""
