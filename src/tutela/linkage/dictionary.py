"""Bring the filter dictionaries of several packages together."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.filters import BYTES

SUFFIX = "_filter"


def merge_dictionaries(
    packages: Sequence[tuple[pl.DataFrame, pl.DataFrame]],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Concatenate encoded records and renumber their filters into one dictionary.

    Each package is (records, filters) with filters numbered by itself; the same bits get the same
    number. Returns (records, filters). Columns that a package lacks are null. Raises InputRefused
    when packages were encoded under different secrets or a filter number is not in the dictionary.
    """
    if not packages:
        raise InputRefused("There are no records to link.")
    refuse_mixed_keys([records for records, _ in packages])
    filters = pl.concat(
        [
            filters.select(pl.lit(number, dtype=pl.UInt32).alias("package"), "filter_id", "bits")
            for number, (_, filters) in enumerate(packages)
        ]
    )
    if filters.filter(pl.col("bits").bin.size() != BYTES).height:
        raise InputRefused(f"A filter is not {BYTES} bytes long.", remedy="Encode the file again.")
    merged = (
        filters.select("bits").unique(maintain_order=True).with_row_index("filter_id", offset=1)
    )
    numbered = filters.join(merged.rename({"filter_id": "global"}), on="bits").select(
        "package", "filter_id", "global"
    )
    renumbered = [
        _renumber(records, numbered.filter(pl.col("package") == number))
        for number, (records, _) in enumerate(packages)
    ]
    return pl.concat(renumbered, how="diagonal"), merged


def refuse_mixed_keys(tables: Sequence[pl.DataFrame]) -> None:
    """Raise InputRefused unless all records were encoded under one secret and epoch."""
    keyed = [table.select("key_epoch", "key_check") for table in tables]
    distinct = pl.concat(keyed).unique().sort("key_epoch", "key_check")
    if distinct.height > 1:
        epochs = sorted(set(distinct["key_epoch"].to_list()))
        raise InputRefused(
            f"The records were encoded under {distinct.height} different keys"
            f" (epochs {', '.join(map(str, epochs))}); they cannot be compared.",
            remedy="Encode all files under the secret of one epoch.",
            details={"epochs": epochs},
        )


def _renumber(records: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """The records of one package with the global numbers of its filters."""
    largest = numbered["filter_id"].max()
    table = pl.repeat(
        None, 1 + (largest if isinstance(largest, int) else 0), dtype=pl.UInt32, eager=True
    )
    table = table.scatter(numbered["filter_id"], numbered["global"])
    columns = []
    for column in records.columns:
        if not column.endswith(SUFFIX):
            continue
        old = records[column]
        new = table.gather(old.clip(0, table.len() - 1)) if table.len() else old
        if (new.is_null() & old.is_not_null()).any() or (old >= table.len()).any():
            raise InputRefused(
                f"Column {column} holds a filter number that the dictionary lacks.",
                remedy="Send records and filters of the same package.",
            )
        columns.append(new.alias(column))
    return records.with_columns(columns)
