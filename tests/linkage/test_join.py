"""Later records join a kept run. SYNTHETIC."""

from functools import cache

import polars as pl
import pytest

from tests.linkage.people import nation
from tutela.errors import InputRefused
from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import cluster_scores
from tutela.linkage.index import Index, keep_index
from tutela.linkage.join import join
from tutela.linkage.known import CANNOT_LINK, MUST_LINK
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema
from tutela.linkage.secret import LinkageSecret

SECRET = LinkageSecret(bytes(32), 1)
#: What is stated in docs/linkage.md: joining and a full run under one model agree at least so far.
AGREE = 0.995


def encoded(frame, secret=SECRET):
    encoder = Encoder(DEFAULT_SCHEMA, secret)
    return encoder.encode(frame), encoder.filters()


@cache
def model():
    return link(*encoded(nation())).model


def full(frame, **options):
    return link(*encoded(frame), DEFAULT_SCHEMA, LinkOptions(model=model(), **options))


def kept(frame, folder, **options):
    keep_index(folder, full(frame, keep=True, **options).linked)
    return Index.open(folder, DEFAULT_SCHEMA)


def joined(index, frame, gone=None, **options):
    gone = None if gone is None else pl.Series(gone)
    return join(index, *encoded(frame), gone, LinkOptions(**options))


def agreement(one, other):
    truth = other.clusters.select("record_id", truth="cluster_id")
    both = one.clusters.select("record_id", "cluster_id").join(truth, on="record_id")
    assert both.height == one.clusters.height == other.clusters.height
    return cluster_scores(both)["f1"]


def ids(result):
    return dict(result.clusters.select("record_id", "cluster_id").iter_rows())


@pytest.mark.parametrize("part", ["b0", "b", "a1", "7"])
def test_joining_gives_the_answer_of_a_full_run(tmp_path, part):
    frame = nation()
    new = pl.col("record_id").str.contains(part)
    result = joined(kept(frame.filter(~new), tmp_path / "index"), frame.filter(new))
    assert agreement(result, full(frame)) >= AGREE


def test_what_joins_is_a_small_part_of_the_work(tmp_path):
    frame = nation()
    result = joined(kept(frame.head(-4), tmp_path / "index"), frame.tail(4))
    assert result.report["joined"] == 4
    assert result.report["clustered_again"] < 30
    assert result.report["candidate_pairs"] < full(frame).report["candidate_pairs"] / 10


def test_a_corrected_record_replaces_what_was_there(tmp_path):
    frame = nation(60)
    index = kept(frame, tmp_path / "index")
    other = frame.filter(pl.col("record_id") == "a7").with_columns(record_id=pl.lit("b0"))
    result = joined(index, other)
    corrected = pl.concat([frame.filter(pl.col("record_id") != "b0"), other])
    assert ids(result)["b0"] == ids(result)["a7"] != ids(result)["a0"]
    assert agreement(result, full(corrected)) == 1.0


def test_a_record_that_left_holds_nobody_together(tmp_path):
    frame = nation(60)
    index = kept(frame, tmp_path / "index")
    result = joined(index, frame.filter(pl.col("record_id") == "a3"), ["b0", "b1"])
    assert {"b0", "b1"}.isdisjoint(ids(result))
    assert agreement(result, full(frame.filter(~pl.col("record_id").is_in(["b0", "b1"])))) == 1.0


def test_records_may_leave_without_any_that_come(tmp_path):
    frame = nation(60)
    result = joined(kept(frame, tmp_path / "index"), frame.clear(), ["b0"])
    assert agreement(result, full(frame.filter(pl.col("record_id") != "b0"))) == 1.0


def test_fields_that_only_one_side_has_are_no_hindrance(tmp_path):
    frame = nation(60)
    old = frame.filter(pl.col("source") == "a").drop("sex")
    new = frame.filter(pl.col("source") == "b").with_columns(phone=pl.lit("0470 12 34 56"))
    result = joined(kept(old, tmp_path / "index"), new)
    assert (
        result.report["clusters"]
        <= full(pl.concat([old, new], how="diagonal")).report["clusters"] + 2
    )


def test_constraints_hold_between_kept_and_new_records(tmp_path):
    frame = nation(60)
    told = pl.DataFrame(
        [("a0", "b40", MUST_LINK), ("a1", "b1", CANNOT_LINK), ("a2", "b2", CANNOT_LINK)],
        orient="row", schema=["record_id_1", "record_id_2", "kind"],
    )  # fmt: skip
    new = pl.col("record_id").is_in(["b40", "b1"])
    index = kept(frame.filter(~new), tmp_path / "index")
    found = ids(joined(index, frame.filter(new), constraints=told))
    assert found["a0"] == found["b40"]
    assert found["a1"] != found["b1"]
    # A parting that is new divides even two records that were there before.
    assert found["a2"] != found["b2"]


def test_a_constraint_that_is_taken_back_needs_a_full_run(tmp_path):
    frame = nation(60)
    told = pl.DataFrame({"record_id_1": ["a0"], "record_id_2": ["a1"], "kind": [MUST_LINK]})
    index = kept(frame, tmp_path / "index", constraints=told)
    with pytest.raises(InputRefused, match="taken back"):
        joined(index, frame.head(1))


def test_another_key_is_never_compared(tmp_path):
    index = kept(nation(20), tmp_path / "index")
    for secret in (LinkageSecret(bytes(32), 2), LinkageSecret(bytes([1]) * 32, 1)):
        with pytest.raises(InputRefused, match="cannot be compared"):
            join(index, *encoded(nation(20), secret))


def test_what_an_index_cannot_answer_is_refused(tmp_path):
    index = kept(nation(20), tmp_path / "index")
    with pytest.raises(InputRefused, match="threshold"):
        joined(index, nation(20), threshold=0.9)
    with pytest.raises(InputRefused, match="other fields"):
        Index.open(tmp_path / "index", Schema(DEFAULT_SCHEMA.fields[:3]))
    with pytest.raises(InputRefused, match="no index"):
        Index.open(tmp_path / "none", DEFAULT_SCHEMA)


def test_a_crowd_of_one_name_is_bounded_work(tmp_path):
    one = nation(1).head(1)
    crowd = pl.concat([one] * 3_000).with_columns(
        record_id=pl.int_range(3_000).cast(pl.String).str.zfill(5)
    )
    index = kept(crowd.gather_every(2), tmp_path / "index")
    result = joined(index, crowd.gather_every(30, 1))
    assert result.report["candidate_pairs"] < 1000 * 100


def test_names_go_on(tmp_path):
    frame = nation(60)
    before = full(frame.head(-2))
    index = kept(frame.head(-2), tmp_path / "index")
    result = join(index, *encoded(frame.tail(2)), previous=before.clusters)
    earlier, now = ids(before), ids(result)
    assert all(now[record] == name for record, name in earlier.items())
    assert result.events["event"].to_list() == ["born"]
