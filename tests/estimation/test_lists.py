import polars as pl
import pytest

from tutela.errors import InputRefused, Misuse
from tutela.estimation.lists import (
    drop_empty_lists,
    drop_lists,
    merge_lists,
    read_lists,
    table_from_frame,
)


def table(rows, names=("A", "B", "C")):
    return table_from_frame(pl.DataFrame(rows, schema=[*names, "count"], orient="row"))


def test_one_row_per_person_gives_the_same_table_as_counts():
    persons = pl.DataFrame({"A": [1, 1, 0], "B": [0, 0, 1]})
    assert (
        table_from_frame(persons).counts == table([(1, 0, 2), (0, 1, 1)], names=("A", "B")).counts
    ).all()


def test_merging_counts_each_person_once():
    merged = merge_lists(table([(1, 1, 0, 4), (0, 1, 1, 2), (0, 0, 1, 5)]), {"AB": ["A", "B"]})
    assert merged.names == ("AB", "C")
    assert merged.observed == 11
    assert merged.sizes() == {"AB": 6, "C": 7}
    assert merged.overlaps()[0, 1] == 2


def test_dropping_a_list_drops_those_known_to_it_alone():
    assert drop_lists(table([(1, 0, 0, 4), (1, 1, 0, 2), (0, 0, 1, 1)]), ["A"]).observed == 3


def test_a_list_without_anybody_is_named():
    kept, empty = drop_empty_lists(table([(1, 0, 0, 4), (1, 1, 0, 2)]))
    assert empty == ("C",)
    assert kept.names == ("A", "B")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A,B,count\n1,0,-3\n", "row 2, column count: '-3'"),
        ("A,B,count\n1,0,2\n0,1,2.5\n", "row 3, column count: '2.5'"),
        ("A,B,count\n1,0,many\n", "column count: 'many'"),
        ("A,B,count\n1,2,5\n", "row 2, column B: '2' is neither 0 nor 1"),
        ("A,B,count\n1,,5\n", "row 2, column B"),
        ("A,B,count\n0,0,5\n", "a person on no list"),
        ("A,B,count\n1,0,0\n", "all counts are zero"),
        ("A,B,count\n", "no rows"),
        ("count\n3\n", "no list columns"),
        ("", "cannot be read"),
    ],
)
def test_bad_files_are_refused_with_the_place(tmp_path, text, words):
    path = tmp_path / "lists.csv"
    path.write_text(text)
    with pytest.raises(InputRefused) as refusal:
        read_lists(path)
    assert words in refusal.value.message
    assert refusal.value.remedy or "all counts" in words


def test_too_many_lists_are_refused():
    frame = pl.DataFrame({f"L{i}": [1, 0] for i in range(13)})
    with pytest.raises(InputRefused, match="at most 12"):
        table_from_frame(frame)


@pytest.mark.parametrize(
    "merges", [{"AB": ["A", "Z"]}, {"AB": ["A"]}, {"C": ["A", "B"]}, {"AB": ["A", "A"]}]
)
def test_impossible_merges_are_misuse(merges):
    with pytest.raises(Misuse):
        merge_lists(table([(1, 0, 0, 4), (1, 1, 0, 2), (0, 0, 1, 1)]), merges)
