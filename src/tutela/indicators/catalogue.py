"""Writes docs/indicators.md from the declarations: `python -m tutela.indicators.catalogue`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

from tutela.indicators.declared import Indicator, load
from tutela.indicators.dimension import Dimension

_HEAD = """\
# Indicators

Written from the declarations in `src/tutela/countries/be/indicators` by
`python -m tutela.indicators.catalogue > docs/indicators.md`; a test compares the two.
[How children are counted](methodology.md) says what holds for all of them.

Presumed, referred, status-granted and court-recognised victims are separate units and are never
added. Tables of one population count the same units and are protected together. Every dimension
also has its total. Codes marked ° are left out of a table when nobody falls in them.
"""

_THEMES = {
    "reports": "Reports",
    "victims": "Child victims",
    "protection": "Referral, protection and care",
    "justice": "Suspects and justice",
    "money": "Freezing, confiscation, compensation",
}


def catalogue(indicators: Sequence[Indicator]) -> str:
    """The page in Markdown, in English: every indicator, then the sources and what they see."""
    parts = [_HEAD]
    for theme, group in groupby(indicators, key=lambda indicator: indicator.theme):
        parts.append(f"## {_THEMES.get(theme, theme)}\n")
        parts.extend(_section(indicator) for indicator in group)
    parts.append("## Sources: what each can and cannot see\n")
    sources = {source.agency: source for i in indicators for source in i.sources}
    parts.extend(
        f"- **{s.label['en']}** (`{s.agency}`). {s.coverage['en']}" for s in sources.values()
    )
    return "\n".join(parts) + "\n"


def _section(indicator: Indicator) -> str:
    lines = [
        f"### {indicator.label['en']}\n",
        f"`{indicator.id}` — {indicator.definition['en']}\n",
        f"- Unit: {indicator.population.unit_label['en']} (`{indicator.population.unit}`)",
        f"- Population: {indicator.population.who['en']} (`{indicator.population.name}`)",
        f"- Shares are of: {indicator.denominator['en'].lower()}",
        f"- Year of {indicator.year_of}."
        + (f" Age at {indicator.age_at}." if indicator.age_at else ""),
        "- Dimensions: " + "; ".join(map(_dimension, indicator.dimensions)),
        f"- How to read it: {indicator.how_to_read['en']}",
        "- Sources: " + ", ".join(source.label["en"] for source in indicator.sources),
    ]
    standards = [
        f"{name.upper()} {', '.join(codes)}" for name, codes in indicator.standards.items() if codes
    ]
    if standards:
        lines.append("- Standards: " + "; ".join(standards))
    answers = (f"{answer.ref} ({answer.text['en']})" for answer in indicator.answers)
    lines.append("- Answers: " + "; ".join(answers) + "\n")
    return "\n".join(lines)


def _dimension(dimension: Dimension) -> str:
    if dimension.kind == "time":
        return f"`{dimension.name}`"
    codes = ", ".join(code.code + ("°" if code.residual else "") for code in dimension.codes)
    return f"`{dimension.name}` ({codes})"


if __name__ == "__main__":
    sys.stdout.write(catalogue(load()))
