"""FEBRL 3 and 4 without the national number: best F1 of pairs, beside what peers reach.

Splink on clear text reaches .9915 and .9978, recordlinkage's ECM .974 and .982.
"""

from pathlib import Path

import polars as pl
import pytest

from tutela.linkage.link import LinkOptions
from tutela.linkage.run import run
from tutela.linkage.schema import Field, Kind, Part, Schema
from tutela.linkage.secret import LinkageSecret

DATA = Path(__file__).parent / "data" / "febrl"
SCHEMA = Schema(
    fields=(
        Field("given_name", Kind.NAME, part=Part.GIVEN),
        Field("surname", Kind.NAME, part=Part.FAMILY),
        Field("address_1", Kind.NAME, part=Part.TEXT),
        Field("address_2", Kind.NAME, part=Part.TEXT),
        Field("suburb", Kind.NAME, part=Part.TEXT),
        Field("street_number", Kind.CODE),
        Field("postcode", Kind.CODE),
        Field("state", Kind.CODE),
        Field("date_of_birth", Kind.DATE),
    ),
    record_id="rec_id",
)


@pytest.mark.parametrize(("number", "persons", "best"), [(3, 2000, 0.993), (4, 5000, 0.996)])
def test_febrl_without_the_national_number(number, persons, best):
    table = pl.read_parquet(DATA / f"febrl{number}.parquet").with_columns(
        truth=pl.col("rec_id").str.extract(r"rec-(\d+)-")
    )
    assert table["truth"].n_unique() == persons
    secret = LinkageSecret(bytes(range(32)), 1)
    report = run(table, SCHEMA, secret, LinkOptions(), truth="truth").report
    assert report["pair"]["best_f1"] >= best
    assert report["cluster"]["f1"] > 0.985
    assert abs(report["count_error"]) < 0.03
