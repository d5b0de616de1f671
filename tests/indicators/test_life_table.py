"""Life tables agree with lifelines where all is shown, and say unknown where it is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter

from tests.indicators.nation import Nation
from tutela.errors import Misuse
from tutela.indicators import load
from tutela.indicators.calendar import Calendar
from tutela.indicators.dimension import Code
from tutela.indicators.durations import decision_times, kaplan_meier
from tutela.indicators.life_table import followed_days, life_table

LABEL = dict.fromkeys(("fr", "nl", "de", "en"), "x")
BANDS = [
    Code("b_1", LABEL, from_days=0, until_days=365),
    Code("b_2", LABEL, from_days=365, until_days=730),
    Code("b_4", LABEL, from_days=730, until_days=1460),
    Code("b_late", LABEL, from_days=1460),
]


def protected(cells: dict[str, int | None], zero: tuple[str, ...] = ()) -> pl.DataFrame:
    """One cohort of 2010; a count of None is hidden."""
    rows = [
        {
            "year": "2010",
            "band": code,
            "count": None if code in zero else count,
            "status": "zero" if code in zero else "hidden" if count is None else "shown",
        }
        for code, count in cells.items()
    ]
    schema = {"year": pl.String, "band": pl.String, "count": pl.Int64, "status": pl.String}
    return pl.DataFrame(rows, schema=schema)


def table(cells: pl.DataFrame, days: int = 5000) -> list[tuple[object, ...]]:
    answer = life_table(cells, cohort="year", band="band", bands=BANDS, followed={"2010": days})
    return answer.select("within_days", "happened", "share", "status").rows()


def test_shares_add_up_over_shown_bands() -> None:
    cells = protected({"_T": 100, "b_1": 10, "b_2": 20, "b_4": 30, "b_late": 40})
    assert table(cells) == [
        (365, 10, 0.1, "shown"),
        (730, 30, 0.3, "shown"),
        (1460, 60, 0.6, "shown"),
    ]


def test_a_hidden_cell_hides_what_it_enters_and_no_more() -> None:
    cells = protected({"_T": 100, "b_1": 10, "b_2": None, "b_4": 30, "b_late": 40})
    assert [row[3] for row in table(cells)] == ["shown", "suppressed", "suppressed"]
    assert all(row[2] is None for row in table(cells)[1:])
    hidden_total = protected({"_T": None, "b_1": 10, "b_2": 20, "b_4": 30})
    assert {row[3] for row in table(hidden_total)} == {"suppressed"}


def test_a_cell_that_is_not_there_is_unknown_and_a_shown_zero_is_zero() -> None:
    assert [row[3] for row in table(protected({"_T": 9, "b_1": 9}))] == [
        "shown",
        "unknown",
        "unknown",
    ]
    cells = protected({"_T": 9, "b_1": 9, "b_2": 0, "b_4": 0}, zero=("b_2", "b_4"))
    assert [row[1] for row in table(cells)] == [9, 9, 9]


def test_nothing_is_said_beyond_what_was_observed() -> None:
    cells = protected({"_T": 100, "b_1": 10, "b_2": 20, "b_4": 30})
    assert [row[3] for row in table(cells, days=730)] == ["shown", "shown", "unknown"]


def test_a_cohort_of_nobody_has_no_share() -> None:
    cells = protected({"_T": 0, "b_1": 0, "b_2": 0, "b_4": 0}, zero=("_T", "b_1", "b_2", "b_4"))
    assert {row[3] for row in table(cells)} == {"not_applicable"}


def test_bands_without_an_end_are_refused() -> None:
    with pytest.raises(Misuse):
        life_table(
            protected({"_T": 1}), cohort="year", band="band", bands=BANDS[3:], followed={"2010": 1}
        )


def test_a_cohort_is_followed_from_its_last_day() -> None:
    calendar = Calendar(2010, date(2013, 12, 31), 2, {})
    assert followed_days(calendar, "year", ["2010", "2013", "unknown"]) == {"2010": 1096, "2013": 0}
    assert followed_days(calendar, "period", ["2010-2011"]) == {"2010-2011": 731}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 1459), st.sampled_from([1, 2])),
        min_size=5,
        max_size=60,
        unique=True,
    ),
    st.integers(0, 40),
)
def test_it_equals_kaplan_meier_and_aalen_johansen(
    decided: list[tuple[int, int]], open_: int
) -> None:
    """Complete follow-up: any decision against Kaplan-Meier, one outcome against Aalen-Johansen."""
    days = [day for day, _ in decided] + [2000] * open_
    kind = [outcome for _, outcome in decided] + [0] * open_
    limits = (365, 730, 1460)

    def share(outcomes: set[int]) -> list[float]:
        cells: dict[str, int | None] = {"_T": len(days)}
        for code, low, high in (("b_1", 0, 365), ("b_2", 365, 730), ("b_4", 730, 1460)):
            cells[code] = sum(
                low <= d < high and k in outcomes for d, k in zip(days, kind, strict=True)
            )
        return [float(str(row[2])) for row in table(protected(cells))]

    km = kaplan_meier(pl.Series(days), pl.Series([k > 0 for k in kind]))
    for limit, mine in zip(limits, share({1, 2}), strict=True):
        theirs = km.filter(pl.col("days") < limit)["survival"].last()
        assert mine == pytest.approx(1 - (1.0 if theirs is None else float(str(theirs))))
    aj = AalenJohansenFitter(calculate_variance=False, jitter_level=0.0)
    if 1 in kind and len(set(days)) == len(days):
        aj.fit(days, kind, event_of_interest=1)
        curve = aj.cumulative_density_.iloc[:, 0]
        for limit, mine in zip(limits, share({1}), strict=True):
            assert mine == pytest.approx(float(curve[curve.index < limit].iloc[-1]))


def test_declared_bands_make_a_life_table() -> None:
    indicator = next(i for i in load() if i.id == "suspects_decision")
    convicted = [c for c in indicator.dimensions[1].codes if c.parent == "convicted"]
    cells = pl.DataFrame(
        {
            "year": ["2010"] * 4,
            "decision": ["_T", "convicted_1", "convicted_2", "convicted_4"],
            "count": [200, 20, 30, 10],
            "status": ["shown"] * 4,
        }
    )
    answer = life_table(
        cells, cohort="year", band="decision", bands=convicted, followed={"2010": 3000}
    )
    assert answer["share"].to_list() == [0.1, 0.25, 0.3]


def test_decision_times_come_from_records(tmp_path: Path) -> None:
    nation = Nation()
    for name, decided in (("a", date(2011, 1, 1)), ("b", None)):
        record = nation.record(name, "courts", "suspect")
        nation.event(record, "investigation_opened", date(2010, 1, 1))
        if decided:
            nation.event(record, "judgment", decided, outcome="convicted")
    times = decision_times(*nation.write(tmp_path))
    assert times.rows() == [(365, "convicted"), (729, "open")]
