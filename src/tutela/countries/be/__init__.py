"""The Belgian pack."""
