"""Charts of protected tables: Vega-Lite specifications, rendered to SVG on the server.

A chart draws only what its table shows. A hidden cell is hatched and has no height, an unknown one
is a question mark; neither is ever drawn as zero.
"""
