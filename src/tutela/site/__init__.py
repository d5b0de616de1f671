"""The Django site: it renders release folders, and knows nothing else of the figures."""
