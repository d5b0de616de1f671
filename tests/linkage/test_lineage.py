"""Names of clusters across runs. SYNTHETIC."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.linkage.lineage import name_clusters


def table(groups, column="number"):
    rows = [(record, n) for n, group in enumerate(groups) for record in group]
    return pl.DataFrame(rows, orient="row", schema={"record_id": pl.String, column: pl.Int32})


def run(groups, before=None):
    return name_clusters(table(groups), before)


def named(result):
    groups = result.clusters.group_by("cluster_id").agg(pl.col("record_id").sort())
    return {name: "".join(records) for name, records in groups.iter_rows()}


def told(result):
    return {(e, c, p, n) for e, c, p, n in result.events.iter_rows()}


def test_a_first_run_has_no_events():
    first = run(["ab", "c"])
    assert first.events.is_empty()
    assert len(named(first)) == 2


def test_a_cluster_keeps_its_name_when_its_founder_leaves():
    first = run(["abc", "d"])
    second = run(["bc", "d"], first.clusters)
    names = {records: name for name, records in named(first).items()}
    assert named(second) == {names["abc"]: "bc", names["d"]: "d"}
    assert second.events.is_empty()


def test_a_merge_keeps_the_larger_name_and_records_where_the_other_went():
    first = run(["abc", "de"])
    names = {records: name for name, records in named(first).items()}
    second = run(["abcde"], first.clusters)
    assert named(second) == {names["abc"]: "abcde"}
    assert told(second) == {("merged", names["abc"], names["de"], 2)}


def test_a_split_keeps_the_name_with_the_larger_part():
    first = run(["abcde"])
    (name,) = named(first)
    second = run(["ab", "cde"], first.clusters)
    other = next(n for n in named(second) if n != name)
    assert named(second) == {name: "cde", other: "ab"}
    assert told(second) == {("split", other, name, 2)}


def test_births_moves_and_ends_are_told():
    first = run(["abc", "def", "g"])
    names = {records: name for name, records in named(first).items()}
    second = run(["ab", "cdef", "h"], first.clusters)
    (born,) = {n for n, records in named(second).items() if records == "h"}
    assert told(second) == {
        ("moved", names["def"], names["abc"], 1),
        ("born", born, None, None),
        ("ended", None, names["g"], 1),
    }


def test_a_new_cluster_never_takes_a_name_that_another_holds():
    first = run(["ab"])
    (name,) = named(first)
    second = run(["a", "bcd"], first.clusters)
    third = run(["a", "b", "cd"], second.clusters)
    assert len(named(third)) == 3
    assert name in named(third)


groupings = st.lists(st.integers(0, 4), min_size=1, max_size=10)


@settings(max_examples=100, deadline=None)
@given(groupings, groupings, st.randoms(use_true_random=False))
def test_names_are_one_to_one_and_do_not_depend_on_order(before, after, random):
    def grouped(labels):
        return pl.DataFrame(
            {"record_id": [chr(97 + n) for n in range(len(labels))], "number": labels},
            schema={"record_id": pl.String, "number": pl.Int32},
        )

    first = name_clusters(grouped(before)).clusters
    now = grouped(after)
    one = name_clusters(now, first)
    numbers = {n: random.random() for n in set(after)}
    order = {n: k for k, n in enumerate(sorted(numbers, key=numbers.get))}
    other = name_clusters(
        now.with_columns(pl.col("number").replace_strict(order, return_dtype=pl.Int32)).sample(
            fraction=1.0, shuffle=True, seed=random.randrange(99)
        ),
        first.sample(fraction=1.0, shuffle=True, seed=random.randrange(99)),
    )
    assert one.clusters.sort("record_id").equals(other.clusters.sort("record_id"))
    assert one.events.equals(other.events)
    both = now.join(one.clusters, on="record_id")
    assert both["number"].n_unique() == both["cluster_id"].n_unique()
    assert both.select("number", "cluster_id").unique().height == both["number"].n_unique()
    kept = set(one.clusters["cluster_id"]) & set(first["cluster_id"])
    # Whoever says that a cluster goes on shares a record with it.
    for name in kept:
        mine = set(one.clusters.filter(pl.col("cluster_id") == name)["record_id"])
        theirs = set(first.filter(pl.col("cluster_id") == name)["record_id"])
        assert mine & theirs
