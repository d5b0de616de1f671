"""Colours of the charts by light and by dark: deep teal on warm sand."""

from __future__ import annotations

#: Metric-compatible with Arial, which readers have; vl-convert carries it to measure text.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

PAPER = "#fdfbf6"
INK = "#23312f"
SOFT_INK = "#5a625c"
LINE = "#dcd5c4"
BAR = "#0f5c63"
DANGER = "#9c2f26"
#: Five classes of a cell, from few to many.
RAMP = ("#e4f0ee", "#b9d9d8", "#82b9bb", "#2f7a81", "#0e4f56")
#: Figures printed on a cell of each class.
ON_RAMP = ("#1f302e", "#1f302e", "#1f302e", "#fffefb", "#fffefb")
HATCH = "#b3a685"
HATCH_PAPER = "#f3eddd"
#: What SVG fills a hidden cell with; the pattern stands in the image's own definitions.
HIDDEN_FILL = "url(#hidden)"

#: Light colour → colour in the dark; every colour above has its own row.
DARK = {
    PAPER: "#141b1c",
    INK: "#ece7db",
    SOFT_INK: "#b3b6ae",
    LINE: "#3a4443",
    BAR: "#6cc0c4",
    DANGER: "#f0968c",
    "#e4f0ee": "#1b3032",
    "#b9d9d8": "#22474a",
    "#82b9bb": "#2f6a6e",
    "#2f7a81": "#63b1b5",
    "#0e4f56": "#a3dcdd",
    "#1f302e": "#f2efe6",
    "#fffefb": "#0f1a1b",
    HATCH: "#857b62",
    HATCH_PAPER: "#24271f",
}


def stylesheet() -> str:
    """CSS for inside the SVG: the dark colours where the reader's screen is dark."""
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in DARK.items()
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"
