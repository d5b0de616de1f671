"""Link packages on Spark with a model that the embedded engine estimates on a part of them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tutela.linkage.link import LinkageResult, LinkOptions, link
from tutela.linkage.schema import Schema
from tutela.linkage.spark.engine import link_on_spark
from tutela.linkage.spark.session import session

#: Records drawn at random on which the model is estimated.
PART = 200_000


def link_with_spark(
    records: pl.DataFrame,
    filters: pl.DataFrame,
    packages: Sequence[tuple[Path, Path]],
    schema: Schema,
    options: LinkOptions,
    *,
    where: str = "true",
    scratch: str | None = None,
    source: str = "source",
) -> LinkageResult:
    """Link `packages` on Spark.

    `records` and `filters` are what the packages hold, or a part drawn at random: a model that the
    options lack, and a calibration on their planted records, come from at most PART of them. (The
    share of pairs that are one person is the same in a random part as in the whole.) `scratch` is a
    folder that all workers reach; without it one on this machine is used and removed.
    """
    spark = session()
    judged = {}
    if options.model is None or options.planted is not None:
        part = records.sort("record_id")
        part = part.sample(PART, seed=options.seed) if part.height > PART else part
        trained = link(part, filters, schema, replace(options, keep=False))
        kept = ("calibration", "reliability", "planted", "fairness", "count_correction")
        judged = {key: trained.report[key] for key in kept if key in trained.report}
        options = replace(options, model=trained.model, calibration=trained.calibration)
    with tempfile.TemporaryDirectory(prefix="tutela-spark-") as here:
        result = link_on_spark(
            spark, packages, schema, options, where=where, scratch=scratch or here, source=source
        )
    return replace(result, report={**result.report, **judged})
