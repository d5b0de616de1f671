"""Country packs: data, and the few rules that are one country's alone."""
