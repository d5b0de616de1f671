"""Link what is encoded already, in a process of its own, so that its time and memory are its own.

    python linkage_link.py FOLDER

FOLDER holds records.parquet and filters.parquet; writes clusters.parquet and pairs.parquet there
and prints the seconds of linking and clustering and the peak memory as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import polars as pl

from tutela.linkage.link import link
from tutela.linkage.schema import DEFAULT_SCHEMA, load_schema


def main() -> None:
    folder = Path(sys.argv[1])
    declared = folder / "schema.toml"
    schema = load_schema(declared) if declared.exists() else DEFAULT_SCHEMA
    began = time.perf_counter()
    filters = pl.read_parquet(folder / "filters.parquet")
    # The records are handed over and not kept.
    result = link(pl.read_parquet(folder / "records.parquet"), filters, schema)
    seconds = time.perf_counter() - began
    # The peak of this process alone: getrusage would count the parent's too.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    result.clusters.write_parquet(folder / "clusters.parquet")
    result.pairs.write_parquet(folder / "pairs.parquet")
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "parts": result.report["seconds"]}))


if __name__ == "__main__":
    main()
