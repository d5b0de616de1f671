"""The synthetic nation's hidden figure beside its truth."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from tests.publication.sample_release import write_sample_release
from tutela.cli.evaluate import command
from tutela.errors import InputRefused
from tutela.indicators.compared_lists import compared_lists
from tutela.indicators.hidden_figure import hidden_figure
from tutela.publication.hidden_figure_truth import compare_with_truth
from tutela.publication.release import Release
from tutela.simulation.nation import simulate


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth of a nation large enough for its lists to be compared."""
    out = tmp_path_factory.mktemp("nation")
    simulate(out, 20_000, 7)
    return out / "truth"


def test_lists_of_the_synthetic_nation_tell_its_unseen_children(nation: Path) -> None:
    """With every record known to be whose it is; what linkage adds is in docs/methodology.md."""
    persons = pl.read_parquet(nation / "persons.parquet").filter(pl.col("role") == "victim")
    records = pl.read_parquet(nation / "records.parquet").filter(pl.col("role") == "victim")
    declared = compared_lists()
    place = {a: each.id for each in declared.lists for a in each.agencies}
    own = records.filter(pl.col("agency").is_in(list(place))).select(
        "person_id", pl.col("agency").replace_strict(place).alias("list")
    )
    seen = own.unique().with_columns(on=pl.lit("yes")).pivot("list", index="person_id", values="on")
    histories = (
        seen.with_columns(pl.col(declared.names).fill_null("no"))
        .join(persons.select("person_id", year=pl.col("found_on").dt.year()), on="person_id")
        .with_columns(pl.col("year").cast(pl.String))
        .group_by("year", *declared.names)
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(pl.all())
    )
    true = dict(persons.group_by(pl.col("found_on").dt.year().cast(pl.String)).len().iter_rows())
    answer = hidden_figure(histories, declared, last_year=2025, bootstraps=200)
    given = {year: told for year, told in answer.years.items() if told["estimate"] is not None}
    held = [told["lower"] <= true[year] <= told["upper"] for year, told in given.items()]
    assert len(given) >= 15
    # The lists are not independent and the model does not know why: some years may fail.
    assert sum(held) >= 0.75 * len(held)
    # Counting alone would miss more than one child in ten.
    assert sum(told["observed"] for told in given.values()) < 0.9 * sum(true[y] for y in given)


def test_the_command_says_where_the_truth_is_missed(nation: Path, tmp_path: Path) -> None:
    write_sample_release(tmp_path / "release")
    arguments = ["hidden-figure", "--release", str(tmp_path / "release"), "--truth", str(nation)]
    told = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).output)
    assert [year["year"] for year in told["years"]] == ["2021", "2022", "2023", "2024"]
    for year in told["years"]:
        if year["lower"] is not None:
            assert year["holds"] == (year["lower"] <= year["true_all"] <= year["upper"])
    # The sample's counts are not the nation's.
    assert told["hold_the_truth"] < told["estimated"]
    words = CliRunner().invoke(command, arguments).output
    assert "NO" in words


def test_figures_that_are_not_synthetic_have_no_truth(nation: Path, tmp_path: Path) -> None:
    write_sample_release(tmp_path / "release", synthetic=False)
    with pytest.raises(InputRefused, match="no synthetic hidden figure"):
        compare_with_truth(Release.open(tmp_path / "release"), nation)
    write_sample_release(tmp_path / "release")
    with pytest.raises(InputRefused, match="missing"):
        compare_with_truth(Release.open(tmp_path / "release"), tmp_path)
