"""The reliability diagram of linkage: what was claimed against what was found true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from tutela.publication.charts.palette import BAR, INK, LINE, SOFT_INK
from tutela.publication.charts.spec import CONFIG, SCHEMA, Spec
from tutela.publication.charts.svg import render
from tutela.publication.charts.texts import Texts
from tutela.publication.charts.words import INVENTED, SYNTHETIC

_HEIGHT = 250
#: Width of the only panel, and of each of two.
_WIDTHS = {1: 536, 2: 250}
_TITLE_WIDTH = 62
_Z = 1.96

TITLE = {
    "fr": "Les probabilités du couplage disent-elles vrai ?",
    "nl": "Kloppen de waarschijnlijkheden van de koppeling?",
    "de": "Stimmen die Wahrscheinlichkeiten der Verknüpfung?",
    "en": "Do the probabilities of linkage mean what they say?",
}
SUBTITLE = {
    "fr": "Paires de fiches plantées (personnes inventées) que le calibrage n’a pas vues. Sur la "
    "diagonale, la probabilité annoncée est la part trouvée vraie.",
    "nl": "Paren van geplante records (verzonnen personen) die de kalibratie niet zag. Op de "
    "diagonaal is de opgegeven waarschijnlijkheid het gevonden ware aandeel.",
    "de": "Paare gepflanzter Datensätze (erfundene Personen), die die Kalibrierung nicht sah. Auf "
    "der Diagonalen ist die angegebene Wahrscheinlichkeit der gefundene wahre Anteil.",
    "en": "Pairs of planted records (invented persons) that the calibration had not seen. On the "
    "diagonal the probability claimed is the share found true.",
}
CLAIMED = {
    "fr": "probabilité annoncée (%)",
    "nl": "opgegeven waarschijnlijkheid (%)",
    "de": "angegebene Wahrscheinlichkeit (%)",
    "en": "probability claimed (%)",
}
FOUND = {
    "fr": "part trouvée vraie (%)",
    "nl": "gevonden waar aandeel (%)",
    "de": "gefundener wahrer Anteil (%)",
    "en": "share found true (%)",
}
ROLES = {
    "victim": {"fr": "Enfants", "nl": "Kinderen", "de": "Kinder", "en": "Children"},
    "suspect": {"fr": "Suspects", "nl": "Verdachten", "de": "Verdächtige", "en": "Suspects"},
}


def reliability_charts(
    bins: Mapping[str, Sequence[Mapping[str, Any]]], *, synthetic: bool
) -> dict[str, bytes]:
    """Language → SVG; `bins` maps a role (`victim`, `suspect`) to rows of claimed, found, pairs."""
    texts = Texts()
    title: Mapping[str, str] = TITLE
    if synthetic:
        title = {language: f"{SYNTHETIC} · {words}" for language, words in TITLE.items()}
    heading: Spec = {
        "text": texts.block(title, width=_TITLE_WIDTH),
        "subtitle": texts.block(SUBTITLE, width=_TITLE_WIDTH + 24),
    }
    if synthetic:
        heading["subtitle"].append(texts.add(INVENTED))
    order = [role for role in ROLES if role in bins]
    spec: Spec = {
        "$schema": SCHEMA,
        "config": {**CONFIG, "concat": {"spacing": 36}},
        "title": heading,
        "hconcat": [_panel(role, bins[role], texts, _WIDTHS[len(order)]) for role in order],
    }
    return render(spec, texts, title=TITLE, synthetic=synthetic)


def _panel(role: str, bins: Sequence[Mapping[str, Any]], texts: Texts, width: int) -> Spec:
    scale = {"domain": [0, 100], "nice": False}
    marks = [0, 25, 50, 75, 100]
    points = [
        {
            "x": 100 * row["claimed"],
            "y": 100 * row["found"],
            "low": 100 * wilson(row["found"], row["pairs"])[0],
            "high": 100 * wilson(row["found"], row["pairs"])[1],
        }
        for row in bins
    ]
    axis = {"values": marks, "grid": True, "titleColor": SOFT_INK, "titleFontWeight": "normal"}
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": scale,
        "axis": {**axis, "title": texts.add(CLAIMED), "labelExpr": "datum.value"},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": scale,
        "axis": {**axis, "title": texts.add(FOUND), "labelExpr": "datum.value"},
    }
    diagonal = [{"x": 0, "y": 0}, {"x": 100, "y": 100}]
    return {
        "width": width,
        "height": _HEIGHT,
        "title": {"text": texts.add(ROLES[role]), "color": INK, "fontSize": 13, "anchor": "start"},
        "data": {"values": points},
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "data": {"values": diagonal},
                "mark": {"type": "line", "color": LINE, "strokeWidth": 2},
            },
            {
                "mark": {"type": "rule", "color": SOFT_INK, "strokeWidth": 1.5},
                "encoding": {
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                },
            },
            {"mark": {"type": "circle", "color": BAR, "size": 70, "opacity": 1}},
        ],
    }


def wilson(share: float, size: int) -> tuple[float, float]:
    """The interval of 95 % of a share found in `size` pairs (Wilson 1927); (0, 1) of none."""
    if size <= 0:
        return 0.0, 1.0
    centre = share + _Z**2 / (2 * size)
    reach = _Z * sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    below, above = centre - reach, centre + reach
    whole = 1 + _Z**2 / size
    return max(0.0, below / whole), min(1.0, above / whole)
