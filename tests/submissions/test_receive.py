"""The centre takes a whole, signed, fresh package, or keeps nothing of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyrage
import pytest

from tutela.errors import InputRefused, SafetyBlock
from tutela.submissions import seal
from tutela.submissions.keys import AgencyKeys, create_agency, create_linkage
from tutela.submissions.package import MAGIC, describe_table, write_package
from tutela.submissions.profiles import load_profile
from tutela.submissions.receive import receive_package
from tutela.submissions.store import Store
from tutela.submissions.withdraw import withdraw_submission

from .conftest import Nation, tree
from .sample import sample_row, sample_rows, write_csv

LOCAL = load_profile("local_police")


def refused(nation: Nation, package: Path, reason: str, **options: Any) -> InputRefused:
    """The package is refused for that reason, and the store is as it was."""
    before = tree(nation.store.path)
    with pytest.raises(InputRefused) as error:
        receive_package(package, nation.store, nation.centre, **options)
    assert error.value.details["reason"] == reason, error.value
    assert error.value.remedy
    assert tree(nation.store.path) == before
    return error.value


def test_a_package_is_taken_whole(nation: Nation) -> None:
    package, summary = nation.package()
    receipt = receive_package(package, nation.store, nation.centre)
    assert (receipt.state, receipt.submission) == ("received", summary.submission)
    (held,) = Store.open(nation.store.path).submissions()
    assert held.manifest["counts"] == summary.counts
    assert held.manifest["content_hash"] == summary.content_hash
    assert held.records().collect().height == 3
    assert held.events().collect().height == summary.counts["events"]
    assert set(held.filters().collect()["bits"].bin.size()) == {64}
    assert not list((nation.store.path / "incoming").iterdir())


def test_an_identical_resend_changes_nothing(nation: Nation) -> None:
    package, _ = nation.package()
    receive_package(package, nation.store, nation.centre)
    before = tree(nation.store.path)
    sealed_again, _ = nation.package("again")
    for resent in (package, sealed_again):
        assert receive_package(resent, nation.store, nation.centre).state == "unchanged"
    assert tree(nation.store.path) == before


def test_an_unknown_signer_is_refused(nation: Nation) -> None:
    package, _ = nation.package()
    (nation.centre / "signers" / "local_police.json").unlink()
    refused(nation, package, "unknown-signer")


def test_a_forged_signature_is_refused(nation: Nation) -> None:
    package, _ = nation.package()
    (nation.centre / "signers" / "local_police.json").unlink()
    create_agency(nation.folder / "real", "local_police", centre=nation.centre)
    refused(nation, package, "bad-signature")


def test_a_profile_that_the_signer_may_not_hand_in_is_refused(nation: Nation) -> None:
    package, _ = nation.package()
    enrolled = nation.centre / "signers" / "local_police.json"
    data = json.loads(enrolled.read_text())
    enrolled.write_text(json.dumps({**data, "profiles": ["hotline"]}))
    refused(nation, package, "wrong-profile")


def test_every_altered_byte_is_noticed(nation: Nation) -> None:
    package, _ = nation.package()
    whole = package.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        altered = bytearray(whole)
        altered[place] ^= 0x20
        package.write_bytes(bytes(altered))
        refused(nation, package, "unreadable")


def test_every_truncation_is_noticed(nation: Nation) -> None:
    package, _ = nation.package()
    whole = package.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        package.write_bytes(whole[:length])
        refused(nation, package, "unreadable")


def test_a_package_for_another_centre_is_refused(nation: Nation, tmp_path: Path) -> None:
    from tutela.submissions.keys import create_centre

    package, _ = nation.package()
    create_centre(tmp_path / "elsewhere")
    shutil.copytree(
        nation.centre / "signers", tmp_path / "elsewhere" / "signers", dirs_exist_ok=True
    )
    with pytest.raises(InputRefused, match="another centre"):
        receive_package(package, nation.store, tmp_path / "elsewhere")


def _payload(nation: Nation, package: Path) -> bytes:
    identity = (nation.centre / "centre.identity").read_text().strip()
    return pyrage.decrypt(package.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])


def _sealed(nation: Nation, payload: bytes, package: Path) -> Path:
    recipient = (nation.centre / "centre.recipient").read_text().strip()
    key = pyrage.x25519.Recipient.from_str(recipient)
    package.write_bytes(pyrage.encrypt(payload, [key]))
    return package


@pytest.mark.parametrize("where", ["magic", "length", "manifest", "signature", "table", "end"])
def test_tampering_before_encryption_is_noticed(nation: Nation, where: str) -> None:
    """Anyone can encrypt to the centre; only the agency can sign."""
    package, _ = nation.package()
    payload = bytearray(_payload(nation, package))
    head = len(MAGIC)
    manifest = int.from_bytes(payload[head : head + 4], "big")
    if where == "end":
        payload += b"more"
    elif where == "length":
        payload[head] = 0xFF
    else:
        place = {
            "magic": 0,
            "manifest": head + 4 + payload[head + 4 :].index(b"events") + 3,
            "signature": head + 4 + manifest + 5,
            "table": len(payload) - 200,
        }[where]
        payload[place] ^= 1
    _sealed(nation, bytes(payload), package)
    with pytest.raises(InputRefused) as error:
        receive_package(package, nation.store, nation.centre)
    assert error.value.details["reason"] in ("tampered", "malformed", "bad-signature")
    assert not nation.store.held()


def test_a_truncated_payload_is_noticed(nation: Nation) -> None:
    package, _ = nation.package()
    payload = _payload(nation, package)
    for length in (0, 10, 30, 500, len(payload) - 1):
        _sealed(nation, payload[:length], package)
        with pytest.raises(InputRefused):
            receive_package(package, nation.store, nation.centre)
    assert not nation.store.held()


def test_age_and_clock(nation: Nation) -> None:
    now = datetime(2024, 6, 1, tzinfo=UTC)
    made = now - timedelta(days=367)
    package, _ = nation.package(created=made)
    error = refused(nation, package, "stale", now=now)
    assert "2023-05-31" in error.message
    refused(nation, package, "from-the-future", now=made - timedelta(hours=25))
    assert receive_package(package, nation.store, nation.centre, now=made).state == "received"


def test_a_wrong_profile_version_is_refused(nation: Nation) -> None:
    package, _ = _forged(nation, lambda manifest: {**manifest, "profile_version": 9})
    refused(nation, package, "wrong-profile-version")


def test_epochs_overlap_only_where_the_store_says_so(nation: Nation) -> None:
    create_linkage(nation.folder / "second", epoch=2)
    create_agency(nation.folder / "keys" / "courts", "courts", centre=nation.centre,
                  linkage=nation.folder / "second")  # fmt: skip
    package, _ = nation.package("c", profile="courts")
    refused(nation, package, "wrong-epoch")
    nation.store.set_epochs([1, 2])
    assert receive_package(package, nation.store, nation.centre).state == "received"
    nation.store.set_epochs([2])
    assert nation.store.epochs().keys() == {2}
    old, _ = nation.package("p")
    refused(nation, old, "wrong-epoch")


def test_another_secret_of_the_same_epoch_is_refused(nation: Nation) -> None:
    package, _ = nation.package()
    receive_package(package, nation.store, nation.centre)
    create_linkage(nation.folder / "other")
    create_agency(nation.folder / "keys" / "courts", "courts", centre=nation.centre,
                  linkage=nation.folder / "other")  # fmt: skip
    other, _ = nation.package("c", profile="courts")
    refused(nation, other, "wrong-secret")


def test_a_correction_replaces_and_the_old_package_is_stale(nation: Nation) -> None:
    package, first = nation.package("a")
    receive_package(package, nation.store, nation.centre)
    rows = [*sample_rows(LOCAL, 3), sample_row(LOCAL, 4)]
    newer, second = nation.package("b", rows, supersedes=first.submission)
    assert receive_package(newer, nation.store, nation.centre).supersedes == first.submission
    assert [held.name for held in nation.store.submissions()] == [second.submission]
    assert {held.name for held in nation.store.held()} == {first.submission, second.submission}
    refused(nation, package, "stale")
    again, _ = nation.package("c", rows[:1], supersedes=first.submission)
    refused(nation, again, "stale")


def test_a_correction_older_than_what_it_corrects_is_stale(nation: Nation) -> None:
    package, first = nation.package("a")
    receive_package(package, nation.store, nation.centre)
    older = datetime.now(UTC) - timedelta(days=3)
    correction, _ = nation.package("b", supersedes=first.submission, created=older)
    refused(nation, correction, "stale")


def test_a_correction_of_what_is_not_there_or_not_yours_is_refused(nation: Nation) -> None:
    package, _ = nation.package("a", supersedes="local_police-local_police-000000000000")
    refused(nation, package, "unknown-submission")
    court, sealed = nation.package("c", profile="courts")
    receive_package(court, nation.store, nation.centre)
    stranger, _ = nation.package("d", supersedes=sealed.submission)
    refused(nation, stranger, "not-yours")


def test_rows_that_are_held_already_are_not_counted_twice(nation: Nation) -> None:
    package, first = nation.package("a")
    receive_package(package, nation.store, nation.centre)
    more, _ = nation.package("b", [sample_row(LOCAL, 3, sex="M"), sample_row(LOCAL, 9)])
    error = refused(nation, more, "already-held")
    assert first.submission in error.message
    assert "--supersedes" in error.remedy
    new, _ = nation.package("c", [sample_row(LOCAL, 9)])
    assert receive_package(new, nation.store, nation.centre).state == "received"
    assert len(nation.store.submissions()) == 2


def test_a_withdrawn_submission_is_not_taken_again(nation: Nation) -> None:
    package, summary = nation.package()
    receive_package(package, nation.store, nation.centre)
    withdraw_submission(summary.submission, nation.store)
    refused(nation, package, "withdrawn")


def test_a_linkage_secret_in_reach_blocks_the_centre(nation: Nation) -> None:
    package, _ = nation.package()
    secret = (nation.linkage / "linkage.secret").read_bytes()
    for place in (nation.centre / "hidden.txt", nation.store.path / "withdrawn" / "x"):
        place.write_bytes(secret)
        with pytest.raises(SafetyBlock, match="linkage secret"):
            receive_package(package, nation.store, nation.centre)
        place.unlink()
    assert not nation.store.held()


def test_two_receives_at_once_are_safe(nation: Nation) -> None:
    names = ("local_police", "courts", "hotline", "youth_care")
    packages = [nation.package(name, profile=name)[0] for name in names]
    with ThreadPoolExecutor(8) as pool:
        receipts = list(
            pool.map(
                lambda package: receive_package(package, nation.store, nation.centre),
                [*packages, *packages],
            )
        )
    assert sorted(receipt.state for receipt in receipts) == ["received"] * 4 + ["unchanged"] * 4
    assert len(nation.store.submissions()) == 4


# What a mistaken or malicious agency could sign.


def _forged(
    nation: Nation,
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda manifest: manifest,
    table: tuple[str, Callable[[pl.DataFrame], pl.DataFrame]] | None = None,
) -> tuple[Path, dict[str, Any]]:
    """A package that is well signed and says or holds something else than it should."""
    package, summary = nation.package()
    receive_package(package, nation.store, nation.centre)
    held = nation.store.submission(summary.submission)
    assert held is not None
    folder = nation.folder / "forged"
    shutil.copytree(held.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    shutil.rmtree(nation.store.path)
    nation.store = Store.create(nation.store.path)
    if table is not None:
        name, alter = table
        path = folder / f"{name}.parquet"
        frame = alter(pl.read_parquet(path))
        frame.write_parquet(path)
        content = seal.ContentHash()
        content.update(frame.clear())
        content.update(frame)
        entry = describe_table(name, path, frame.height, content.hexdigest()).as_dict()
        manifest["tables"] = [entry if old["name"] == name else old for old in manifest["tables"]]
    manifest = change(manifest)
    if set(seal._IDENTITY) <= set(manifest):
        manifest["content_hash"] = seal.content_hash(manifest)
    keys = AgencyKeys.load(nation.agency("local_police"))
    out = nation.folder / "forged.tutela"
    write_package(manifest, folder, keys.signing_key, keys.recipient, out)
    return out, manifest


def test_a_forged_package_without_change_is_taken(nation: Nation) -> None:
    """The helper of the tests below makes packages that only differ in what they change."""
    package, _ = _forged(nation, table=("records", lambda frame: frame))
    assert receive_package(package, nation.store, nation.centre).state == "received"


@pytest.mark.parametrize(
    ("name", "alter", "reason"),
    [
        ("records", lambda f: f.with_columns(given_names=pl.lit("Amarante")), "malformed"),
        ("records", lambda f: f.drop("sex"), "malformed"),
        ("records", lambda f: f.with_columns(residence=pl.lit("Amarante")), "stray-value"),
        ("records", lambda f: f.with_columns(matter=pl.lit("Amarante")), "malformed"),
        ("records", lambda f: f.with_columns(record_id=pl.lit("Amarante")), "malformed"),
        ("records", lambda f: pl.concat([f, f]), "malformed"),
        ("records", lambda f: f.head(1), "malformed"),
        ("records", lambda f: f.with_columns(agency=pl.lit("courts")), "not-yours"),
        ("records", lambda f: f.with_columns(key_check=pl.lit(1, pl.UInt32)), "wrong-epoch"),
        ("events", lambda f: f.with_columns(forms=pl.lit(["Amarante"])), "stray-value"),
        ("events", lambda f: f.with_columns(event_id=pl.lit("x")), "malformed"),
        ("filters", lambda f: f.head(1), "malformed"),
        ("filters", lambda f: f.with_columns(bits=pl.lit(b"Amarante")), "malformed"),
    ],
)  # fmt: skip
def test_what_may_not_be_in_the_tables_is_refused(
    nation: Nation, name: str, alter: Callable[[pl.DataFrame], pl.DataFrame], reason: str
) -> None:
    package, _ = _forged(nation, table=(name, alter))
    refused(nation, package, reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "malformed"),
        ({"agency": None}, "malformed"),
        ({"profile": "navy"}, "wrong-profile"),
        ({"created": "yesterday"}, "malformed"),
        ({"created": "2024-01-01T00:00:00"}, "malformed"),
        ({"period": {"from": "2015"}}, "malformed"),
        ({"tables": []}, "malformed"),
        ({"agency": "../signers/x"}, "unknown-signer"),
    ],
)
def test_a_manifest_that_is_not_well_formed_is_refused(
    nation: Nation, change: dict[str, Any], reason: str
) -> None:
    package, _ = _forged(nation, lambda manifest: {**manifest, **change})
    refused(nation, package, reason)


def test_a_content_hash_that_lies_is_refused(nation: Nation) -> None:
    package, manifest = _forged(nation)
    keys = AgencyKeys.load(nation.agency("local_police"))
    manifest["content_hash"] = "0" * 64
    write_package(manifest, nation.folder / "forged", keys.signing_key, keys.recipient, package)
    refused(nation, package, "tampered")


def test_a_store_is_made_once_and_only_in_an_empty_folder(tmp_path: Path) -> None:
    Store.create(tmp_path / "s")
    with pytest.raises(InputRefused, match="already"):
        Store.create(tmp_path / "s")
    write_csv(tmp_path / "x.csv", [{"a": "b"}])
    with pytest.raises(InputRefused, match="not empty"):
        Store.create(tmp_path)
