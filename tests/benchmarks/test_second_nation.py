"""The second nation is independent, repeatable, and tells its truth."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

SOURCE = Path(__file__).parents[2] / "benchmarks" / "second_nation.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second_nation", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["second_nation"] = module
    spec.loader.exec_module(module)
    return module


def test_it_shares_nothing_with_the_simulation() -> None:
    imports = re.findall(r"^(?:from|import) (\S+)", SOURCE.read_text("utf-8"), re.MULTILINE)
    assert not [name for name in imports if name.split(".")[0] in ("tutela", "faker")]


def test_the_same_seed_gives_the_same_table(generator: ModuleType) -> None:
    first = generator.second_nation(600, 3)
    assert first.equals(generator.second_nation(600, 3))
    assert not first.equals(generator.second_nation(600, 4))


def test_records_are_many_persons_fewer_and_cultures_all(generator: ModuleType) -> None:
    rows: pl.DataFrame = generator.second_nation(3000, 1)
    assert rows.height == 3000
    assert rows["record_id"].is_unique().all()
    assert 1.7 < rows.height / rows["person_id"].n_unique() < 2.5
    assert set(rows["culture"]) == set(generator.TONGUES)
    assert set(rows["synthetic"]) == {"SYNTHETIC"}


def test_mentions_of_one_person_differ(generator: ModuleType) -> None:
    rows: pl.DataFrame = generator.second_nation(3000, 1)
    plain = rows.with_columns(pl.col("family_names").str.to_lowercase())
    ways = plain.group_by("person_id").agg(
        pl.len().alias("mentions"),
        pl.col("family_names").drop_nulls().n_unique().alias("families"),
        pl.col("birth_date").drop_nulls().n_unique().alias("births"),
    )
    several = ways.filter(pl.col("mentions") > 1)
    assert 0.1 < (several["families"] > 1).mean() < 0.6  # type: ignore[operator]
    assert 0.05 < (several["births"] > 1).mean() < 0.5  # type: ignore[operator]
