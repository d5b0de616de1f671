import numpy as np
import polars as pl
import pytest

from tests.linkage.people import nation
from tutela.linkage.block import Blocks, build_blocks
from tutela.linkage.encode import Encoder
from tutela.linkage.schema import DEFAULT_SCHEMA, Field, Kind, Part, Schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table


def table_of(frame: pl.DataFrame):
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret(bytes(32), 1))
    return read_table(encoder.encode(frame).sort("record_id"), encoder.filters(), DEFAULT_SCHEMA)


def all_pairs(blocks: Blocks) -> set[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for part in blocks.ranges():
        i, j = blocks.pairs(*part)
        found += zip(i.tolist(), j.tolist(), strict=True)
    assert len(found) == len(set(found))
    return set(found)


def test_pairs_stand_once_in_order_and_can_be_asked_for():
    table = table_of(nation(80))
    blocks = build_blocks(table)
    pairs = all_pairs(blocks)
    assert all(i < j for i, j in pairs)
    i, j = np.triu_indices(table.rows, 1)
    held = blocks.holds(i.astype(np.int32), j.astype(np.int32))
    assert {(a, b) for a, b, h in zip(i.tolist(), j.tolist(), held, strict=True) if h} == pairs


def test_both_records_of_nearly_every_person_meet():
    frame = nation(150)
    table = table_of(frame)
    place = {label: n for n, label in enumerate(table.record_id.to_list())}
    pairs = all_pairs(build_blocks(table))
    met = [tuple(sorted((place[f"a{n}"], place[f"b{n}"]))) in pairs for n in range(150)]
    assert np.mean(met) > 0.98


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"given_names": None, "family_names": None},
        {"birth_date": None},
        {"given_names": None, "family_names": None, "birth_date": None, "sex": None},
    ],
)
def test_a_hundred_thousand_records_alike_are_bounded_work(columns):
    """One giant block of everything: pairs grow with records, never with their square."""
    size = 100_000
    one = nation(1).head(1).with_columns(pl.lit(None).alias(name) for name in columns)
    many = pl.concat([one] * size).with_columns(record_id=pl.int_range(size).cast(pl.String))
    blocks = build_blocks(table_of(many))
    # A record has a bounded number of keys and of partners under each, however many share them:
    # what holds here holds for ten million.
    assert blocks.counts.max(initial=0) <= 60
    assert np.diff(blocks.offsets).max() <= 60
    assert blocks.counts.sum(dtype=np.int64) < 500 * size


def test_an_address_alone_brings_records_together():
    """A new name and no date: only street and suburb are as they were."""
    schema = Schema(
        tuple(
            Field(name, Kind.NAME, part)
            for name, part in (
                ("given", Part.GIVEN),
                ("family", Part.FAMILY),
                ("street", Part.TEXT),
                ("suburb", Part.TEXT),
            )
        ),
    )
    frame = pl.DataFrame(
        {
            "record_id": ["1", "2", "3"],
            "given": ["Amina", "Hanne", "Dries"],
            "family": ["Haddad", "Claes", "Peeters"],
            "street": ["Beagle Street", "Beagle Street", "Nunkeri"],
            "suburb": ["Greenwood", "Greenwood", "Greenwood"],
        }
    )
    encoder = Encoder(schema, LinkageSecret(bytes(32), 1))
    table = read_table(encoder.encode(frame), encoder.filters(), schema)
    assert (0, 1) in all_pairs(build_blocks(table))


def test_blocks_of_nothing_hold_nothing():
    table = table_of(nation(3).select("record_id"))
    blocks = build_blocks(table)
    assert blocks.ranges() == []
    assert not blocks.holds(np.array([0], np.int32), np.array([1], np.int32)).any()
