"""Link packages of encoded records on Spark: block by SQL, score and cluster by the same kernels.

The driver holds the dictionary of filters, what is common in the whole, and the scored pairs above
the threshold (to find components); everything else stays with the workers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.errors import InputRefused, Misuse
from tutela.linkage.known import CANNOT_LINK, COLUMNS, MUST, MUST_LINK
from tutela.linkage.lineage import name_of
from tutela.linkage.link import LinkageResult, LinkOptions, check_threshold, log_odds_of
from tutela.linkage.model import Floats, probability
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema
from tutela.linkage.spark.blocking import candidate_pairs
from tutela.linkage.spark.kernels import CLUSTERED, SCORED, clusters, scores
from tutela.linkage.spark.prepare import coded_records, whole_of
from tutela.linkage.spark.session import settled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Longs = np.ndarray[Any, np.dtype[np.int64]]
#: Records that one clustering task takes, about.
BUCKET = 50_000


def link_on_spark(
    spark: SparkSession,
    packages: Sequence[tuple[Path, Path]],
    schema: Schema = DEFAULT_SCHEMA,
    options: LinkOptions | None = None,
    *,
    where: str = "true",
    scratch: str,
    source: str = "source",
) -> LinkageResult:
    """Link (records.parquet, filters.parquet) as `tutela.linkage.link` does, by a model that is
    given in the options; `where` is an SQL condition on the records, `scratch` a folder that all
    workers reach, for what is computed on the way, `source` the column of sources.

    `besides` of the result is empty, and there is nothing to keep for joining. Raises Misuse
    without a model, InputRefused as the embedded engine does.
    """
    options = options or LinkOptions()
    check_threshold(options.threshold)
    if options.model is None:
        raise Misuse(
            "Spark links by a model that is given.", remedy="Estimate one on a part of the records."
        )
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(part: str) -> None:
        nonlocal clock
        seconds[part] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    coded, dictionary, present = coded_records(spark, packages, schema, where, scratch, source)
    whole = spark.sparkContext.broadcast(whole_of(coded, dictionary, present))
    lap("read")
    pairs = candidate_pairs(spark, coded, present, scratch)
    candidates = pairs.count()
    lap("block")
    model = options.model.as_dict()
    curve = options.calibration.as_dict() if options.calibration else None
    told = _known_rows(coded, options.constraints)
    parted = None
    if options.constraints is not None:
        parted = options.constraints.filter(pl.col("kind") == CANNOT_LINK)
    slim = coded.drop(*[name for name in coded.columns if name.endswith("_sounds")])
    edges = _both_sides(pairs, slim).mapInArrow(
        scores(present, whole, model, curve, parted), SCORED
    )
    edges = settled(edges.unionByName(spark.createDataFrame(told, SCORED)), f"{scratch}/edges")
    threshold = log_odds_of(options.threshold)
    strong = edges.where(f"odds > {threshold}").select("i", "j").toArrow()
    lap("compare")
    rows, component = _components(*(strong[side].to_numpy() for side in ("i", "j")))
    kernel = clusters(present, whole, model, curve, options.constraints, threshold)
    numbers = _clustered(spark, slim, edges, rows, component, kernel)
    numbers = _settled(numbers, f"{scratch}/clusters")
    frame = _frame(spark, coded, edges, numbers, options.threshold)
    lap("cluster")
    sizes = frame.group_by("cluster_id").len()["len"]
    pairs_frame = _pairs(coded, edges)
    return LinkageResult(
        frame,
        pairs_frame,
        pairs_frame.clear(),
        options.model,
        options.calibration,
        {
            "engine": "spark",
            "records": frame.height,
            "clusters": len(sizes),
            "candidate_pairs": candidates,
            "largest_cluster": int(sizes.max()),  # type: ignore[arg-type]
            "threshold": options.threshold,
            "seconds": seconds,
        },
    )


def _pairs(coded: DataFrame, edges: DataFrame) -> pl.DataFrame:
    """The scored pairs by their records' labels."""
    one = coded.selectExpr("row AS i", "record_id AS record_id_1")
    other = coded.selectExpr("row AS j", "record_id AS record_id_2")
    best = edges.groupBy("i", "j").agg({"odds": "max"}).withColumnRenamed("max(odds)", "odds")
    named = best.join(one, "i").join(other, "j").select("record_id_1", "record_id_2", "odds")
    frame = pl.DataFrame(pl.from_arrow(named.toArrow())).sort("record_id_1", "record_id_2")
    chances = probability(frame["odds"].to_numpy())
    return frame.drop("odds").with_columns(probability=pl.Series(chances))


def _both_sides(pairs: DataFrame, records: DataFrame) -> DataFrame:
    for side in ("i", "j"):
        mine = records.toDF(*(f"{side}_{name}" for name in records.columns))
        pairs = pairs.join(mine, pairs[side] == mine[f"{side}_row"])
    return pairs.drop("i", "j")


def _known_rows(coded: DataFrame, constraints: pl.DataFrame | None) -> list[tuple[int, int, float]]:
    """The known links of the constraints as scored pairs, so that they join components."""
    if constraints is None or not constraints.height:
        return []
    frame = constraints.select(COLUMNS).filter(pl.col("kind").is_in([MUST_LINK, CANNOT_LINK]))
    labels = pl.concat([frame["record_id_1"], frame["record_id_2"]]).unique().to_list()
    found = coded.where(coded.record_id.isin(labels)).select("record_id", "row").collect()
    row = {r.record_id: r.row for r in found}
    pairs = [
        (row[a], row[b])
        for a, b, kind in frame.iter_rows()
        if kind == MUST_LINK and a in row and b in row
    ]
    return [(min(pair), max(pair), MUST) for pair in pairs]


def _components(i: Longs, j: Longs) -> tuple[Longs, Longs]:
    """Rows that any pair above the threshold names, and the component of each."""
    rows, ends = np.unique(np.concatenate([i, j]), return_inverse=True)
    left, right = ends[: len(i)], ends[len(i) :]
    graph = coo_matrix((np.ones(len(i), np.int8), (left, right)), shape=(len(rows), len(rows)))
    return rows, connected_components(graph, directed=False)[1].astype(np.int64)


def _clustered(
    spark: SparkSession,
    records: DataFrame,
    edges: DataFrame,
    rows: Longs,
    component: Longs,
    kernel: Any,
) -> DataFrame:
    """row and cluster of the records in components."""
    buckets = max(1, len(rows) // BUCKET)
    placed = pl.DataFrame({"row": rows, "component": component, "bucket": component % buckets})
    placed = placed.with_columns(place="bucket")
    places = spark.createDataFrame(placed.to_arrow())
    mine = records.join(places.select("row", "bucket"), "row")
    one = places.selectExpr("row AS i", "component", "place")
    other = places.selectExpr("row AS j", "component AS other")
    inside = edges.join(one, "i").join(other, "j").where("component = other")
    inside = inside.select("i", "j", "odds", "place")
    return mine.groupBy("bucket").cogroup(inside.groupBy("place")).applyInArrow(kernel, CLUSTERED)


def _settled(numbers: DataFrame, folder: str) -> DataFrame:
    """`settled`, where a worker's refusal of contradicting constraints is one here too."""
    from pyspark.errors import PythonException

    try:
        return settled(numbers, folder)
    except PythonException as error:
        found = re.search(r"InputRefused: ([^\n]*)", str(error))
        if found is None:
            raise
        raise InputRefused(
            found.group(1), remedy="Take back the constraint or one of the links."
        ) from error


def _frame(
    spark: SparkSession, coded: DataFrame, edges: DataFrame, numbers: DataFrame, threshold: float
) -> pl.DataFrame:
    """Clusters by name and the probability of each record, as the embedded engine gives them."""
    coded.select("row", "record_id").createOrReplaceTempView("people")
    numbers.createOrReplaceTempView("numbered")
    edges.createOrReplaceTempView("edges")
    found = spark.sql(
        """
        WITH placed AS (
            SELECT people.row, record_id, coalesce(cluster, people.row) AS cluster
            FROM people LEFT JOIN numbered ON people.row = numbered.row
        ), sized AS (SELECT *, count(*) OVER (PARTITION BY cluster) AS size FROM placed),
        ends AS (SELECT i AS a, j AS b, odds FROM edges UNION ALL SELECT j, i, odds FROM edges),
        best AS (
            SELECT a AS row,
                max(IF(one.cluster = other.cluster, odds, NULL)) AS inside,
                max(IF(one.cluster <> other.cluster, odds, NULL)) AS outside
            FROM ends JOIN sized one ON one.row = a JOIN sized other ON other.row = b GROUP BY a
        )
        SELECT record_id, first.first_id, size, inside, outside FROM sized
        JOIN (SELECT row AS cluster_row, record_id AS first_id FROM people) first
            ON first.cluster_row = cluster
        LEFT JOIN best ON best.row = sized.row ORDER BY record_id
        """
    ).toArrow()
    frame = pl.DataFrame(pl.from_arrow(found))
    inside = frame["inside"].fill_null(-np.inf).to_numpy()
    outside = frame["outside"].fill_null(-np.inf).to_numpy()
    alone = frame["size"].to_numpy() == 1
    chances: Floats = np.where(
        alone, 1.0 - probability(outside), np.maximum(probability(inside), threshold)
    )
    ids = {label: name_of(label) for label in frame["first_id"].unique().to_list()}
    return frame.select(
        "record_id",
        cluster_id=pl.col("first_id").replace_strict(ids, return_dtype=pl.String),
        probability=pl.Series(np.round(chances, 6)),
    )
