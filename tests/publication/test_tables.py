"""What a table may say, and what blocks it."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.publication.sample_release import INDICATORS, declaration, same, table_of
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.publication.codes import code_files
from tutela.publication.contents import chart_table, completed, release_files
from tutela.publication.headlines import headline
from tutela.publication.release import LANGUAGES
from tutela.publication.tables import check_cells, in_order, safety, table_csv


@pytest.fixture
def table() -> pl.DataFrame:
    return table_of(INDICATORS[0])


FAULTS = {
    "carries a count although it is not shown": {"status": pl.lit("hidden")},
    "is shown without a count": {"count": pl.lit(None, pl.Int64)},
    "has a status that no release knows": {"status": pl.lit("secondary")},
    "has a negative count": {"count": pl.lit(-1, pl.Int64)},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_wrong_cell_blocks_the_table(table: pl.DataFrame, fault: str) -> None:
    check_cells("t", table)
    cell = (pl.col("year") == "2025") & (pl.col("form") == "csam")
    [(column, wrong)] = FAULTS[fault].items()
    broken = table.with_columns(pl.when(cell).then(wrong).otherwise(column).alias(column))
    with pytest.raises(SafetyBlock, match=f"year=2025, form=csam {fault}"):
        check_cells("t", broken)


def test_a_cell_that_stands_twice_blocks(table: pl.DataFrame) -> None:
    with pytest.raises(SafetyBlock, match="stands twice"):
        check_cells("t", pl.concat([table, table.head(1)]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["shown", "hidden", "zero", "unknown", "not_applicable"])))
def test_csv_never_shows_a_count_that_is_not_shown(statuses: list[str]) -> None:
    frame = pl.DataFrame(
        {"year": [str(i) for i in range(len(statuses))], "status": statuses},
        schema={"year": pl.String, "status": pl.String},
    ).with_columns(count=pl.when(pl.col("status") == "shown").then(pl.lit(7, pl.Int64)))
    frame = frame.select("year", "count", "status")
    check_cells("t", frame)
    rows = table_csv(frame, synthetic=True).decode().splitlines()
    assert rows[0] == "year,count,status,data"
    for i, status in enumerate(statuses):
        assert rows[i + 1] == f"{i},{7 if status == 'shown' else ''},{status},SYNTHETIC"


def test_rows_follow_the_code_lists(table: pl.DataFrame) -> None:
    ordered = in_order(declaration(INDICATORS[0]), table.sample(fraction=1, shuffle=True, seed=1))
    assert ordered.rows()[0][:2] == ("_T", "_T")
    assert ordered["form"].to_list()[:3] == ["_T", "prostitution", "csam"]
    assert ordered.sort("year", "form").equals(
        table.select("year", "form", "count", "status").sort("year", "form")
    )


def test_safety_counts_cells(table: pl.DataFrame) -> None:
    numbers = safety(table, "suppress")
    assert numbers["cells"] == table.height
    assert numbers["hidden"] == table.filter(pl.col("status") == "hidden").height
    assert numbers["hidden_share"] == round(numbers["hidden"] / numbers["cells"], 4)


def test_codes_keep_labels_and_parents() -> None:
    files = code_files([declaration(indicator) for indicator in INDICATORS])
    rows = pl.read_csv(io.BytesIO(files["codes/territory.csv"]), infer_schema=False)
    assert rows.columns == ["code", *LANGUAGES, "parent"]
    assert rows.filter(code="WLG").row(0) == ("WLG", "Liège", "Luik", "Lüttich", "Liège", "WAL")


def test_two_meanings_of_one_code_are_refused() -> None:
    one = json.loads(json.dumps(declaration(INDICATORS[0])))
    other = json.loads(json.dumps(declaration(INDICATORS[2])))
    other["dimensions"][0]["codes"][1]["label"] = same("something else")
    with pytest.raises(InputRefused, match="dimension year, code 2014"):
        code_files([one, other])


class TestHeadline:
    """Headlines speak of shown cells only."""

    def entry(self, table: pl.DataFrame) -> dict:
        return completed(declaration(INDICATORS[0]), table, "suppress")

    def hide(self, table: pl.DataFrame, status: str, **cell: str) -> pl.DataFrame:
        at = pl.all_horizontal(*[pl.col(name) == code for name, code in cell.items()])
        table = table.with_columns(status=pl.when(at).then(pl.lit(status)).otherwise("status"))
        return table.with_columns(count=pl.when(pl.col("status") == "shown").then("count"))

    def test_says_last_year_and_five_years_before(self, table: pl.DataFrame) -> None:
        text = headline(self.entry(table), table)
        assert tuple(text) == LANGUAGES
        assert text["en"].startswith("Presumed child victims: 273 in 2025, against 76 in 2020.")
        assert "im Jahr 2025, gegenüber 76 im Jahr 2020." in text["de"]
        assert "trafficking for sexual purposes (63)" in text["en"]

    @pytest.mark.parametrize("status", ["hidden", "unknown", "zero", "not_applicable"])
    def test_an_absent_total_gives_no_number(self, table: pl.DataFrame, status: str) -> None:
        absent = self.hide(table, status, year="2025", form="_T")
        for words in headline(self.entry(absent), absent).values():
            assert "273" not in words
            assert "63" not in words

    def test_a_hidden_comparison_is_left_out(self, table: pl.DataFrame) -> None:
        absent = self.hide(table, "hidden", year="2020", form="_T")
        assert headline(self.entry(absent), absent)["en"].startswith(
            "Presumed child victims: 273 in 2025."
        )

    def test_unknown_is_never_the_largest_group(self, table: pl.DataFrame) -> None:
        last = table.filter(pl.col("year") == "2025", pl.col("form") != "_T")
        assert last.sort("count")["form"][-1] == "unknown"
        assert "unknown" not in headline(self.entry(table), table)["en"]

    def test_a_question_names_who_said_yes(self, table: pl.DataFrame) -> None:
        declared = self.entry(table)
        form = declared["dimensions"][1]
        codes = [
            code | {"code": "yes"} if code["code"] == "csam" else code for code in form["codes"]
        ]
        asked = declared | {"dimensions": [declared["dimensions"][0], form | {"codes": codes}]}
        answered = table.with_columns(form=pl.col("form").replace("csam", "yes"))
        assert headline(asked, answered)["en"].endswith(" Form: child sexual abuse material (31).")
        hidden = self.hide(answered, "hidden", year="2025", form="yes")
        assert headline(asked, hidden)["en"].endswith("against 76 in 2020.")

    def test_years_of_facts_are_named(self, table: pl.DataFrame) -> None:
        text = headline(self.entry(table) | {"year_of": "facts"}, table)
        assert text["fr"].split(".")[0].endswith("(année des faits)")

    def test_without_years_it_speaks_of_all(self, table: pl.DataFrame) -> None:
        declared = declaration(INDICATORS[0])
        form = declared["dimensions"][1]
        timeless = table.filter(pl.col("year") == "_T").drop("year")
        entry = completed(declared | {"dimensions": [form]}, timeless, "suppress")
        total = timeless.filter(form="_T")["count"].item()
        text = headline(entry, timeless)
        assert text["en"] == f"Presumed child victims: {total:,} over all years together."

    def test_without_shown_groups_only_the_total(self, table: pl.DataFrame) -> None:
        for form in ("prostitution", "csam", "grooming", "trafficking"):
            table = self.hide(table, "hidden", year="2025", form=form)
        assert "largest" not in headline(self.entry(table), table)["en"]


def test_an_indicator_without_its_table_is_misuse() -> None:
    manifest = {"synthetic": True}
    with pytest.raises(Misuse, match="victims_by_form has no protected table"):
        release_files(manifest, [declaration(INDICATORS[0])], {}, pl.DataFrame())


def test_time_goes_across_wherever_it_is_declared() -> None:
    declared = declaration(INDICATORS[1])
    declared["dimensions"] = list(reversed(declared["dimensions"]))
    assert chart_table(declared) == {
        "table": "tables/victims_by_age_and_sex.csv",
        "rows": "year",
        "columns": "sex",
        "fixed": {"age_band": "_T"},
    }
