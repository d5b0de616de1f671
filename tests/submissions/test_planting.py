"""Planted records are taken apart from everything that counts."""

import json
import shutil

import polars as pl
import pytest
from click.testing import CliRunner

from tutela.cli.calibration import command
from tutela.errors import InputRefused, SafetyBlock
from tutela.indicators.run import make_tables
from tutela.simulation.planted import planted_records
from tutela.submissions.drawing import draw_store
from tutela.submissions.keys import create_linkage
from tutela.submissions.linking import link_store
from tutela.submissions.planting import held_planted, receive_planted, seal_planted
from tutela.submissions.receive import receive_package

from .conftest import LinkedNation, Nation, tree


def reason(error: pytest.ExceptionInfo[InputRefused]) -> object:
    return error.value.details["reason"]


def test_planted_records_are_never_counted(linked_nation: LinkedNation, tmp_path):
    """Not in a cluster, a pair, a draw or a table: the store counts as if they were not there."""
    run = linked_nation.store.path / "linkage" / str(linked_nation.report["run"])
    for name in ("clusters", "pairs", "besides"):
        frame = pl.read_parquet(run / f"{name}.parquet").select(pl.col("^record_id.*$"))
        assert not frame.select(pl.all().str.starts_with("planted").any()).row(0).count(True)
    bare = tmp_path / "store"
    shutil.copytree(linked_nation.store.path, bare)
    counted = make_tables(bare)
    shutil.rmtree(bare / "calibration")
    again = make_tables(bare)
    assert {n: t.counts.to_dict(as_series=False) for n, t in counted.tables.items()} == {
        n: t.counts.to_dict(as_series=False) for n, t in again.tables.items()
    }
    draws = draw_store(linked_nation.store.path, "victim", 3)
    assert not draws.record_id.str.starts_with("planted").any()


def test_a_run_says_how_far_it_can_be_trusted(linked_nation: LinkedNation):
    victims = linked_nation.report["roles"]["victim"]  # type: ignore[index]
    error = victims["calibration"]["expected_error"]
    assert error["calibrated"] <= max(error["model"], 0.05)
    assert victims["planted"]["all"]["f1"] > 0.8
    assert set(victims["planted"]["by"]) == {"culture", "true_sex", "age"}
    result = CliRunner().invoke(
        command,
        ["show", "--store", str(linked_nation.store.path), "--json"],
        catch_exceptions=False,
    )
    shown = json.loads(result.stdout)
    assert shown["planted"] == [held_planted(linked_nation.store)[0].name]
    assert shown["roles"]["victim"]["calibration"] == victims["calibration"]


def test_neither_door_takes_what_belongs_to_the_other(linked_nation: LinkedNation):
    before = tree(linked_nation.store.path)
    with pytest.raises(InputRefused) as error:
        receive_package(linked_nation.planted, linked_nation.store, linked_nation.centre)
    assert reason(error) == "malformed"
    submission = next(linked_nation.folder.glob("agencies/*/*.tutela"))
    with pytest.raises(InputRefused) as error:
        receive_planted(submission, linked_nation.store, linked_nation.centre)
    assert reason(error) == "wrong-kind"
    assert tree(linked_nation.store.path) == before


def test_the_same_package_twice_changes_nothing(linked_nation: LinkedNation):
    before = tree(linked_nation.store.path)
    result = receive_planted(linked_nation.planted, linked_nation.store, linked_nation.centre)
    assert result["state"] == "unchanged"
    assert tree(linked_nation.store.path) == before


def test_another_secret_a_stranger_and_a_changed_byte_are_refused(nation: Nation):
    people = planted_records(100, 1)
    package = nation.folder / "planted.tutela"
    nation.package()
    receive_package(nation.folder / "usual.tutela", nation.store, nation.centre)
    keys = nation.agency("local_police")
    manifest = seal_planted(people, keys, package)
    whole = package.read_bytes()
    package.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    with pytest.raises(InputRefused) as error:
        receive_planted(package, nation.store, nation.centre)
    assert reason(error) == "unreadable"
    package.write_bytes(whole)
    signer = nation.centre / "signers" / "local_police.json"
    kept = signer.read_bytes()
    signer.unlink()
    with pytest.raises(InputRefused) as error:
        receive_planted(package, nation.store, nation.centre)
    assert reason(error) == "unknown-signer"
    signer.write_bytes(kept)
    (keys / "linkage.secret").unlink()
    shutil.copy(create_linkage(nation.folder / "other")[0], keys / "linkage.secret")
    other = nation.folder / "other.tutela"
    seal_planted(people, keys, other)
    with pytest.raises(InputRefused) as error:
        receive_planted(other, nation.store, nation.centre)
    assert reason(error) == "wrong-epoch"
    assert held_planted(nation.store) == []
    assert receive_planted(package, nation.store, nation.centre)["state"] == "received"
    # Too few of the store's own records to speak of, but nothing breaks and nothing is counted.
    report = link_store(nation.store.path)
    assert report["roles"]["victim"]["records"] == 3
    args = ["forget", f"local_police-calibration-{manifest['content_hash'][:12]}"]
    args += ["--store", str(nation.store.path)]
    assert CliRunner().invoke(command, args, catch_exceptions=False).exit_code == 0
    assert held_planted(nation.store) == []


def test_the_centre_may_not_read_a_secret(nation: Nation):
    shutil.copy(nation.linkage / "linkage.secret", nation.centre / "linkage.secret")
    with pytest.raises(SafetyBlock):
        receive_planted(nation.folder / "any.tutela", nation.store, nation.centre)


def test_planting_seals_no_name_and_no_date(linked_nation: LinkedNation):
    """The truth that travels with planted records tells groups, never who was invented."""
    people = planted_records(300, 77)
    held = held_planted(linked_nation.store)[0]
    text = held.records.drop("birth_date_full", strict=False).with_columns(
        pl.col(pl.List(pl.UInt64)).list.eval(pl.element().cast(pl.String)).list.join(";")
    )
    words = set(" ".join([text.write_csv(), held.truth.write_csv()]).replace(",", " ").split())
    names = (
        people["given_names"].drop_nulls().to_list() + people["family_names"].drop_nulls().to_list()
    )
    assert words.isdisjoint(names)
    # The year of birth alone is a code; nothing finer is.
    dates = [date for date in people["birth_date"].drop_nulls().to_list() if len(date) > 4]
    assert len(dates) > 100
    assert words.isdisjoint(dates)
