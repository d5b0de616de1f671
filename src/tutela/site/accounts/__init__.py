"""Accounts of the people who work with the site; readers have none."""
