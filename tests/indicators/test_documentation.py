"""Every indicator is documented, as it is declared."""

from __future__ import annotations

from pathlib import Path

from tutela.indicators import load
from tutela.indicators.catalogue import catalogue

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_indicators_is_what_the_declarations_say() -> None:
    written = (DOCS / "indicators.md").read_text(encoding="utf-8")
    assert written == catalogue(load()), "write it again: python -m tutela.indicators.catalogue"


def test_the_page_names_every_indicator_and_source() -> None:
    page = catalogue(load())
    for indicator in load():
        assert f"`{indicator.id}` — " in page
        assert all(f"(`{source.agency}`)" in page for source in indicator.sources)


def test_the_methodology_explains_every_unit() -> None:
    page = (DOCS / "methodology.md").read_text(encoding="utf-8")
    for unit in {indicator.population.unit_label["en"] for indicator in load()}:
        assert unit.split(",")[-1].strip() in page
