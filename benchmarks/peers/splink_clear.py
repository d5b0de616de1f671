"""Splink on clear text, run in an environment of its own.

    python splink_clear.py IN.csv OUT.parquet

Writes unique_id_l, unique_id_r, match_probability of every pair at 0.01 or more.
"""

import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_COLUMNS = "given_names, family_names, mother_names, birth_date, sex, citizenship, residence"


def read(path):
    """Lower case, and empty text as null, which Splink expects."""
    connection = duckdb.connect()
    columns = ", ".join(
        f"nullif(lower(trim({name})), '') AS {name}" for name in _COLUMNS.split(", ")
    )
    columns += ", nullif(phone, '') AS phone, nullif(case_reference, '') AS case_reference"
    columns += ", nullif(person_reference, '') AS person_reference"
    connection.execute(
        f"CREATE TABLE people AS SELECT record_id AS unique_id, {columns}, "
        "left(birth_date, 4) AS birth_year, left(given_names, 3) AS given_start, "
        f"left(family_names, 3) AS family_start FROM read_csv('{path}', all_varchar = true)"
    )
    return connection


def settings():
    names = [0.92, 0.8, 0.7]
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_names", "family_names"),
            block_on("birth_date"),
            block_on("family_start", "birth_year"),
            block_on("given_start", "birth_year"),
            block_on("given_start", "family_start"),
            block_on("phone"),
            block_on("case_reference"),
            block_on("person_reference"),
            "l.given_names = r.family_names AND l.birth_year = r.birth_year",
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("given_names", names).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("family_names", names).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("mother_names", names),
            cl.LevenshteinAtThresholds("birth_date", [1, 2]),
            cl.ExactMatch("sex"),
            cl.ExactMatch("citizenship").configure(term_frequency_adjustments=True),
            cl.ExactMatch("residence").configure(term_frequency_adjustments=True),
            cl.ExactMatch("phone"),
            cl.ExactMatch("case_reference"),
            cl.ExactMatch("person_reference"),
        ],
    )


def main():
    began = time.perf_counter()
    connection = read(sys.argv[1])
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("people"), settings())
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("given_names", "family_names", "birth_date")], recall=0.5
    )
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    train.estimate_parameters_using_expectation_maximisation(
        block_on("given_names", "family_names")
    )
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    frame = predicted.as_duckdbpyrelation()
    frame.select("unique_id_l, unique_id_r, match_probability").write_parquet(
        str(Path(sys.argv[2]))
    )
    print(round(time.perf_counter() - began, 2))


if __name__ == "__main__":
    main()
