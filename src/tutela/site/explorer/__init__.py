"""The public explorer: pages over one release folder."""
