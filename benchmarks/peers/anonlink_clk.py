"""anonlink on record-level filters (CLK, 1024 bit), every pair compared; own environment.

    python anonlink_clk.py IN.csv OUT.parquet

Writes record_id_1, record_id_2, probability: Dice moved so that the usual threshold .8 is at .5.
"""

import csv
import sys
import time
from pathlib import Path

import anonlink
import pyarrow as pa
import pyarrow.parquet as pq
from clkhash import clk
from clkhash.comparators import NgramComparison
from clkhash.field_formats import BitsPerTokenStrategy, FieldHashingProperties, StringSpec
from clkhash.schema import Schema

_FIELDS = {
    "given_names": (2, 15),
    "family_names": (2, 15),
    "birth_date": (1, 30),
    "sex": (1, 10),
    "citizenship": (1, 10),
    "residence": (1, 10),
    "street": (2, 10),
    "suburb": (2, 10),
}
_FLOOR, _USUAL = 0.65, 0.8


def main():
    began = time.perf_counter()
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fields = [name for name in _FIELDS if name in rows[0]]
    specs = []
    for name in fields:
        size, bits = _FIELDS[name]
        hashing = FieldHashingProperties(
            comparator=NgramComparison(size, positional=size == 1),
            strategy=BitsPerTokenStrategy(bits),
        )
        specs.append(StringSpec(name, hashing))
    texts = [[row[name].lower() for name in fields] for row in rows]
    filters = clk.generate_clks(texts, Schema(specs, 1024), b"a secret of the benchmark")
    similar, _, (left, right) = anonlink.candidate_generation.find_candidate_pairs(
        [filters, filters], anonlink.similarities.dice_coefficient, _FLOOR
    )
    pairs = [
        (rows[i]["record_id"], rows[j]["record_id"], min(max(s - _USUAL + 0.5, 0.0), 1.0))
        for s, i, j in zip(similar, left, right, strict=True)
        if i < j
    ]
    one, other, probability = zip(*pairs, strict=True) if pairs else ((), (), ())
    table = pa.table(
        {
            "record_id_1": pa.array(one, pa.string()),
            "record_id_2": pa.array(other, pa.string()),
            "probability": pa.array(probability, pa.float64()),
        }
    )
    pq.write_table(table, sys.argv[2])
    print(round(time.perf_counter() - began, 2))


if __name__ == "__main__":
    main()
