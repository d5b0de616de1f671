"""The waterfall of one decision of linkage: from the odds of chance to the calibrated ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutela.linkage.explain import Explanation, Verdict
from tutela.linkage.explain_words import FIELDS, LANGUAGES, percent, share_of
from tutela.publication.charts.palette import BAR, DANGER, HATCH, INK, LINE, SOFT_INK
from tutela.publication.charts.spec import CONFIG, SCHEMA, Spec
from tutela.publication.charts.svg import render
from tutela.publication.charts.texts import Texts
from tutela.publication.charts.words import INVENTED, SYNTHETIC

_WIDTH = 420
_ROW = 30
_GUTTER = 190
_TITLE_WIDTH = 60

TITLE = {
    "fr": "Une seule personne ?",
    "nl": "Eén persoon?",
    "de": "Eine Person?",
    "en": "One person?",
}
SUBTITLE = {
    "fr": "À droite : ce qui parle pour une seule personne ; à gauche : pour deux. Chaque "
    "unité multiplie les chances par 2,7.",
    "nl": "Naar rechts: wat voor één persoon spreekt; naar links: voor twee. Elke eenheid maakt de "
    "kans 2,7 keer groter.",
    "de": "Nach rechts: was für eine Person spricht; nach links: für zwei. Jede Einheit erhöht "
    "die Chance auf das 2,7-Fache.",
    "en": "To the right: what speaks for one person; to the left: for two. Each unit makes the "
    "odds 2.7 times as great.",
}
PRIOR = {
    "fr": "au départ, au hasard",
    "nl": "bij aanvang, toevallig",
    "de": "zu Beginn, zufällig",
    "en": "at the start, by chance",
}
SUM = {
    "fr": "selon le modèle",
    "nl": "volgens het model",
    "de": "nach dem Modell",
    "en": "by the model",
}
CALIBRATED = {"fr": "calibré", "nl": "gekalibreerd", "de": "kalibriert", "en": "calibrated"}


def waterfall_charts(explanation: Explanation, *, synthetic: bool) -> dict[str, bytes]:
    """Language → SVG of an explanation."""
    texts = Texts()
    rows = _rows(explanation, texts)
    title: Mapping[str, str] = TITLE
    if synthetic:
        title = {language: f"{SYNTHETIC} · {words}" for language, words in TITLE.items()}
    heading: Spec = {
        "text": texts.block(title, width=_TITLE_WIDTH),
        "subtitle": [
            *texts.block(SUBTITLE, width=_TITLE_WIDTH + 26),
            " · ".join(explanation.records),
        ],
    }
    if synthetic:
        heading["subtitle"].append(texts.add(INVENTED))
    reach = max(max(abs(row["from"]), abs(row["to"])) for row in rows) + 3
    x = {
        "field": "from",
        "type": "quantitative",
        "scale": {"domain": [-reach, reach], "nice": False},
        "axis": {"labels": False, "grid": True, "title": None},
    }
    y = {
        "field": "name",
        "type": "ordinal",
        "scale": {"domain": [row["name"] for row in rows], "paddingInner": 0.25},
        "axis": {"minExtent": _GUTTER, "maxExtent": _GUTTER, "labelPadding": 8},
    }
    spec: Spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "title": heading,
        "width": _WIDTH,
        "height": _ROW * len(rows),
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": SOFT_INK},
                "encoding": {"x": {**x, "field": "zero"}, "y": None},
            },
            {
                "mark": {"type": "bar", "strokeWidth": 0},
                "encoding": {
                    "x": x,
                    "x2": {"field": "to"},
                    "fill": {"field": "colour", "scale": None},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 11},
                "encoding": {"x": {**x, "field": "end"}, "text": {"field": "text"}},
            },
        ],
    }
    return render(spec, texts, title=TITLE, synthetic=synthetic)


def _rows(explanation: Explanation, texts: Texts) -> list[dict[str, Any]]:
    """One bar each: prior, fields, sum, and what the calibration makes of it."""
    at = explanation.prior
    rows = [_bar(texts, PRIOR, 0.0, at, SOFT_INK, _same(f"{at:+.1f}"))]
    for step in explanation.steps:
        name = FIELDS.get(step.field, dict.fromkeys(LANGUAGES, step.field))
        missing = step.verdict is Verdict.MISSING
        colour = HATCH if missing else BAR if step.adds >= 0 else DANGER
        text = _same("?") if missing else _same(f"{step.adds:+.1f}")
        rows.append(_bar(texts, name, at, at + step.adds, colour, text))
        at += step.adds
    rows.append(_bar(texts, SUM, 0.0, explanation.sum, SOFT_INK, _chance(explanation.sum)))
    if explanation.calibrated is not None:
        odds = explanation.calibrated
        rows.append(_bar(texts, CALIBRATED, 0.0, odds, SOFT_INK, _chance(odds)))
    return rows


def _bar(
    texts: Texts,
    name: Mapping[str, str],
    start: float,
    end: float,
    colour: str,
    text: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "name": texts.add(name),
        "from": start,
        "to": end,
        "end": max(start, end),
        "colour": colour if start != end else LINE,
        "text": texts.add(text),
    }


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text.replace("-", "−"))


def _chance(log_odds: float) -> dict[str, str]:
    return {language: percent(share_of(log_odds), language) for language in LANGUAGES}
