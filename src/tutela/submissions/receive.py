"""Takes a sealed package into the store whole, or keeps nothing of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tutela.durable import json_bytes, sync_file, sync_folder, write_synced
from tutela.submissions.content import TABLES
from tutela.submissions.custody import refuse_linkage_secret
from tutela.submissions.inspect_package import inspect_tables, parsed_manifest
from tutela.submissions.keys import CentreKeys
from tutela.submissions.package import (
    decrypt_package,
    read_head,
    refusal,
    unpack_tables,
    verify_signature,
)
from tutela.submissions.profiles import load_profile
from tutela.submissions.seal import submission_name
from tutela.submissions.store import INCOMING, SUBMISSIONS, Store

#: How far an agency's clock may run ahead of the centre's.
CLOCK_SLACK = timedelta(hours=24)


@dataclass(frozen=True)
class Receipt:
    """What became of a package; `state` is `received` or `unchanged` (it was there already)."""

    state: str
    submission: str
    agency: str
    profile: str
    counts: dict[str, int]
    content_hash: str
    supersedes: str | None
    received: str

    def as_dict(self) -> dict[str, Any]:
        """The receipt as plain data for `--json`."""
        return asdict(self)


def receive_package(
    path: Path, store: Store, keys: Path, *, now: datetime | None = None
) -> Receipt:
    """Take the package at `path` into `store`; `keys` is the centre's key folder.

    Raises InputRefused with `details["reason"]` for every package that is not taken, and
    SafetyBlock where the centre could read a linkage secret. A crash at any point leaves the store
    with the submission or without it, and the next writer clears the rest.
    """
    refuse_linkage_secret([keys, store.path])
    centre = CentreKeys.load(keys)
    with store.writing():
        incoming = Path(tempfile.mkdtemp(dir=store.path / INCOMING))
        return _receive(path, store, centre, incoming, now or datetime.now(UTC))


def _receive(
    path: Path, store: Store, centre: CentreKeys, incoming: Path, now: datetime
) -> Receipt:
    plain = incoming / "payload"
    decrypt_package(path, centre.identity, plain)
    folder = incoming / "submission"
    folder.mkdir(mode=0o700)
    with plain.open("rb") as file:
        given, signed, signature = read_head(file, path.name)
        manifest, entries = parsed_manifest(given)
        _check_signer(manifest, centre, signed, signature)
        _check_profile(manifest)
        name = submission_name(manifest)
        again = _seen_before(name, manifest, store)
        if again is not None:
            return again
        _check_epoch(manifest, store)
        _check_age(manifest, now)
        _check_supersedes(manifest, store)
        unpack_tables(file, entries, folder)
    inspect_tables(folder, manifest, entries)
    _check_held(folder, manifest, store)
    return _keep(folder, name, manifest, store, now)


def _keep(
    folder: Path, name: str, manifest: dict[str, Any], store: Store, now: datetime
) -> Receipt:
    """Bring everything to disk, then let the submission appear by one rename."""
    received = now.isoformat(timespec="seconds")
    kept = {**manifest, "submission": name, "received": received}
    for table in TABLES:
        sync_file(folder / f"{table}.parquet")
    write_synced(folder / "manifest.json", json_bytes(kept))
    sync_folder(folder)
    epochs = store.epochs()
    if epochs[manifest["key_epoch"]] is None:
        # Before the submission: a mark without a submission is harmless, the reverse is not.
        store.write_epochs({**epochs, manifest["key_epoch"]: manifest["key_check"]})
    folder.rename(store.path / SUBMISSIONS / name)
    sync_folder(store.path / SUBMISSIONS)
    return _receipt("received", name, kept)


def _receipt(state: str, name: str, manifest: Mapping[str, Any]) -> Receipt:
    return Receipt(
        state=state,
        submission=name,
        agency=manifest["agency"],
        profile=manifest["profile"],
        counts=manifest["counts"],
        content_hash=manifest["content_hash"],
        supersedes=manifest["supersedes"],
        received=manifest["received"],
    )


def _check_signer(
    manifest: Mapping[str, Any], centre: CentreKeys, signed: bytes, signature: bytes
) -> None:
    agency = manifest["agency"]
    signer = centre.signer(agency)
    if signer is None:
        raise refusal(
            "unknown-signer",
            f"“{agency}” is not enrolled at this centre.",
            f"Check who it is, then put its agency.verify into signers/ as {agency}.json.",
        )
    verify_signature(signer.key(), signed, signature, agency)
    if manifest["profile"] not in signer.profiles:
        raise refusal(
            "wrong-profile",
            f"{agency} may not hand in the profile {manifest['profile']}.",
            "It is enrolled for: " + ", ".join(signer.profiles) + ".",
        )


def _check_profile(manifest: Mapping[str, Any]) -> None:
    profile = load_profile(manifest["profile"])
    if manifest["profile_version"] != profile.version:
        raise refusal(
            "wrong-profile-version",
            f"The package follows version {manifest['profile_version']} of {profile.name};"
            f" the centre takes version {profile.version}.",
            "Encode the file again with the centre's version of Tutela.",
        )


def _check_epoch(manifest: Mapping[str, Any], store: Store) -> None:
    epochs = store.epochs()
    epoch = manifest["key_epoch"]
    taken = ", ".join(map(str, sorted(epochs)))
    if epoch not in epochs:
        raise refusal(
            "wrong-epoch",
            f"The package was encoded in key epoch {epoch}; the store takes {taken}.",
            "Encode the file with the current linkage secret; an overlap of epochs is opened with"
            f" `tutela store {store.path} --epochs {taken.replace(' ', '')},{epoch}`.",
        )
    if epochs[epoch] not in (None, manifest["key_check"]):
        raise refusal(
            "wrong-secret",
            f"The package was encoded with another secret than the rest of epoch {epoch}.",
            "Give the agency the secret that the others hold, and encode again.",
        )


def _check_age(manifest: Mapping[str, Any], now: datetime) -> None:
    created = datetime.fromisoformat(manifest["created"])
    days = load_profile(manifest["profile"]).max_age_days
    if created > now + CLOCK_SLACK:
        raise refusal(
            "from-the-future",
            f"The package says it was made on {created:%Y-%m-%d %H:%M}, which is to come.",
            "Set the agency's clock and encode again.",
        )
    if now - created > timedelta(days=days):
        raise refusal(
            "stale",
            f"The package was made on {created:%Y-%m-%d}, more than {days} days ago.",
            "Encode the file again, so that what has changed since is in it.",
        )


def _check_supersedes(manifest: Mapping[str, Any], store: Store) -> None:
    """A correction replaces the current version of the same agency's same profile, no other."""
    name = manifest["supersedes"]
    if name is None:
        return
    if name in store.tombstones():
        raise refusal("withdrawn", f"{name} was withdrawn.", "Send the rows without --supersedes.")
    old = store.submission(name)
    if old is None:
        raise refusal(
            "unknown-submission", f"The store holds no {name} to replace.", "Check its name."
        )
    if any(old.manifest[key] != manifest[key] for key in ("agency", "profile")):
        raise refusal(
            "not-yours", f"{name} is of another agency or profile.", "Name your own submission."
        )
    newer = store.replaced_by().get(name)
    if newer is not None:
        raise refusal(
            "stale", f"{name} has been replaced by {newer} already.", f"Supersede {newer} instead."
        )
    if manifest["created"] <= old.manifest["created"]:
        raise refusal(
            "stale",
            f"The package was made before {name}, which it would replace.",
            "Encode the newest file again.",
        )


def _seen_before(name: str, manifest: Mapping[str, Any], store: Store) -> Receipt | None:
    """The receipt of an identical resend; refuses what was withdrawn or has been replaced."""
    if name in store.tombstones():
        raise refusal(
            "withdrawn",
            f"{name} was withdrawn; the same rows are not taken again.",
            "If they should count after all, correct the file and encode it anew.",
        )
    held = store.submission(name)
    if held is None:
        return None
    newer = store.replaced_by().get(name)
    if newer is not None:
        raise refusal(
            "stale",
            f"{name} has been replaced by {newer}.",
            f"Nothing to do; to go back to the older rows, encode them with --supersedes {newer}.",
        )
    if held.manifest["content_hash"] != manifest["content_hash"]:
        raise refusal("name-taken", f"Another submission is called {name}.", "Encode again.")
    return _receipt("unchanged", name, held.manifest)


def _check_held(folder: Path, manifest: Mapping[str, Any], store: Store) -> None:
    """Refuse rows that the store already counts in another submission of the same agency."""
    others = [
        other
        for other in store.submissions()
        if other.manifest["agency"] == manifest["agency"]
        and other.manifest["profile"] == manifest["profile"]
        and other.name != manifest["supersedes"]
    ]
    for table, key in (("records", "record_id"), ("events", "event_id")):
        new = pl.scan_parquet(folder / f"{table}.parquet").select(key)
        for other in others:
            held = pl.scan_parquet(other.folder / f"{table}.parquet").select(key)
            count = new.join(held, on=key, how="semi").select(pl.len()).collect().item()
            if count:
                raise refusal(
                    "already-held",
                    f"{count} of these {table} are already in {other.name}.",
                    f"If this is a correction, encode it with --supersedes {other.name}.",
                )
