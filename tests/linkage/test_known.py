"""Known links and partings, and sources that hold each person once. SYNTHETIC."""

from functools import cache
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linkage.people import nation
from tutela.errors import InputRefused
from tutela.linkage.block import rules
from tutela.linkage.cluster import Edges, cluster
from tutela.linkage.encode import Encoder
from tutela.linkage.known import CANNOT_LINK, MUST_LINK, Known, known_of, read_constraints
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA, Field, Kind, Schema, load_schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import MISSING, read_table

SECRET = LinkageSecret(bytes(32), 1)


@cache
def model():
    """Estimated once; tables of a few records cannot tell chance from agreement."""
    return linked_by(None, nation(), DEFAULT_SCHEMA).model


def linked(frame, schema=DEFAULT_SCHEMA, **options):
    return linked_by(model(), frame, schema, **options)


def linked_by(fixed, frame, schema, **options):
    encoder = Encoder(schema, SECRET)
    encoded = encoder.encode(frame)
    return link(encoded, encoder.filters(), schema, LinkOptions(model=fixed, **options))


def constraints(*rows):
    return pl.DataFrame(list(rows), orient="row", schema=["record_id_1", "record_id_2", "kind"])


def ids(result):
    return dict(result.clusters.select("record_id", "cluster_id").iter_rows())


def test_a_known_link_holds_two_that_nothing_else_would_link():
    found = ids(linked(nation(40), constraints=constraints(("a0", "a37", MUST_LINK))))
    assert found["a0"] == found["a37"]


def test_known_links_are_taken_together():
    told = constraints(("a0", "a7", MUST_LINK), ("b23", "a7", MUST_LINK))
    found = ids(linked(nation(40), constraints=told))
    assert found["a0"] == found["a7"] == found["b23"]


def test_a_parting_keeps_two_of_the_same_name_apart():
    frame = nation(40)
    assert ids(linked(frame))["a0"] == ids(linked(frame))["b0"]
    found = ids(linked(frame, constraints=constraints(("b0", "a0", CANNOT_LINK))))
    assert found["a0"] != found["b0"]


def test_a_parting_holds_for_all_that_are_linked_to_either():
    frame = nation(40)
    told = constraints(("a0", "a37", MUST_LINK), ("b0", "a37", CANNOT_LINK))
    found = ids(linked(frame, constraints=told))
    assert found["a0"] == found["a37"] != found["b0"]


def test_a_contradiction_is_refused_with_the_records_named():
    told = constraints(("a0", "a1", MUST_LINK), ("a1", "a2", MUST_LINK), ("a2", "a0", CANNOT_LINK))
    with pytest.raises(InputRefused, match=r"a2 and a0 .*through a0, a1, a2") as refused:
        linked(nation(5), constraints=told)
    assert refused.value.details["pairs"] == [["a2", "a0"]]


def test_a_parting_against_a_personal_number_is_refused():
    frame = nation(5).with_columns(
        person_reference=pl.when(pl.col("record_id").is_in(["a0", "b0"])).then(pl.lit("SP-1"))
    )
    with pytest.raises(InputRefused, match="cannot be one person"):
        linked(frame, constraints=constraints(("a0", "b0", CANNOT_LINK)))


def test_constraints_on_records_that_left_are_counted():
    report = linked(nation(5), constraints=constraints(("a0", "gone", MUST_LINK))).report
    assert report["constraints_unused"] == 1


def test_a_source_that_holds_each_person_once_is_never_merged_with_itself():
    twice = nation(40).with_columns(source=pl.lit("register"))
    assert linked(twice).report["clusters"] < 60
    schema = Schema(DEFAULT_SCHEMA.fields, one_per_source=("register",))
    assert linked(twice, schema).report["clusters"] == 80


def test_a_personal_number_is_stronger_than_one_per_source():
    frame = nation(20).with_columns(
        source=pl.lit("register"),
        person_reference=pl.when(pl.col("record_id").is_in(["a0", "b0"])).then(pl.lit("SP-1")),
    )
    result = linked(frame, Schema(DEFAULT_SCHEMA.fields, one_per_source=("register",)))
    assert result.report["clusters"] == 39
    assert result.report["linked_within_one_per_source"] == 1


def test_a_case_that_names_each_person_once_keeps_its_persons_apart():
    fields = tuple(f for f in DEFAULT_SCHEMA.fields if f.name != "case_reference")
    schema = Schema(
        (*fields, Field("case_reference", Kind.REFERENCE, identifies="group", apart=True))
    )
    frame = nation(40).with_columns(
        source=pl.lit("police"),
        case_reference=pl.when(pl.col("record_id").is_in(["a0", "b0"])).then(pl.lit("BR 1/2017")),
    )
    found = ids(linked(frame, schema))
    assert found["a0"] != found["b0"]
    assert found["a3"] == found["b3"]


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 9), st.data())
def test_every_cluster_honours_what_is_known(rows, data):
    pairs = list(combinations(range(rows), 2))
    scores = {p: float(data.draw(st.integers(-9, 9))) for p in pairs}
    group = np.arange(rows, dtype=np.int32)
    for a, b in data.draw(st.lists(st.sampled_from(pairs), max_size=3)):
        group[group == group[b]] = group[a]
    first = {g: min(np.flatnonzero(group == g)) for g in set(group.tolist())}
    group = np.array([first[g] for g in group.tolist()], dtype=np.int32)
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=3))
    parted = {tuple(sorted((int(group[a]), int(group[b])))) for a, b in chosen}
    keys = np.array(sorted(a * rows + b for a, b in parted if a != b), dtype=np.int64)
    apart = np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=rows, max_size=rows)))
    known = Known(group, keys, (apart.astype(np.int32),))

    def score(i, j):
        odds = np.array([scores[a, b] for a, b in zip(i.tolist(), j.tolist(), strict=True)])
        return known.weigh(i, j, odds)

    i, j = (np.array(side, dtype=np.int32) for side in zip(*pairs, strict=True))
    odds = score(i, j)
    found = cluster(rows, Edges(i, j, odds), score).numbers
    separated = known.separated(found)
    for numbers in (found, separated):
        for a, b in pairs:
            if group[a] == group[b]:
                assert numbers[a] == numbers[b]
            elif known.weigh(np.array([a]), np.array([b]), np.zeros(1))[0] < 0:
                assert numbers[a] != numbers[b]


def test_what_clustering_could_not_compare_is_separated_afterwards():
    group = np.array([0, 1, 1, 3, 4], dtype=np.int32)
    known = Known(group, np.array([0 * 5 + 4]), (np.array([7, 7, MISSING, 8, 8], np.int32),))
    numbers = known.separated(np.zeros(5, dtype=np.int32))
    assert numbers[1] == numbers[2]
    assert len({numbers[0], numbers[1], numbers[4]}) == 3 or numbers[1] == numbers[4]
    assert numbers[0] != numbers[1]
    assert numbers[0] != numbers[4]
    assert numbers[3] != numbers[4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record_id_1,kind\na,must_link\n", "no column record_id_2"),
        ("record_id_1,record_id_2,kind\na,b,must_link\na,c,perhaps\n", "row 3, column kind"),
        ("record_id_1,record_id_2,kind\na,a,must_link\n", "row 2, column record_id_2"),
        ("record_id_1,record_id_2,kind\n,b,cannot_link\n", "row 2, column record_id_1"),
    ],
)
def test_a_file_of_constraints_is_refused_with_row_and_column(tmp_path, text, said):
    path = tmp_path / "constraints.csv"
    path.write_text(text)
    with pytest.raises(InputRefused, match=said):
        read_constraints(path)


def test_constraints_are_read_from_both_formats(tmp_path):
    told = constraints(("a", "b", MUST_LINK), ("a", "c", CANNOT_LINK))
    told.write_csv(tmp_path / "told.csv")
    told.write_parquet(tmp_path / "told.parquet")
    assert read_constraints(tmp_path / "told.csv").equals(told)
    assert read_constraints(tmp_path / "told.parquet").equals(told)
    with pytest.raises(InputRefused, match="cannot be read"):
        read_constraints(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('one_per_source = "a"', "one_per_source is 'a'"),
        ('one_per_source = ["a"]', None),
    ],
)
def test_a_schema_says_which_sources_hold_each_person_once(tmp_path, line, said):
    path = tmp_path / "schema.toml"
    path.write_text(f'{line}\n[[fields]]\nname = "surname"\nkind = "name"\n')
    if said:
        with pytest.raises(InputRefused, match=said):
            load_schema(path)
    else:
        assert load_schema(path).one_per_source == ("a",)


def test_only_a_reference_to_a_group_keeps_apart(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text('[[fields]]\nname = "n"\nkind = "reference"\napart = true\n')
    with pytest.raises(InputRefused, match="apart"):
        load_schema(path)


def test_a_records_keys_follow_from_the_record_alone():
    """What incremental linking and Spark stand on: keys of a part are those of the whole."""
    encoder = Encoder(DEFAULT_SCHEMA, SECRET)
    table = read_table(encoder.encode(nation(60)), encoder.filters(), DEFAULT_SCHEMA)
    part = np.arange(0, table.rows, 3, dtype=np.int32)
    for whole, some in zip(rules(table), rules(table.take(part)), strict=True):
        wanted = np.isin(whole.records, part)
        expected = sorted(zip(whole.records[wanted], whole.keys[wanted], strict=True))
        assert sorted(zip(part[some.records], some.keys, strict=True)) == expected
        assert [(r.name, r.cap) for r in (whole, some)] == [(whole.name, whole.cap)] * 2


def test_nothing_known_changes_nothing():
    encoder = Encoder(DEFAULT_SCHEMA, SECRET)
    table = read_table(encoder.encode(nation(3)), encoder.filters(), DEFAULT_SCHEMA)
    known = known_of(table)
    i, j = np.array([0, 1], np.int32), np.array([1, 2], np.int32)
    assert (known.weigh(i, j, np.array([1.5, -2.0])) == [1.5, -2.0]).all()
