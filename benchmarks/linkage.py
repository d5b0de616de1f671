"""Linkage beside its peers, on the same records in the same run.

    python benchmarks/linkage.py [--quick] [--sizes 20000 100000 1000000] [--cache var/benchmarks]

Records come from benchmarks/second_nation.py, on which nothing was tuned, and from FEBRL 3 and 4
without the national number. Each peer runs in an environment of its own, made on demand under the
cache folder, and is stopped after LIMIT seconds. Our clusters are those at p ≥ .5; a peer's are
connected components at whichever threshold suits it best. Writes the section of RESULTS.md unless
--quick.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from linkage_scores import (
    Outcome,
    by_culture,
    culture_table,
    outcome_of_pairs,
    table_of,
    worst_of,
)
from second_nation import second_nation

from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import evaluate
from tutela.linkage.index import Index, keep_index
from tutela.linkage.join import join
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema, load_schema
from tutela.linkage.secret import LinkageSecret

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
TITLE = "## Linkage (`python benchmarks/linkage.py`)"
#: Seconds after which a peer is stopped.
LIMIT = 600
#: Peers: name, script, environment, what to install, most records.
PEERS = (
    ("Splink 5, clear text", "splink_clear.py", "splink", ("splink==5.0.0", "pyarrow"), 10**9),
    ("Splink 5, our filters", "splink_filters.py", "splink", ("splink==5.0.0", "pyarrow"), 200_000),
    (
        "anonlink, record-level filters",
        "anonlink_clk.py",
        "anonlink",
        ("anonlink==0.15.3", "clkhash==0.18.3", "pyarrow"),
        25_000,
    ),
    (
        "recordlinkage ECM, clear text",
        "recordlinkage_ecm.py",
        "recordlinkage",
        ("recordlinkage==0.16", "pyarrow"),
        100_000,
    ),
)
#: Runs a script and prints the peak memory (MB) of its process alone.
MEASURED = r"""
import re, runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024)
"""
FEBRL_SCHEMA = """record_id = "record_id"
[[fields]]
name = "given_names"
kind = "name"
part = "given"
[[fields]]
name = "family_names"
kind = "name"
part = "family"
[[fields]]
name = "street"
kind = "name"
part = "text"
[[fields]]
name = "place"
kind = "name"
part = "text"
[[fields]]
name = "suburb"
kind = "name"
part = "text"
[[fields]]
name = "number"
kind = "code"
[[fields]]
name = "residence"
kind = "code"
[[fields]]
name = "citizenship"
kind = "code"
[[fields]]
name = "birth_date"
kind = "date"
"""
FEBRL_COLUMNS = {
    "rec_id": "record_id",
    "given_name": "given_names",
    "surname": "family_names",
    "address_1": "street",
    "address_2": "place",
    "street_number": "number",
    "postcode": "residence",
    "state": "citizenship",
    "date_of_birth": "birth_date",
}


def python_of(cache: Path, name: str, packages: tuple[str, ...]) -> Path:
    """The interpreter of a peer's environment, made when it is not there."""
    folder = cache / name
    python = folder / "bin" / "python"
    done = folder / ".installed"
    wanted = " ".join(packages)
    if not done.exists() or done.read_text() != wanted:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
        done.write_text(wanted)
    return python


def febrl(cache: Path, number: int) -> pl.DataFrame:
    """FEBRL 3 or 4 as recordlinkage ships it, without the national number."""
    python = python_of(cache, "recordlinkage", PEERS[3][3])
    found = subprocess.run(
        [str(python), "-c", "import recordlinkage.datasets as d; print(d.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    folder = Path(found.stdout.strip()) / "febrl"
    names = ["dataset3.csv"] if number == 3 else ["dataset4a.csv", "dataset4b.csv"]
    frames = [pl.read_csv(folder / name, infer_schema=False) for name in names]
    frame = pl.concat(frames).rename(str.strip).with_columns(pl.all().str.strip_chars())
    frame = frame.with_columns(pl.all().replace("", None))
    truth = pl.col("rec_id").str.extract(r"rec-(\d+)-").alias("truth")
    day = pl.col("date_of_birth")
    iso = pl.concat_str(day.str.slice(0, 4), day.str.slice(4, 2), day.str.slice(6), separator="-")
    dated = pl.when(day.str.len_chars() == 8).then(iso).otherwise(day).alias("date_of_birth")
    return frame.with_columns(truth, dated).rename(FEBRL_COLUMNS).drop("soc_sec_id")


def encode(table: pl.DataFrame, schema: Schema, folder: Path) -> float:
    """Encode into `folder`; returns records a second of processor time (one core)."""
    encoder = Encoder(schema, LinkageSecret.create())
    began = time.process_time()
    records = encoder.encode(table)
    rate = table.height / (time.process_time() - began)
    records.write_parquet(folder / "records.parquet")
    encoder.filters().write_parquet(folder / "filters.parquet")
    return rate


def ours(table: pl.DataFrame, folder: Path) -> Outcome:
    """Link what `folder` holds in a process of its own, and measure."""
    command = [sys.executable, str(HERE / "linkage_link.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    print("  parts:", told["parts"], flush=True)
    clusters = pl.read_parquet(folder / "clusters.parquet")
    labels = table.select("record_id", "truth", *({"culture"} & set(table.columns)))
    found = evaluate(clusters, pl.read_parquet(folder / "pairs.parquet"), labels, [])
    groups = by_culture(clusters.join(labels, on="record_id"))
    return Outcome(
        "Tutela, encoded",
        found["pair"],
        found["cluster"],
        found["count_error"],
        worst_of(groups),
        told["seconds"],
        told["peak_mb"],
        "clusters at p ≥ .5",
        groups,
    )


def peer(
    name: str, script: str, python: Path, table: pl.DataFrame, source: Path, folder: Path
) -> Outcome:
    """Run one peer on a file (or on the folder of encodings) and measure it."""
    out = folder / "peer.parquet"
    out.unlink(missing_ok=True)
    timed = [str(python), "-c", MEASURED]
    try:
        done = subprocess.run(
            [*timed, str(HERE / "peers" / script), str(source), str(out)],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
            cwd=folder,
        )
    except subprocess.TimeoutExpired:
        return Outcome(name, {}, {}, None, None, None, None, f"stopped after {LIMIT} s")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1][:80]
        return Outcome(name, {}, {}, None, None, None, None, f"failed: {last}")
    seconds, peak = (float(line) for line in done.stdout.strip().splitlines()[-2:])
    return outcome_of_pairs(name, table, pl.read_parquet(out), seconds, peak)


def side_by_side(
    title: str, table: pl.DataFrame, schema: str | None, cache: Path, lines: list[str]
) -> tuple[list[Outcome], float]:
    """All methods on one table, ours first; adds to `lines` what belongs into RESULTS.md."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if schema is not None:
            (folder / "schema.toml").write_text(schema)
        declared = load_schema(folder / "schema.toml") if schema else DEFAULT_SCHEMA
        print(f"{title}: {table.height:,} records", flush=True)
        rate = encode(table, declared, folder)
        outcomes = [ours(table, folder)]
        table.drop("truth", "culture", strict=False).write_csv(folder / "clear.csv")
        for name, script, environment, packages, most in PEERS:
            if table.height > most or (schema is not None and "our filters" in name):
                continue
            python = python_of(cache, environment, packages)
            source = folder if "our filters" in name else folder / "clear.csv"
            outcomes.append(peer(name, script, python, table, source, folder))
            print("  ", *table_of(outcomes[-1:])[2:], flush=True)
    lines += [f"\n**{title}**, {table.height:,} records\n", *table_of(outcomes)]
    first, second = outcomes[0], outcomes[1]
    if second.seconds and first.seconds:
        pair = first.pair["f1"] - second.pair["best_f1"]
        whole = first.cluster["f1"] - second.cluster["f1"]
        lines.append(
            f"\nOur default against the best of Splink on clear text: pair F1 {pair:+.3f},"
            f" cluster F1 {whole:+.3f}, time {first.seconds / second.seconds:.2f} of its own."
        )
    if first.by_culture:
        lines += ["\nOur clusters by culture of name:\n", *culture_table(first)]
    return outcomes, rate


def joining(kept: int, new: int) -> float:
    """How many seconds `new` records take to join a kept run of `kept`."""
    table = second_nation(kept + new, 2)
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
    encoded = encoder.encode(table)
    full = link(encoded.head(kept), encoder.filters(), options=LinkOptions(keep=True))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        if full.linked is None:
            raise RuntimeError("nothing was kept to join")
        keep_index(folder, full.linked)
        index = Index.open(folder, DEFAULT_SCHEMA)
        join(index, encoded.tail(2), encoder.filters())  # compiles
        began = time.perf_counter()
        join(Index.open(folder, DEFAULT_SCHEMA), encoded.tail(new), encoder.filters())
        return time.perf_counter() - began


def targets(found: list[list[Outcome]], rate: float, joined: float) -> list[str]:
    """What is aimed at beside what was measured: FEBRL 3 and 4, then the sizes; ours, Splink."""
    ours, splink = [outcomes[0] for outcomes in found], [outcomes[1] for outcomes in found]
    sizes = range(2, len(found))

    def each(value: Callable[[int], str]) -> str:
        return " / ".join(value(n) for n in sizes)

    def above(n: int, part: str, best: str) -> str:
        theirs = getattr(splink[n], part).get(best)
        return "-" if theirs is None else f"{getattr(ours[n], part)['f1'] - theirs:+.3f}"

    seconds = [outcome.seconds or 0.0 for outcome in ours]
    theirs = splink[-1].seconds
    # A peer that was stopped had run for LIMIT seconds at least.
    ratio = f"{'' if theirs else 'less than '}{seconds[-1] / (theirs or LIMIT):.2f}"
    largest = splink[-1].peak_mb
    rows = [
        ("FEBRL 3 / 4, best pair F1", ".993 / .998",
         " / ".join(f"{o.pair['best_f1']:.4f}" for o in ours[:2])),
        ("pair F1 at default above Splink's best", "+.03",
         each(lambda n: above(n, "pair", "best_f1"))),
        ("cluster F1 above Splink's best threshold", "+.03",
         each(lambda n: above(n, "cluster", "f1"))),
        ("cluster F1", ".93 / .91 / .85", each(lambda n: f"{ours[n].cluster['f1']:.3f}")),
        ("count error", "5 %", each(lambda n: f"{ours[n].count_error or 0:+.1%}")),
        ("worst culture", "8 %", each(lambda n: "{} {:+.1%}".format(*(ours[n].worst or ("-", 0))))),
        ("largest table: share of Splink's time", ".50", ratio),
        ("largest table: memory", "1,500 MB",
         f"{ours[-1].peak_mb or 0:,.0f} (Splink {'-' if largest is None else f'{largest:,.0f}'})"),
        ("encoding, records/s of one core, largest table", "80,000", f"{rate:,.0f}"),
        ("1,000 new records against 100,000", "0.7 s", f"{joined:.2f} s"),
        ("growth in time between the two largest", "12 ×", f"{seconds[-1] / seconds[-2]:.1f} ×"),
    ]  # fmt: skip
    return [
        "Targets beside what was measured; second nation by size.\n",
        "| measure | target | measured |\n| --- | --- | --- |",
        *(f"| {name} | {target} | {measured} |" for name, target, measured in rows),
    ]


def write(lines: list[str]) -> None:
    """Replace the section of RESULTS.md."""
    text = RESULTS.read_text(encoding="utf-8")
    start = text.index(TITLE)
    following = text.find("\n## ", start + 1)
    rest = "" if following < 0 else text[following:]
    RESULTS.write_text(text[:start] + "\n".join([TITLE, *lines]) + "\n" + rest, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 records and FEBRL only")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path("var/benchmarks"))
    arguments = parser.parse_args()
    cache = arguments.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    sizes = arguments.sizes[:1] if arguments.quick else arguments.sizes
    lines = [
        "\nSYNTHETIC. Records of `benchmarks/second_nation.py`, on which nothing was tuned, and"
        " FEBRL"
        " without the national number.\nOur clusters are those at p ≥ .5; a peer's are connected"
        f" components at whichever threshold suits it best. Peers run\nin the same run and are"
        f" stopped after {LIMIT} s. Our seconds are those of reading, linking and clustering at the"
        " centre.",
    ]
    found: list[list[Outcome]] = []
    rate = 0.0
    for number in (3, 4):
        table = febrl(cache, number)
        outcomes, rate = side_by_side(f"FEBRL {number}", table, FEBRL_SCHEMA, cache, lines)
        found.append(outcomes)
    for size in sizes:
        table = second_nation(size, arguments.seed).rename({"person_id": "truth"})
        outcomes, rate = side_by_side("Second nation", table, None, cache, lines)
        found.append(outcomes)
        if not arguments.quick:
            write([*lines, "\nThis run is not finished."])
    joined = joining(*((10_000, 100) if arguments.quick else (100_000, 1_000)))
    lines += ["", *targets(found, rate, joined)]
    print("\n".join(lines))
    if not arguments.quick:
        write(lines)


if __name__ == "__main__":
    main()
