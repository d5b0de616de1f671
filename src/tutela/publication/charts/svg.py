"""Render a specification to SVG with the same bytes everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from tutela.publication.charts.palette import DANGER, FONT, HATCH, HATCH_PAPER, stylesheet
from tutela.publication.charts.texts import Texts
from tutela.publication.charts.words import DESCRIPTION, SYNTHETIC

_HATCHING = (
    '<pattern id="hidden" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{HATCH_PAPER}"/>'
    f'<line x1="0" y1="0" x2="0" y2="6" stroke="{HATCH}" stroke-width="2"/></pattern>'
)
#: What Vega writes for other uses than ours: roles in English, empty paths, the obvious.
_SURPLUS = re.compile(
    r'<path class="(?:back|fore)ground"[^>]*? d="(?:M0,0h0v0h0Z)?"[^>]*?/>'
    r'| (?:role|aria-roledescription|aria-hidden|pointer-events|opacity)="[^"]*"'
    rf'| font-family="{FONT}"'
)
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")
_OPENING = re.compile(r"<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>")


def render(
    spec: dict[str, Any], texts: Texts, *, title: Mapping[str, str], synthetic: bool
) -> dict[str, bytes]:
    """Language → SVG of a Vega-Lite `spec` as UTF-8: text stays text, dark mode by media query.

    `title` is for screen readers. Where `synthetic`, the mark lies over the whole image, so that
    no part can be cut out without it.
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="5.21")
    opening = _OPENING.match(svg)
    assert opening is not None  # noqa: S101 - the renderer's own first tag
    body = _SURPLUS.sub("", svg[opening.end() :].removesuffix("</svg>"))
    body = _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", body)
    if synthetic:
        body += _watermark(float(opening[1]), float(opening[2]))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{opening[1]}" '
        f'height="{opening[2]}" viewBox="0 0 {opening[1]} {opening[2]}" '
        f'font-family="{FONT}">'
    )
    style = f"<style>{stylesheet()}</style><defs>{_HATCHING}</defs>"
    mark = f"{SYNTHETIC} · " if synthetic else ""
    return {
        language: (
            f"{head}<title>{mark}{escape(name)}</title>"
            f"<desc>{escape(DESCRIPTION[language])}</desc>{style}"
            f"{texts.fill(body, language)}</svg>\n"
        ).encode()
        for language, name in title.items()
    }


def _watermark(width: float, height: float) -> str:
    """The word SYNTHETIC in a light diagonal grid over the image."""
    words = [
        f'<text x="{x:.0f}" y="{y:.0f}" transform="rotate(-18 {x:.0f} {y:.0f})">{SYNTHETIC}</text>'
        for row, y in enumerate(_steps(height, 190, 120))
        for x in _steps(width, 330, 170 if row % 2 else 60)
    ]
    return (
        f'<g fill="{DANGER}" fill-opacity="0.11" font-size="34" '
        f'font-weight="bold" aria-hidden="true">{"".join(words)}</g>'
    )


def _steps(length: float, step: float, start: float) -> list[float]:
    """Positions from `start` to `length`, `step` apart."""
    return [start + i * step for i in range(int((length - start) // step) + 1)]
