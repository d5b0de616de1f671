"""Bring records of several packages together by Spark SQL: rows, filters, how common values are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tutela.errors import InputRefused
from tutela.linkage.compare import CODE_SHARES, FEWEST_HEAPED, HEAPED, name_grades
from tutela.linkage.schema import Kind, Schema
from tutela.linkage.spark.parts import DATE_PARTS, Whole
from tutela.linkage.spark.session import settled
from tutela.linkage.table import OWN, UNKNOWN, refuse_earlier_dates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def coded_records(
    spark: SparkSession,
    packages: Sequence[tuple[Path, Path]],
    schema: Schema,
    where: str,
    scratch: str,
    source: str = "source",
) -> tuple[DataFrame, DataFrame, Schema]:
    """All records of the packages (records.parquet, filters.parquet), numbered in the order of
    their labels; the dictionary of distinct filters; the schema of the fields that have a value.

    `where` is an SQL condition on records, `scratch` a folder that all workers reach, `source` the
    column of sources. Raises InputRefused on mixed keys and doubled labels.
    """
    from pyspark.sql import functions as f

    records = filters = None
    for number, (record_file, filter_file) in enumerate(packages):
        mine = (
            spark.read.parquet(str(record_file)).where(where).withColumn("package", f.lit(number))
        )
        theirs = spark.read.parquet(str(filter_file)).withColumn("package", f.lit(number))
        records = mine if records is None else records.unionByName(mine, allowMissingColumns=True)
        filters = theirs if filters is None else filters.unionByName(theirs)
    if records is None or filters is None:
        raise InputRefused("There are no records to link.")
    _refuse_bad_labels(records)
    dictionary = (
        filters.select("bits")
        .distinct()
        .selectExpr("row_number() OVER (ORDER BY bits) - 1 AS number", "bits")
    )
    dictionary = settled(dictionary, f"{scratch}/dictionary")
    numbered = filters.join(dictionary, "bits").select("package", "filter_id", "number")
    kept: list[Any] = [f.col("record_id"), f.col("package")]
    if source in records.columns:
        kept.append(f.col(source).alias("source"))
    for field in schema.fields:
        kept += _columns(field.name, field.kind, records.columns)
    coded = records.select(*kept)
    for field in schema.of_kind(Kind.NAME):
        if f"{field.name}_filter" not in coded.columns:
            continue
        lookup = numbered.select(
            "package", f.col("filter_id").alias(f"{field.name}_filter"), f.col("number").alias("_n")
        )
        coded = (
            coded.join(lookup, ["package", f"{field.name}_filter"], "left")
            .drop(f"{field.name}_filter")
            .withColumnRenamed("_n", f"{field.name}_filter")
        )
    # Numbers that rise with the labels, whichever worker gives them.
    coded = coded.drop("package").orderBy("record_id")
    coded = coded.selectExpr("monotonically_increasing_id() AS row", "*")
    coded = settled(coded, f"{scratch}/records")
    return coded, dictionary, _present(coded, schema)


def whole_of(coded: DataFrame, dictionary: DataFrame, schema: Schema) -> Whole:
    """What workers must know of all records."""
    bits = np.frombuffer(
        b"".join(bytes(row.bits) for row in dictionary.orderBy("number").select("bits").collect()),
        dtype=np.uint8,
    ).reshape(-1, 64)
    rows = coded.count()
    own = [n.name for n in schema.of_kind(Kind.NAME) if n.part in OWN]
    counted = np.zeros(max(len(bits), 1))
    for name in own:
        counted += _filter_counts(coded, name, len(counted))
    relatives = {}
    for field in schema.of_kind(Kind.NAME):
        if field.part not in OWN:
            counts = _filter_counts(coded, field.name, len(counted))
            relatives[field.name] = name_grades(counts / max(counts.sum(), 1))
    shares = {
        field.name: _common(
            coded, field.name + ("" if field.kind is Kind.CODE else "_token"), min(CODE_SHARES)
        )
        for field in schema.fields
        if field.kind not in (Kind.NAME, Kind.DATE)
    }
    few = max(HEAPED, FEWEST_HEAPED / max(rows, 1))
    heaped = {
        field.name: frozenset(
            value
            for value, share in _common(coded, f"{field.name}_full", few).items()
            if share > few
        )
        for field in schema.of_kind(Kind.DATE)
    }
    return Whole(bits, name_grades(counted / max(rows, 1)), relatives, shares, heaped)


def _columns(name: str, kind: Kind, held: Sequence[str]) -> list[Any]:
    """The columns of one field, unsigned tokens as signed numbers of the same bits."""
    from pyspark.sql import functions as f

    if kind is Kind.NAME and f"{name}_filter" in held:
        signed = f.transform(f"{name}_sounds", lambda token: _signed(token))
        return [f.col(f"{name}_filter"), signed.alias(f"{name}_sounds")]
    if kind is Kind.DATE and f"{name}_year" in held:
        refuse_earlier_dates(name, held)
        parts = [_signed(f.col(f"{name}_{part}")).alias(f"{name}_{part}") for part in DATE_PARTS]
        return [*parts, f.col(f"{name}_quality")]
    if kind is Kind.CODE and name in held:
        unknown = f.lower(f.col(name)).isin(list(UNKNOWN))
        return [f.when(~unknown, f.col(name)).alias(name)]
    if f"{name}_token" in held:
        return [_signed(f.col(f"{name}_token")).alias(f"{name}_token")]
    return []


def _signed(token: Any) -> Any:
    from pyspark.sql import functions as f

    limit, whole = f.lit(str(2**63)).cast("decimal(20,0)"), f.lit(str(2**64)).cast("decimal(20,0)")
    return f.when(token >= limit, token - whole).otherwise(token).cast("bigint")


def _present(coded: DataFrame, schema: Schema) -> Schema:
    """The schema without the fields that have no value anywhere."""
    from pyspark.sql import functions as f

    suffix = {Kind.NAME: "_filter", Kind.DATE: "_year", Kind.CODE: ""}
    tested = {x.name: x.name + suffix.get(x.kind, "_token") for x in schema.fields}
    tested = {name: column for name, column in tested.items() if column in coded.columns}
    counts = coded.select([f.count(column).alias(name) for name, column in tested.items()])
    found = counts.first()
    kept = tuple(x for x in schema.fields if x.name in tested and found and found[x.name])
    return replace(schema, fields=kept)


def _refuse_bad_labels(records: DataFrame) -> None:
    keys = records.select("key_epoch", "key_check").distinct().collect()
    if len(keys) > 1:
        epochs = sorted({int(key.key_epoch) for key in keys})
        raise InputRefused(
            f"The records were encoded under {len(keys)} different keys (epochs"
            f" {', '.join(map(str, epochs))}); they cannot be compared.",
            remedy="Encode all files under the secret of one epoch.",
            details={"epochs": epochs},
        )
    doubled = records.groupBy("record_id").count().where("count > 1 OR record_id IS NULL").first()
    if doubled is not None:
        raise InputRefused(
            f"Record label {doubled.record_id!r} stands on more than one record.",
            remedy="Give each record a label of its own.",
        )
    if not keys:
        raise InputRefused("There are no records to link.")


def _filter_counts(coded: DataFrame, name: str, size: int) -> Any:
    counts = np.zeros(size)
    found = coded.where(f"{name}_filter IS NOT NULL").groupBy(f"{name}_filter").count().toArrow()
    counts[found[0].to_numpy().astype(np.int64)] = found[1].to_numpy()
    return counts


def _common(coded: DataFrame, column: str, share: float) -> dict[Any, float]:
    """Values with at least this share of the known ones, and their shares."""
    known = coded.where(f"{column} IS NOT NULL").select(column)
    total = known.count()
    rows = known.groupBy(column).count().where(f"count >= {share * total}").collect()
    return {row[0]: row[1] / total for row in rows}
