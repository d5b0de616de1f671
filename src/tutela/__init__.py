"""Tutela: a national system against the sexual exploitation of children."""

__version__ = "0.1.0"
