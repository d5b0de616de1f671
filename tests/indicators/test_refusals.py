"""What counting refuses, and says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.indicators.nation import Nation
from tests.indicators.test_count import a_child, counted
from tutela.errors import InputRefused
from tutela.indicators import load
from tutela.indicators.count import count


def test_a_record_outside_the_linkage_run_is_refused(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    nation.clusters.clear()
    with pytest.raises(InputRefused, match="no cluster"):
        counted(nation, tmp_path)


def test_a_record_in_two_clusters_is_refused(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    nation.clusters.append(nation.clusters[0] | {"cluster_id": "other"})
    with pytest.raises(InputRefused, match="2 clusters"):
        counted(nation, tmp_path)


def test_a_missing_column_and_a_stray_code_are_refused(tmp_path: Path) -> None:
    nation = Nation()
    record = a_child(nation)
    records, events, clusters = nation.write(tmp_path)
    pl.read_parquet(records[0]).drop("facts_date").write_parquet(records[0])
    with pytest.raises(InputRefused, match="the column facts_date is missing"):
        count(records, events, clusters, load())
    nation.event(record, "complaint", date(2015, 1, 1), online="sometimes")
    with pytest.raises(InputRefused, match="'sometimes' is no code"):
        counted(nation, tmp_path)


def test_nothing_to_count_is_refused(tmp_path: Path) -> None:
    nation = Nation()
    with pytest.raises(InputRefused, match="no records"):
        count([], [], tmp_path / "clusters.parquet", load())
    a_child(nation)
    nation.events.clear()
    with pytest.raises(InputRefused, match="no event has a date"):
        counted(nation, tmp_path)
