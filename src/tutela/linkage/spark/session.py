"""Start Spark, or say what is missing."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tutela.errors import Misuse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Memory of the driver where the environment says nothing (SPARK_DRIVER_MEMORY).
DRIVER_MEMORY = "4g"


def missing() -> str | None:
    """What this machine lacks to run Spark, or None."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed"
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else None
    if shutil.which("java") is None and not (java and java.is_file()):
        return "there is no Java (17 or newer)"
    return None


def session(master: str | None = None) -> SparkSession:
    """A Spark session: on `master`, else on what the environment names, else on this machine.

    Raises Misuse that says what to install where Spark cannot run.
    """
    lacking = missing()
    if lacking:
        raise Misuse(
            f"Spark cannot run: {lacking}.",
            remedy="Install it with `pip install tutela[spark]` and a Java runtime"
            " (`apt-get install openjdk-17-jre-headless`), or use the embedded engine.",
        )
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("tutela linkage")
    if master or "SPARK_REMOTE" not in os.environ:
        builder = builder.master(master or os.environ.get("SPARK_MASTER", "local[*]"))
    made = (
        builder.config("spark.ui.enabled", "false")
        .config("spark.driver.memory", os.environ.get("SPARK_DRIVER_MEMORY", DRIVER_MEMORY))
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.sql.adaptive.enabled", "true")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100000")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    if made.sparkContext.master.startswith("local"):
        # Two hundred parts, Spark's own choice, are for clusters.
        parts = 2 * made.sparkContext.defaultParallelism
        made.conf.set("spark.sql.shuffle.partitions", str(parts))
    return made


def settled(frame: DataFrame, folder: str) -> DataFrame:
    """The frame written as Parquet and read again: computed once, the same for every reader."""
    frame.write.mode("overwrite").parquet(folder)
    return frame.sparkSession.read.parquet(folder)
