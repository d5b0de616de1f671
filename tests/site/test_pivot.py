"""Tables as people read them: published cells only, in the right place, never added up."""

import polars as pl

from tutela.site.explorer.durations import durations
from tutela.site.explorer.pivot import TOTAL, axis, tables


def dimension(name, *codes):
    """A flat dimension, or a nested one where a code is written parent>code."""
    entries = [{"code": TOTAL, "label": {"en": "Total"}, "parent": None}]
    for code in codes:
        parent, _, leaf = code.rpartition(">")
        entries.append({"code": leaf, "label": {"en": leaf}, "parent": parent or TOTAL})
    return {"name": name, "label": {"en": name.title()}, "codes": entries}


def frame(rows, *names):
    schema = [*names, "count", "status"]
    return pl.DataFrame([dict(zip(schema, row, strict=True)) for row in rows])


def cells(table):
    return {
        (row.head.code, column.code): (cell.status, cell.count)
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }


def test_years_run_down_the_latest_first_and_totals_stand_first():
    axes = [axis(dimension("year", "2024", "2025"), "en"), axis(dimension("sex", "F", "M"), "en")]
    rows = [
        (year, sex, 7 if sex == "F" else None, "shown" if sex == "F" else "hidden")
        for year in (TOTAL, "2024", "2025")
        for sex in (TOTAL, "F", "M")
    ]
    (table,) = tables(frame(rows, "year", "sex"), axes)
    assert [row.head.code for row in table.rows] == [TOTAL, "2025", "2024"]
    assert [column.code for column in table.columns] == [TOTAL, "F", "M"]
    assert cells(table)["2025", "M"] == ("hidden", None)
    assert cells(table)["2024", "F"] == ("shown", 7)
    assert table.statuses == ("hidden", "shown")


def test_nested_categories_go_down_and_years_across():
    axes = [
        axis(dimension("year", "2025"), "en"),
        axis(dimension("territory", "north", "north>town", "south"), "en"),
    ]
    codes = (TOTAL, "north", "town", "south")
    rows = [(y, c, i, "shown") for y in (TOTAL, "2025") for i, c in enumerate(codes)]
    (table,) = tables(frame(rows, "year", "territory"), axes)
    assert table.down.name == "territory"
    assert [row.head.depth for row in table.rows] == [0, 0, 1, 0]
    assert cells(table)["town", "2025"] == ("shown", 2)


def test_a_third_dimension_stands_at_its_published_total_not_at_a_sum():
    axes = [axis(dimension(name, "a", "b"), "en") for name in ("year", "age", "sex")]
    codes = (TOTAL, "a", "b")
    rows = [
        (y, a, s, 100 if s == TOTAL else 1, "shown") for y in codes for a in codes for s in codes
    ]
    by_age, by_sex = tables(frame(rows, "year", "age", "sex"), axes)
    assert {count for _status, count in cells(by_age).values()} == {100}
    assert cells(by_sex)["a", "b"] == ("shown", 1)


def test_a_table_of_one_dimension_is_a_list():
    (table,) = tables(
        frame([(TOTAL, 9, "shown"), ("2025", None, "unknown")], "year"),
        [axis(dimension("year", "2025"), "en")],
    )
    assert table.across is None
    assert [row.cells[0].status for row in table.rows] == ["shown", "unknown"]


def test_durations_keep_hidden_apart_from_unknown():
    rows = [
        ("2024", "convicted", 365, 0.25, "shown"),
        ("2025", "convicted", 365, None, "unknown"),
        ("2024", "convicted", 400, None, "suppressed"),
        ("2025", "convicted", 400, None, "unknown"),
        ("2024", "acquitted", 365, None, "suppressed"),
    ]
    names = ["year", "outcome", "within_days", "share", "status"]
    (only,) = durations(pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows]))
    assert [limit.years for limit in only.limits] == [1, 0]
    assert only.rows[0][0] == "2025"
    assert only.rows[1][1][0].percent == 25.0
    assert only.rows[1][1][1].status == "hidden"
    assert only.statuses == ("hidden", "shown", "unknown")
    assert durations(None) == ()
