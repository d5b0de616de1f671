"""Tests of the release: reading, writing, charts, SDMX."""
