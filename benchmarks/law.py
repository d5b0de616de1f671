"""The law engine: loading, single questions, and qualification of a Parquet file.

    python benchmarks/law.py [--cases 2000000]

No peer answers these questions. The file holds random facts of every conduct, era and age; its
distinct combinations are counted and printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from tutela.law.words import read_words

YES_NO = (
    "consent", "authority", "vulnerable", "death", "torture", "weapon", "discriminatory", "group",
    "association", "criminal_organisation", "public_officer", "ict", "meeting_acts", "luring_means",
    "facilitates", "own_content", "kept_private", "attempt", "paid",
)  # fmt: skip
LOAD = (
    "import time; t = time.perf_counter(); import tutela.law.load as l; i = time.perf_counter(); "
    "from tutela.law.check import faults; law = l.load_law(); n = len(faults(law)); "
    "e = time.perf_counter(); print(i - t, e - i, n)"
)


def random_cases(count: int, seed: int = 1) -> pl.DataFrame:
    """Facts with a tenth of all cells unknown."""
    random = np.random.default_rng(seed)

    def gaps(values: pl.Series) -> pl.Series:
        return values.zip_with(
            pl.Series(random.random(count) < 0.9), pl.Series([None]).cast(values.dtype)
        )

    def codes(name: str) -> pl.Series:
        known = pl.Series(list(read_words("codes")[name]))
        return known.gather(pl.Series(random.integers(0, len(known), count)))

    days = random.integers(16_900, 21_500, count)  # spring 2016 to 2028
    return pl.DataFrame(
        {
            "facts_on": pl.Series(days).cast(pl.Int32).cast(pl.Date),
            "conduct": codes("conduct"),
            "victim_age": gaps(pl.Series(random.integers(0, 20, count)).cast(pl.Int32)),
            "offender_age": gaps(pl.Series(random.integers(12, 80, count)).cast(pl.Int32)),
            "victims": gaps(pl.Series(random.integers(1, 9, count)).cast(pl.Int32)),
            **{n: gaps(codes(n)) for n in ("family", "purpose", "protected_offence", "permission")},
            **{n: gaps(pl.Series(random.random(count) < 0.2)) for n in YES_NO},
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=2_000_000)
    count = parser.parse_args().cases
    runs = [
        [float(x) for x in subprocess.run(
            [sys.executable, "-c", LOAD], capture_output=True, text=True, check=True
        ).stdout.split()]
        for _ in range(7)
    ]  # fmt: skip
    load = sorted(run[1] for run in runs)[3]
    from tutela.law import Facts, load_law, qualify
    from tutela.law.batch import qualify_frame
    from tutela.law.batch_file import qualify_file

    facts = Facts.of(facts_on="2023-05-01", conduct="rape", victim_age=15, nothing_else=True)
    qualify(facts)
    started = time.perf_counter()
    for _ in range(200):
        qualify(facts)
    single = (time.perf_counter() - started) / 200
    cases = random_cases(count)
    distinct = cases.select(pl.exclude("facts_on")).unique().height
    qualify_frame(cases.head(1000), load_law())
    started = time.perf_counter()
    qualify_frame(cases, load_law())
    memory = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.parquet"
        cases.write_parquet(path)
        report = qualify_file(path, Path(folder) / "answers.parquet")
    print("| what | measured |\n| --- | --- |")
    print(f"| load and check all tables, fresh process (median of 7) | {load * 1000:.0f} ms |")
    print(f"| one qualification with explanation and citations | {single * 1000:.2f} ms |")
    speed = count / memory
    print(f"| batch, {count:,} cases in memory, {distinct:,} distinct | {speed:,.0f} cases/s |")
    print(f"| batch, Parquet to Parquet | {report['cases'] / report['seconds']:,.0f} cases/s |")
    print(f"\noutcomes: {report['outcomes']}")


if __name__ == "__main__":
    main()
