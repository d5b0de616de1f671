"""New submissions join the current linkage run; names and events; key epochs. SYNTHETIC."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.linkage.evaluate import cluster_scores
from tutela.linkage.lineage import name_clusters
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.spark.session import missing, session
from tutela.submissions.custody import LINKAGE_SECRET
from tutela.submissions.drawing import draw_store
from tutela.submissions.epochs import across_epochs, standing
from tutela.submissions.keys import create_agency, create_linkage
from tutela.submissions.linking import link_store, schema_of
from tutela.submissions.profiles import load_profile
from tutela.submissions.receive import receive_package
from tutela.submissions.rotation import adopt_linkage, retire_linkage, rotate_linkage
from tutela.submissions.scored_pairs import scored_pairs
from tutela.submissions.seal import encode_file
from tutela.submissions.store import Store
from tutela.submissions.withdraw import withdraw_submission

from .conftest import LinkedNation

SMALL = "immigration_office"


def hand_in(
    nation: LinkedNation,
    store: Store,
    agency: str,
    out: Path,
    keys: Path | None = None,
    **options: object,
) -> str:
    (file,) = [path for path in nation.files() if path.parent.name == agency]
    file = Path(str(options.pop("file", file)))
    encode_file(file, load_profile(agency), keys or nation.keys(agency), out, **options)  # type: ignore[arg-type]
    return receive_package(out, store, nation.centre).submission


def clusters(store: Store, run: str) -> pl.DataFrame:
    return pl.read_parquet(store.path / "linkage" / run / "clusters.parquet")


def agreement(one: pl.DataFrame, other: pl.DataFrame) -> float:
    truth = other.select("record_id", truth="cluster_id")
    both = one.select("record_id", "cluster_id").join(truth, on="record_id")
    assert both.height == one.height == other.height
    return cluster_scores(both)["f1"]


@pytest.fixture
def copied(linked_nation: LinkedNation, tmp_path: Path) -> Store:
    """The store of the shared nation, linked in full, for one test alone."""
    shutil.copytree(linked_nation.folder / "store", tmp_path / "store")
    return Store.open(tmp_path / "store")


def correct(nation: LinkedNation, store: Store, folder: Path) -> None:
    """The small agency hands in its file again, without its last row."""
    (old,) = [s.name for s in store.submissions() if s.manifest["agency"] == SMALL]
    (file,) = [path for path in nation.files() if path.parent.name == SMALL]
    lines = file.read_bytes().splitlines(keepends=True)
    shorter = folder / file.name
    shorter.write_bytes(b"".join(lines[:-1]))
    hand_in(nation, store, SMALL, folder / "again.tutela", file=shorter, supersedes=old)


def test_a_correction_joins_and_a_full_run_gives_the_same_answer(
    linked_nation: LinkedNation, copied: Store, tmp_path: Path
) -> None:
    first = str(copied.current()["linkage"]["run"])
    correct(linked_nation, copied, tmp_path)
    joined = link_store(copied.path)
    assert joined["base"] == joined["previous"] == first
    victims = joined["roles"]["victim"]
    assert victims["clustered_again"] < victims["records"]
    assert joined["roles"]["suspect"]["joined"] == 0
    again = link_store(copied.path)
    assert again["run"] == joined["run"]
    mine = clusters(copied, joined["run"])
    labels = pl.concat([s.records().select("record_id").collect() for s in copied.submissions()])
    assert sorted(mine["record_id"]) == sorted(labels["record_id"])
    pairs = scored_pairs(copied.path / "linkage" / joined["run"], "pairs")
    for side in ("record_id_1", "record_id_2"):
        assert pairs[side].is_in(mine["record_id"].implode()).all()
    assert pairs.select("record_id_1", "record_id_2").is_duplicated().sum() == 0
    assert draw_store(copied.path, "victim", 2).counts().min() > 0
    whole = link_store(copied.path, full=True)
    assert whole["base"] is None
    assert agreement(mine, clusters(copied, whole["run"])) >= 0.99


def test_nothing_of_a_withdrawn_record_is_kept_for_joining(copied: Store) -> None:
    (name,) = [s.name for s in copied.submissions() if s.manifest["agency"] == SMALL]
    assert list((copied.path / "linkage").glob("*/index"))
    withdraw_submission(name, copied)
    assert not list((copied.path / "linkage").glob("*/index"))
    assert link_store(copied.path)["base"] is None


def test_clusters_keep_their_names_and_changes_are_events(
    linked_nation: LinkedNation, copied: Store, tmp_path: Path
) -> None:
    before = clusters(copied, str(copied.current()["linkage"]["run"]))
    correct(linked_nation, copied, tmp_path)
    report = link_store(copied.path, full=True)
    after = clusters(copied, report["run"])
    both = before.join(after, on="record_id", suffix="_after")
    assert (both["cluster_id"] == both["cluster_id_after"]).mean() > 0.97
    events = pl.read_parquet(copied.path / "linkage" / report["run"] / "events.parquet")
    assert set(events["event"]) <= {"born", "merged", "split", "moved", "ended"}
    for role in ("victim", "suspect"):
        mine, theirs = (frame.filter(pl.col("role") == role) for frame in (after, before))
        told = name_clusters(
            mine.select("record_id", number="cluster_id"), theirs.select("record_id", "cluster_id")
        )
        expected = events.filter(pl.col("role") == role).drop("role")
        assert told.events.equals(expected)


def test_a_register_that_holds_each_person_once_says_so_in_its_profile(copied: Store) -> None:
    assert schema_of(copied.submissions()).one_per_source == ("immigration_office",)
    report = json.loads(
        (copied.path / "linkage" / copied.current()["linkage"]["run"] / "report.json").read_text()
    )
    found = clusters(copied, report["run"]).filter(
        pl.col("record_id").str.starts_with("immigration_office")
    )
    assert found["cluster_id"].n_unique() == found.height


def test_a_new_secret_is_brought_in_while_the_old_one_stands(
    linked_nation: LinkedNation, tmp_path: Path
) -> None:
    store = Store.create(tmp_path / "store")
    pair = ("local_police", SMALL)
    old = {a: hand_in(linked_nation, store, a, tmp_path / f"{a}.tutela") for a in pair}
    one = link_store(store.path)
    before = clusters(store, one["run"])
    rotate_linkage(linked_nation.folder / "keys" / "linkage", tmp_path / "next")
    keys = {}
    for agency in pair:
        keys[agency] = tmp_path / "keys" / agency
        shutil.copytree(linked_nation.keys(agency), keys[agency])
        adopt_linkage(keys[agency], tmp_path / "next")
    with pytest.raises(InputRefused, match="epoch 2"):
        hand_in(
            linked_nation, store, pair[0], tmp_path / "n", keys[pair[0]], supersedes=old[pair[0]]
        )
    store.set_epochs([1, 2])
    new = hand_in(
        linked_nation, store, pair[0], tmp_path / "n", keys[pair[0]], supersedes=old[pair[0]]
    )
    # The new version counts; the old one still stands in its own epoch.
    assert {e: sorted(s.name for s in found) for e, found in standing(store).items()} == {
        2: [new],
        1: sorted(old.values()),
    }
    two = link_store(store.path)
    during = clusters(store, two["run"])
    assert two["epochs"] == {"2": 1, "1": 2}
    assert sorted(during["record_id"]) == sorted(before["record_id"])
    assert agreement(during, before) > 0.9
    both = before.join(during, on="record_id", suffix="_now")
    assert (both["cluster_id"] == both["cluster_id_now"]).mean() > 0.9
    with pytest.raises(InputRefused, match="not yet encoded"):
        store.set_epochs([2])
    hand_in(linked_nation, store, pair[1], tmp_path / "m", keys[pair[1]], supersedes=old[pair[1]])
    store.set_epochs([2])
    assert list(standing(store)) == [2]
    three = link_store(store.path)
    after = clusters(store, three["run"])
    assert agreement(after, before) > 0.9
    both = before.join(after, on="record_id", suffix="_now")
    assert (both["cluster_id"] == both["cluster_id_now"]).mean() > 0.9
    for folder in keys.values():
        retire_linkage(folder, 1)
        assert [path.name for path in folder.glob(f"{LINKAGE_SECRET}*")] == [LINKAGE_SECRET]


def frame(**groups: str) -> pl.DataFrame:
    rows = [(record, name, 0.9) for name, records in groups.items() for record in records]
    return pl.DataFrame(rows, orient="row", schema=["record_id", "cluster_id", "probability"])


def test_records_without_a_newer_encoding_follow_their_cluster() -> None:
    newest = frame(x="ab", y="cd", z="e")
    oldest = frame(p="abcq", r="es", t="u", v="w")
    found = across_epochs({2: newest, 1: oldest}, pl.Series(list("abcdeqsu")))
    number = dict(found.select("record_id", "number").iter_rows())
    assert number["q"] == number["a"] == number["b"]
    assert number["c"] == number["d"] != number["a"]
    assert number["s"] == number["e"]
    assert number["u"] not in {number[r] for r in "abcdeqs"}
    assert "w" not in number


def test_a_secret_is_only_replaced_by_a_later_one(tmp_path: Path) -> None:
    create_linkage(tmp_path / "one")
    create_agency(tmp_path / "keys", "courts", linkage=tmp_path / "one")
    create_linkage(tmp_path / "same")
    with pytest.raises(InputRefused, match="epoch 1"):
        adopt_linkage(tmp_path / "keys", tmp_path / "same")
    rotate_linkage(tmp_path / "one", tmp_path / "two")
    adopt_linkage(tmp_path / "keys", tmp_path / "two")
    assert LinkageSecret.load(tmp_path / "keys" / LINKAGE_SECRET).epoch == 2
    kept = tmp_path / "keys" / f"{LINKAGE_SECRET}.1"
    assert (
        LinkageSecret.load(kept).check()
        == LinkageSecret.load(tmp_path / "one" / LINKAGE_SECRET).check()
    )
    assert kept.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Misuse, match="in use"):
        retire_linkage(tmp_path / "keys", 2)
    with pytest.raises(InputRefused, match="epoch 7"):
        retire_linkage(tmp_path / "keys", 7)
    retire_linkage(tmp_path / "keys", 1)
    assert not kept.exists()


def test_what_holds_the_secret_never_holds_the_store(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    for place in (store.path, store.path / "keys", tmp_path):
        with pytest.raises(SafetyBlock, match="is a national store"):
            create_linkage(place)
    create_linkage(tmp_path / "keys")
    with pytest.raises(SafetyBlock, match="is a national store"):
        create_agency(store.path / "agency", "courts")
    shutil.copy(tmp_path / "keys" / LINKAGE_SECRET, store.path / "notes.txt")
    # Under whatever name: every command of the centre opens the store, and stops.
    with pytest.raises(SafetyBlock, match="is a linkage secret"):
        Store.open(store.path)
    with pytest.raises(SafetyBlock, match="is a linkage secret"):
        link_store(store.path)


@pytest.mark.spark
@pytest.mark.skipif(missing() is not None, reason=f"Spark cannot run: {missing()}")
def test_a_store_linked_on_spark_holds_the_same_persons(
    copied: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_MASTER", "local[2]")
    before = clusters(copied, str(copied.current()["linkage"]["run"]))
    report = link_store(copied.path, engine="spark")
    after = clusters(copied, report["run"])
    assert report["engine"] == "spark"
    columns = ["record_id", "cluster_id", "role"]
    assert after.select(columns).sort("record_id").equals(before.select(columns).sort("record_id"))
    assert "count_interval" in report["roles"]["victim"]
    # Nothing can join a run on Spark: the next one is a full one.
    assert link_store(copied.path)["base"] is None
    session().stop()
