"""Splink on clear text, run in an environment of its own.

    python splink_clear.py IN.csv OUT.parquet

Writes record_id_1, record_id_2, probability of every pair at 0.01 or more. Blocking leaves out what
explodes as tables grow: years, and the first of January, as if they were dates.
"""

import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_NAMES = [0.92, 0.8, 0.7]
_FIELDS = {
    "given_names": lambda n: cl.JaroWinklerAtThresholds(n, _NAMES),
    "family_names": lambda n: cl.JaroWinklerAtThresholds(n, _NAMES),
    "mother_names": lambda n: cl.JaroWinklerAtThresholds(n, _NAMES),
    "street": lambda n: cl.JaroWinklerAtThresholds(n, _NAMES),
    "suburb": lambda n: cl.JaroWinklerAtThresholds(n, _NAMES),
    "birth_date": lambda n: cl.LevenshteinAtThresholds(n, [1, 2]),
    "sex": cl.ExactMatch,
    "citizenship": cl.ExactMatch,
    "residence": cl.ExactMatch,
    "phone": cl.ExactMatch,
}
_FREQUENCIES = {"given_names", "family_names", "citizenship", "residence", "suburb"}
_BLOCKS = [
    ("given_names", "family_names"),
    ("full_date",),
    ("family_names", "birth_year"),
    ("given_names", "birth_year", "residence"),
    ("family_start", "birth_month"),
    ("given_start", "birth_month"),
    ("given_names", "residence", "family_start"),
    ("phone",),
]
#: Where there are streets, tables are small enough for wider blocks.
_STREET_BLOCKS = [
    ("street",),
    ("suburb", "given_start"),
    ("suburb", "family_start"),
    ("residence", "given_start"),
    ("residence", "family_start"),
]


def read(path):
    """Lower case, and empty text as null, which Splink expects; the fields that are there."""
    connection = duckdb.connect()
    there = [row[0] for row in connection.execute(f"DESCRIBE FROM '{path}'").fetchall()]
    fields = [name for name in _FIELDS if name in there]
    columns = ", ".join(f"nullif(lower(trim({name})), '') AS {name}" for name in fields)
    connection.execute(
        f"CREATE TABLE people AS SELECT record_id AS unique_id, {columns}, "
        "left(birth_date, 4) AS birth_year, "
        "CASE WHEN length(birth_date) >= 7 AND birth_date NOT LIKE '%-01-01' "
        "THEN left(birth_date, 7) END AS birth_month, "
        "CASE WHEN length(birth_date) = 10 AND birth_date NOT LIKE '%-01-01' "
        "THEN birth_date END AS full_date, "
        "left(lower(given_names), 3) AS given_start, left(lower(family_names), 3) AS family_start "
        f"FROM read_csv('{path}', all_varchar = true)"
    )
    counts = ", ".join(f"count({field})" for field in fields)
    filled = connection.execute(f"SELECT {counts} FROM people").fetchall()[0]
    return connection, [field for field, count in zip(fields, filled, strict=True) if count]


def settings(fields):
    comparisons = []
    for field in fields:
        made = _FIELDS[field](field)
        if field in _FREQUENCIES:
            made = made.configure(term_frequency_adjustments=True)
        comparisons.append(made)
    derived = {"full_date", "birth_year", "birth_month", "family_start", "given_start"}
    wide = _STREET_BLOCKS if "street" in fields else []
    blocks = [b for b in [*_BLOCKS, *wide] if set(b) <= derived | set(fields)]
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            *(block_on(*block) for block in blocks),
            "l.given_names = r.family_names AND l.birth_year = r.birth_year",
        ],
        comparisons=comparisons,
    )


def main():
    began = time.perf_counter()
    connection, fields = read(sys.argv[1])
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("people"), settings(fields))
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("given_names", "family_names", "full_date")], recall=0.5
    )
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("full_date"))
    train.estimate_parameters_using_expectation_maximisation(
        block_on("given_names", "family_names")
    )
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    frame = predicted.as_duckdbpyrelation()
    frame.select(
        "unique_id_l AS record_id_1, unique_id_r AS record_id_2, match_probability AS probability"
    ).write_parquet(sys.argv[2])
    print(round(time.perf_counter() - began, 2))


if __name__ == "__main__":
    main()
