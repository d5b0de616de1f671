"""From protected tables to a release: a folder that can be served, archived and cited."""
