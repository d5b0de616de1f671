"""The Vega-Lite specification of an indicator's chart: totals as bars, the rest as a matrix."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from tutela.publication.charts.cells import Axis, Cell, Drawing
from tutela.publication.charts.palette import (
    BAR,
    FONT,
    HATCH,
    HIDDEN_FILL,
    INK,
    LINE,
    PAPER,
    SOFT_INK,
)
from tutela.publication.charts.texts import GROUP, Texts
from tutela.publication.charts.words import ALL, INVENTED, KEY, SIGN, SYNTHETIC

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_WIDTH = 592
_BAR_HEIGHT = 170
_ROW_HEIGHT = 30
_TITLE_WIDTH = 74
#: Characters of a label on one line, pixels of a letter, and the room that labels get.
_LONGEST_LABEL = 38
_TURNED_LABEL = 28
_LETTER = 6.5
_GUTTER = 240
_KEY_STEP = 260

CONFIG: Spec = {
    "aria": False,
    "background": PAPER,
    "font": FONT,
    "padding": 16,
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 17,
        "fontWeight": "bold",
        "subtitleColor": SOFT_INK,
        "subtitleFontSize": 13,
        "offset": 14,
    },
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT_INK,
        "labelFontSize": 12,
        "labelLimit": 0,
        "labelOverlap": False,
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "title": None,
    },
    "concat": {"spacing": 12},
}


def trend(
    drawing: Drawing,
    *,
    title: Mapping[str, str],
    who: Mapping[str, str],
    texts: Texts,
    synthetic: bool,
) -> Spec:
    """The chart of one indicator: a column per code across, over a matrix of the second dimension.

    `title` and `who` (what is counted) are by language; what the chart says goes through `texts`.
    """
    views = [_bars(drawing, texts)]
    if drawing.matrix:
        views.append(_matrix(drawing, texts))
    key = [status for status in KEY if status in drawing.statuses()]
    if key:
        views.append(_key(key, texts))
    if synthetic:
        title = {language: f"{SYNTHETIC} · {words}" for language, words in title.items()}
    heading = {
        "text": texts.block(title, width=_TITLE_WIDTH),
        "subtitle": texts.block(who, width=_TITLE_WIDTH + 20),
    }
    if synthetic:
        heading["subtitle"].append(texts.add(INVENTED))
    return {"$schema": SCHEMA, "config": CONFIG, "title": heading, "vconcat": views}


def _x(axis: Axis, texts: Texts, *, labels: bool) -> Spec:
    """The shared horizontal axis; its labels stand once, under the bars."""
    spec: Spec = {
        "field": "x",
        "type": "ordinal",
        "scale": {"domain": list(axis.codes), "paddingInner": 0.12, "paddingOuter": 0.06},
        "axis": None,
    }
    if labels:
        spec["axis"] = _across_labels(axis, texts)
    return spec


def _across_labels(axis: Axis, texts: Texts) -> Spec:
    """Labels under the bars: level on one or two lines, turned where they do not fit."""
    room = int(_WIDTH / max(len(axis.labels), 1) / _LETTER)
    words = [word for label in axis.labels for word in label.values()]
    lines = max((len(textwrap.wrap(word, max(room, 1))) for word in words), default=1)
    longest_word = max((len(part) for word in words for part in word.split()), default=0)
    if lines <= 2 and longest_word <= room:
        marks = [texts.add(label, width=room, lines=2) for label in axis.labels]
        turn = {"labelAngle": 0, "labelBaseline": "middle", "labelPadding": 8 * lines}
        extent = 6 + 16 * lines
    else:
        marks = [texts.add(label, width=_TURNED_LABEL) for label in axis.labels]
        turn = {"labelAngle": -40, "labelAlign": "right"}
        extent = int(max(map(texts.longest, marks)) * _LETTER * 0.7) + 16
    return {"labelExpr": _lookup(axis, marks), **turn, **_extent(extent)}


def _extent(pixels: int) -> Spec:
    """Room kept for an axis whatever its words, so that all languages share one layout."""
    return {"minExtent": pixels, "maxExtent": pixels}


def _lookup(axis: Axis, marks: list[str]) -> str:
    """The Vega expression that says a label instead of a code."""
    table = dict(zip(axis.codes, marks, strict=True))
    return f"{json.dumps(table)}[datum.value]"


def _bars(drawing: Drawing, texts: Texts) -> Spec:
    """Totals as columns; what is hidden or unknown fills the height lightly, for it has none."""
    top = max((cell["count"] for cell in drawing.bars if cell["count"]), default=0)
    y = {
        "field": "count",
        "type": "quantitative",
        "scale": {"domain": [0, top * 1.12 or 1]},
        "axis": {
            "tickCount": 4,
            "labelExpr": f"replace(format(datum.value, ',d'), regexp(',', 'g'), '{GROUP}')",
            "title": texts.add(ALL) if drawing.matrix else None,
            "titleColor": SOFT_INK,
            "titleFontWeight": "normal",
            "titleAngle": 0,
            "titleAlign": "left",
            "titleX": -40,
            "titleY": -10,
            **_extent(_GUTTER if drawing.matrix else 48),
        },
    }
    return {
        "width": _WIDTH,
        "height": _BAR_HEIGHT,
        "data": {"values": drawing.bars},
        "encoding": {"x": _x(drawing.across, texts, labels=True)},
        "layer": [
            {
                "transform": [{"filter": "datum.status === 'shown'"}],
                "mark": {"type": "bar", "color": BAR},
                "encoding": {"y": y},
            },
            {
                "transform": [{"filter": "datum.status === 'shown'"}],
                "mark": {"type": "text", "dy": -7, "color": INK, "fontSize": 11},
                "encoding": {"y": y, "text": {"field": "text"}},
            },
            {
                "transform": [{"filter": "datum.status === 'hidden'"}],
                "mark": {"type": "bar", "color": HIDDEN_FILL, "stroke": HATCH, "strokeWidth": 1},
                "encoding": {"y": {"value": 0}, "y2": {"value": _BAR_HEIGHT}},
            },
            {
                "transform": [{"filter": "datum.status !== 'shown' && datum.status !== 'hidden'"}],
                "mark": {"type": "text", "color": SOFT_INK, "fontSize": 14},
                "encoding": {"y": {"value": _BAR_HEIGHT - 9}, "text": {"field": "text"}},
            },
        ],
    }


def _matrix(drawing: Drawing, texts: Texts) -> Spec:
    """One row per code of the second dimension; the figure stands in its cell."""
    size = 11 if len(drawing.across.codes) <= _ROW_HEIGHT // 2 + 3 else 10
    marks = [texts.add(label, width=_LONGEST_LABEL, lines=2) for label in drawing.down.labels]
    return {
        "width": _WIDTH,
        "height": _ROW_HEIGHT * len(drawing.down.codes),
        "data": {"values": drawing.matrix},
        "encoding": {
            "x": _x(drawing.across, texts, labels=False),
            "y": {
                "field": "y",
                "type": "ordinal",
                "scale": {"domain": list(drawing.down.codes), "paddingInner": 0.12},
                "axis": {
                    "labelExpr": _lookup(drawing.down, marks),
                    "labelPadding": 8,
                    **_extent(_GUTTER),
                },
            },
        },
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "fill": {"field": "fill", "scale": None},
                    "stroke": {
                        "condition": {"test": "datum.status === 'hidden'", "value": HATCH},
                        "value": None,
                    },
                },
            },
            {
                "mark": {"type": "text", "fontSize": size, "baseline": "middle"},
                "encoding": {
                    "text": {"field": "text"},
                    "color": {"field": "ink", "scale": None},
                },
            },
        ],
    }


def _key(statuses: list[str], texts: Texts) -> Spec:
    """What the marks mean that are not counts; only those that occur."""
    rows: list[Cell] = [
        {
            "x": (i % 2) * _KEY_STEP,
            "y": (i // 2) * 22 + 11,
            "sign": SIGN[status],
            "text": texts.add(KEY[status]),
            "fill": HIDDEN_FILL if status == "hidden" else PAPER,
        }
        for i, status in enumerate(statuses)
    ]
    height = 22 * ((len(rows) + 1) // 2)
    at: Spec = {"type": "quantitative", "axis": None}
    x = {**at, "field": "x", "scale": {"domain": [0, _WIDTH], "nice": False}}
    y = {**at, "field": "y", "scale": {"domain": [height, 0], "nice": False, "zero": False}}
    return {
        "width": _WIDTH,
        "height": height,
        "data": {"values": rows},
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "mark": {
                    "type": "square",
                    "size": 220,
                    "xOffset": 9,
                    "opacity": 1,
                    "stroke": HATCH,
                    "strokeWidth": 1,
                },
                "encoding": {"fill": {"field": "fill", "scale": None}},
            },
            {
                "mark": {"type": "text", "dx": 9, "color": SOFT_INK, "fontSize": 11},
                "encoding": {"text": {"field": "sign"}},
            },
            {
                "mark": {
                    "type": "text",
                    "dx": 24,
                    "align": "left",
                    "color": SOFT_INK,
                    "fontSize": 12,
                },
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }
