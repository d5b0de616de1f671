"""Blocks by Spark SQL: the keys of `tutela.linkage.block`, counted, divided and capped as there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tutela.linkage.block import mix, rules
from tutela.linkage.schema import Schema
from tutela.linkage.spark.parts import everywhere, table_of_part
from tutela.linkage.spark.session import settled
from tutela.linkage.table import MISSING

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

KEYS = "row BIGINT, rule INT, cap INT, asks BOOLEAN, keys ARRAY<BIGINT>"


def keys_of(schema: Schema) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """What gives each record its keys, with those that divide a block over its cap behind."""

    import pyarrow

    def keyed(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        for batch in batches:
            part = pl.from_arrow(batch)
            assert isinstance(part, pl.DataFrame)  # noqa: S101 - a batch is never a column
            if part.height:
                keys = _keys(part, schema).to_arrow()
                # Spark reads no lists with 64-bit offsets.
                place = keys.schema.get_field_index("keys")
                short = keys.column("keys").cast(pyarrow.list_(pyarrow.int64()))
                yield from keys.set_column(place, "keys", short).to_batches()

    return keyed


def _keys(part: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    table = table_of_part(part, schema, everywhere, None)
    numbers = part["row"].to_numpy()
    found = []
    for number, rule in enumerate(rules(table)):
        key, stages = rule.keys, [rule.keys.view(np.int64)]
        known = np.ones(len(key), dtype=bool)
        valid = [known]
        for refiner in rule.refine:
            values = refiner[rule.records]
            key, known = mix(key, values), known & (values != MISSING)
            stages.append(key.view(np.int64))
            valid.append(known)
        columns = [
            pl.Series(s).set(pl.Series(~v), None) for s, v in zip(stages, valid, strict=True)
        ]
        keys = pl.DataFrame({str(n): c for n, c in enumerate(columns)})
        found.append(
            pl.DataFrame(
                {
                    "row": numbers[rule.records],
                    "rule": np.full(len(rule.keys), number, np.int32),
                    "cap": np.full(len(rule.keys), rule.cap, np.int32),
                    "asks": np.ones(len(rule.keys), bool) if rule.asking is None else rule.asking,
                    "keys": keys.select(pl.concat_list(pl.all()))[:, 0],
                }
            )
        )
    return pl.concat(found)


def candidate_pairs(
    spark: SparkSession, coded: DataFrame, schema: Schema, scratch: str
) -> DataFrame:
    """The distinct candidate pairs: columns i and j, i < j."""
    keyed = settled(coded.mapInArrow(keys_of(schema), KEYS), f"{scratch}/keys")
    entries = keyed.selectExpr("*", "size(keys) AS stages", "keys[0] AS key")
    deepest = keyed.selectExpr("max(size(keys))").first()
    blocks: Any = None
    for stage in range(deepest[0] if deepest and deepest[0] else 0):
        entries.createOrReplaceTempView("entries")
        sized = spark.sql(
            "SELECT * FROM (SELECT *, count(*) OVER block AS size, max(asks) OVER block AS asked"
            " FROM entries WINDOW block AS (PARTITION BY rule, key)) WHERE asked AND size > 1"
        )
        sized = settled(sized, f"{scratch}/sized-{stage}")
        ready = sized.where(f"size <= cap OR stages = {stage + 1}").selectExpr(
            "rule", f"{stage} AS stage", "key", "row", "cap", "size"
        )
        blocks = ready if blocks is None else blocks.unionByName(ready)
        deeper = f"size > cap AND stages > {stage + 1} AND keys[{stage + 1}] IS NOT NULL"
        entries = sized.where(deeper).selectExpr(
            "row", "rule", "cap", "asks", "keys", "stages", f"keys[{stage + 1}] AS key"
        )
    if blocks is None:
        return spark.createDataFrame([], "i BIGINT, j BIGINT")
    blocks.createOrReplaceTempView("blocks")
    # In a block over its cap a record meets as many of those behind it as the cap says; stretches
    # of that length keep the join from growing with the square of the block.
    found = spark.sql(
        """
        WITH placed AS (
            SELECT *, row_number() OVER (PARTITION BY rule, stage, key ORDER BY row) - 1 AS place
            FROM blocks
        ), one AS (
            SELECT *, explode(
                IF(size > cap, array(place DIV cap, place DIV cap + 1), array(place DIV cap))
            ) AS stretch FROM placed
        ), other AS (SELECT *, place DIV cap AS stretch FROM placed)
        SELECT DISTINCT one.row AS i, other.row AS j FROM one JOIN other
        ON one.rule = other.rule AND one.stage = other.stage AND one.key = other.key
            AND one.stretch = other.stretch
            AND other.place > one.place AND other.place <= one.place + one.cap
        """
    )
    return settled(found, f"{scratch}/pairs")
