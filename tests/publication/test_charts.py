"""A chart says what its table says: hidden is no bar, unknown is no zero, in every language."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import polars as pl
import pytest

from tests.publication.sample_release import INDICATORS, declaration, table_of
from tutela.publication.charts import palette, words
from tutela.publication.charts.cells import drawing
from tutela.publication.charts.chart import draw
from tutela.publication.charts.spec import trend
from tutela.publication.charts.texts import Texts
from tutela.publication.contents import completed
from tutela.publication.release import LANGUAGES

SVG = "{http://www.w3.org/2000/svg}"
BY_ID = {indicator["id"]: indicator for indicator in INDICATORS}


def entry(name: str) -> dict:
    return completed(declaration(BY_ID[name]), table_of(BY_ID[name]), "suppress")


@pytest.fixture(scope="module")
def charts() -> dict[str, bytes]:
    return draw(entry("reports_received"), table_of(BY_ID["reports_received"]), synthetic=True)


def texts_of(svg: bytes) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own file
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_every_language_stands_in_its_own_image(charts: dict[str, bytes]) -> None:
    assert tuple(charts) == LANGUAGES
    assert "Signalements reçus par canal" in " ".join(texts_of(charts["fr"]))
    assert "Eingegangene Meldungen nach Weg" in " ".join(texts_of(charts["de"]))
    assert "formulaire web" in texts_of(charts["fr"])
    assert "verborgen om mensen te beschermen" in texts_of(charts["nl"])
    for svg in charts.values():
        assert not re.search("[¤¬]", svg.decode()), "a mark was left in the image"


def test_text_stays_text_in_a_font_that_readers_have(charts: dict[str, bytes]) -> None:
    families = set(re.findall(r'font-family="([^"]*)"', charts["en"].decode()))
    assert families == {palette.FONT}


def test_synthetic_is_in_the_title_and_over_the_whole_image(charts: dict[str, bytes]) -> None:
    for language, svg in charts.items():
        drawn = texts_of(svg)
        assert sum(text == "SYNTHETIC" for text in drawn) >= 4
        assert any(text.startswith("SYNTHETIC · ") for text in drawn)
        assert any(words.INVENTED[language] in text for text in drawn)
    recorded = draw(entry("reports_received"), table_of(BY_ID["reports_received"]), synthetic=False)
    assert b"SYNTHETIC" not in recorded["en"]


def test_drawing_again_gives_the_same_bytes(charts: dict[str, bytes]) -> None:
    draw(entry("victims_by_form"), table_of(BY_ID["victims_by_form"]), synthetic=True)
    again = draw(entry("reports_received"), table_of(BY_ID["reports_received"]), synthetic=True)
    assert again == charts


def test_images_are_light(charts: dict[str, bytes]) -> None:
    assert max(map(len, charts.values())) < 30_000


def test_hidden_cells_are_hatched_and_have_no_height() -> None:
    table = table_of(BY_ID["victims_by_form"]).with_columns(
        status=pl.when(pl.col("form") == "_T", pl.col("year") == "2020")
        .then(pl.lit("hidden"))
        .otherwise("status")
    )
    table = table.with_columns(count=pl.when(pl.col("status") == "shown").then("count"))
    cells = drawing(
        entry("victims_by_form")["dimensions"], entry("victims_by_form")["chart_tables"][0], table
    )
    hidden = next(cell for cell in cells.bars if cell["x"] == "2020")
    assert hidden["count"] is None
    assert hidden["text"] == ""
    spec = trend(cells, title=words.ALL, who=words.ALL, texts=Texts(), synthetic=True)
    layers = spec["vconcat"][0]["layer"]
    drawn = [layer for layer in layers if "hidden'" in layer["transform"][0]["filter"]]
    hatched = next(layer for layer in drawn if layer["mark"].get("color") == palette.HIDDEN_FILL)
    assert hatched["encoding"]["y"] == {"value": 0}, "a hidden bar would have a height to read"


def test_each_absence_has_its_own_sign() -> None:
    cells = drawing(
        entry("reports_received")["dimensions"],
        entry("reports_received")["chart_tables"][0],
        table_of(BY_ID["reports_received"]),
    )
    signs = {cell["status"]: cell["text"] for cell in cells.matrix if cell["status"] != "shown"}
    assert signs == {"hidden": "", "unknown": "?", "zero": "0", "not_applicable": "–"}
    assert len(cells.statuses()) == 5
    fills = {cell["fill"] for cell in cells.matrix if cell["status"] == "hidden"}
    assert fills == {palette.HIDDEN_FILL}


def test_the_key_names_only_what_occurs() -> None:
    svg = draw(entry("victims_by_form"), table_of(BY_ID["victims_by_form"]), synthetic=False)
    drawn = texts_of(svg["en"])
    assert words.KEY["hidden"]["en"] in drawn
    assert words.KEY["not_applicable"]["en"] not in drawn


def test_the_dark_knows_every_colour(charts: dict[str, bytes]) -> None:
    svg = charts["en"].decode()
    body = svg.split("</style>")[1]
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', body))
    assert used <= set(palette.DARK)
    assert set(palette.RAMP) | set(palette.ON_RAMP) <= set(palette.DARK)
    assert "prefers-color-scheme:dark" in svg


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_figures_and_words_can_be_read(dark: bool) -> None:
    def seen(colour: str) -> str:
        return palette.DARK[colour] if dark else colour

    pairs = [*zip(palette.ON_RAMP, palette.RAMP, strict=True)]
    pairs += [(palette.INK, palette.PAPER), (palette.SOFT_INK, palette.PAPER)]
    for ink, paper in pairs:
        assert contrast(seen(ink), seen(paper)) >= 4.5, (ink, paper)
    assert contrast(seen(palette.BAR), seen(palette.PAPER)) >= 3


def test_long_labels_are_wrapped_centred_or_cut() -> None:
    texts = Texts()
    long = texts.add(dict.fromkeys(LANGUAGES, "one two three four five six"), width=14, lines=2)
    assert texts.longest(long) == 13
    filled = texts.fill(f"<text>{long}</text>", "en")
    assert filled.count("<tspan") == 2
    assert 'dy="-0.55em"' in filled
    cut = texts.add(dict.fromkeys(LANGUAGES, "one two three"), width=9)
    assert texts.fill(cut, "fr") == "one two …"


def test_many_long_names_across_are_turned_and_stand_alone() -> None:
    names = {str(i): f"a rather long name of group number {i}" for i in range(14)}
    codes = [
        {"code": code, "label": dict.fromkeys(LANGUAGES, name), "parent": "_T"}
        for code, name in names.items()
    ]
    dimension = {"name": "group", "label": words.ALL, "codes": codes}
    shape = {"rows": "group", "columns": None, "fixed": {}}
    table = pl.DataFrame({"group": list(names), "count": [7] * 14, "status": ["shown"] * 14})
    cells = drawing([dimension], shape, table)
    spec = trend(cells, title=words.ALL, who=words.ALL, texts=Texts(), synthetic=False)
    assert len(spec["vconcat"]) == 1, "no matrix and nothing to explain"
    axis = spec["vconcat"][0]["encoding"]["x"]["axis"]
    assert axis["labelAngle"] == -40


def test_words_are_escaped() -> None:
    texts = Texts()
    mark = texts.add(dict.fromkeys(LANGUAGES, "a < b & c"))
    assert texts.fill(mark, "nl") == "a &lt; b &amp; c"


def test_a_large_hierarchy_draws_its_top_level_only() -> None:
    codes = [{"code": "_T", "label": words.ALL, "parent": None}]
    for i in range(3):
        codes.append({"code": f"R{i}", "label": words.ALL, "parent": "_T"})
        codes += [{"code": f"P{i}{j}", "label": words.ALL, "parent": f"R{i}"} for j in range(6)]
    dimensions = [
        entry("victims_by_form")["dimensions"][0],
        {"name": "place", "label": words.ALL, "codes": codes},
    ]
    shape = {"rows": "year", "columns": "place", "fixed": {}}
    table = pl.DataFrame({"year": ["2020"], "place": ["P00"], "count": [7], "status": ["shown"]})
    assert drawing(dimensions, shape, table).down.codes == ("R0", "R1", "R2")


def test_all_words_stand_in_all_languages() -> None:
    for text in [
        words.INVENTED,
        words.ALL,
        words.THOUSANDS,
        words.DESCRIPTION,
        *words.KEY.values(),
    ]:
        assert tuple(text) == LANGUAGES
        assert all(text.values())
