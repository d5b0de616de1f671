"""Splink on the very filters and tokens that our own encoder made, in an environment of its own.

    python splink_filters.py FOLDER OUT.parquet

FOLDER holds records.parquet and filters.parquet. Writes record_id_1, record_id_2, probability.
"""

import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_NAMES = ("given_names", "family_names", "mother_names")
_EQUAL = ("sex", "citizenship", "residence", "phone_token")
_STEPS = (0.88, 0.78, 0.65)


def words(connection, folder):
    """The dictionary of filters, each as eight whole numbers of 64 bits."""
    frame = connection.execute(f"SELECT filter_id, bits FROM '{folder}/filters.parquet'").fetchall()
    rows = [
        (number, *(int.from_bytes(bits[at : at + 8], "little") for at in range(0, 64, 8)))
        for number, bits in frame
    ]
    import pyarrow as pa

    columns = list(zip(*rows, strict=True))
    names = ["filter_id", *(f"w{k}" for k in range(8))]
    types = [pa.uint32(), *[pa.uint64()] * 8]
    arrays = [pa.array(c, t) for c, t in zip(columns, types, strict=True)]
    connection.register("arrow_words", pa.table(dict(zip(names, arrays, strict=True))))
    bits = " + ".join(f"bit_count(w{k})::INTEGER" for k in range(8))
    connection.execute(
        f"CREATE TABLE words AS SELECT *, {bits} AS bits FROM arrow_words"
    ).fetchall()


def read(folder):
    connection = duckdb.connect()
    words(connection, folder)
    parts, joins = [], []
    for name in _NAMES:
        parts += [f"{name}_filter AS {name}", f"{name}_w.bits AS {name}_bits"]
        parts += [f"{name}_w.w{k} AS {name}_{k}" for k in range(8)]
        joins.append(f"LEFT JOIN words {name}_w ON {name}_w.filter_id = p.{name}_filter")
    connection.execute(
        f"CREATE TABLE people AS SELECT record_id AS unique_id, {', '.join(parts)}, "
        "birth_date_full, birth_date_year, birth_date_year_month, birth_date_quality, "
        "CASE WHEN birth_date_quality = 1 THEN birth_date_full END AS exact_date, "
        f"{', '.join(_EQUAL)} FROM '{folder}/records.parquet' p {' '.join(joins)}"
    ).fetchall()
    return connection


def dice(name):
    shared = " + ".join(f"bit_count({name}_{k}_l & {name}_{k}_r)::INTEGER" for k in range(8))
    return f"(2.0 * ({shared}) / ({name}_bits_l + {name}_bits_r))"


def name_comparison(name):
    levels = [
        {
            "sql_condition": f"{name}_l IS NULL OR {name}_r IS NULL",
            "label_for_charts": "missing",
            "is_null_level": True,
        },
        {
            "sql_condition": f"{name}_l = {name}_r",
            "label_for_charts": "equal",
            "tf_adjustment_column": name,
        },
        *(
            {"sql_condition": f"{dice(name)} >= {step}", "label_for_charts": f"Dice {step}"}
            for step in _STEPS
        ),
        {"sql_condition": "ELSE", "label_for_charts": "other"},
    ]
    return cl.CustomComparison(output_column_name=name, comparison_levels=levels)


def date_comparison():
    missing = "birth_date_year_l IS NULL OR birth_date_year_r IS NULL"
    equal = "birth_date_year_l = birth_date_year_r"
    levels = [
        {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True},
        {"sql_condition": "exact_date_l = exact_date_r", "label_for_charts": "equal"},
        {
            "sql_condition": f"{equal} AND birth_date_year_month_l = birth_date_year_month_r",
            "label_for_charts": "year and month",
        },
        {"sql_condition": equal, "label_for_charts": "year"},
        {"sql_condition": "ELSE", "label_for_charts": "other"},
    ]
    return cl.CustomComparison(output_column_name="birth_date", comparison_levels=levels)


def main():
    began = time.perf_counter()
    connection = read(sys.argv[1])
    api = DuckDBAPI(connection=connection)
    equal = [
        cl.ExactMatch(n).configure(term_frequency_adjustments=n in ("citizenship", "residence"))
        for n in _EQUAL
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_names", "family_names"),
            block_on("exact_date"),
            block_on("family_names", "birth_date_year"),
            block_on("given_names", "birth_date_year", "residence"),
            block_on("phone_token"),
            "l.given_names = r.family_names AND l.birth_date_year = r.birth_date_year",
        ],
        comparisons=[*(name_comparison(n) for n in _NAMES), date_comparison(), *equal],
    )
    linker = Linker(api.register("people"), settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("given_names", "family_names", "exact_date")], recall=0.5
    )
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("exact_date"))
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
