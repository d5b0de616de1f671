"""Planted records: sealed at an agency, kept at the centre apart from everything that is counted.

They lie in `STORE/calibration/<name>/` and enter `tutela link` only to calibrate and to measure.
Nothing that counts reads that folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tutela.durable import json_bytes, sync_folder, write_synced
from tutela.errors import InputRefused
from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder, LinkageSecret
from tutela.submissions.custody import refuse_linkage_secret
from tutela.submissions.keys import AgencyKeys, CentreKeys
from tutela.submissions.package import refusal
from tutela.submissions.small_package import SmallPackage, open_small, seal_small
from tutela.submissions.store import INCOMING, Store
from tutela.submissions.tables import FILTERS, stray_values
from tutela.vocabulary import load

KIND = "calibration"
FOLDER = "calibration"
TRUTH = {
    name: pl.String()
    for name in ("record_id", "person_id", "household", "culture", "true_sex", "age")
}
_SHAPES = {
    "record_id": r"planted-[0-9a-f]{16}",
    "person_id": r"planted-[0-9a-f]{16}",
    "household": r"planted-[0-9a-f]{16}",
    "culture": r"[a-z_]{1,20}",
    "true_sex": r"[FM]",
    "age": r"\d{1,2}(-\d{1,2}|\+)",
}


@dataclass(frozen=True)
class PlantedPackage:
    """Planted records of one package: encodings with role, their dictionary, and the truth."""

    name: str
    records: pl.DataFrame
    filters: pl.DataFrame
    truth: pl.DataFrame


def planted_schemas() -> dict[str, dict[str, pl.DataType]]:
    """Columns of the tables of a package of planted records."""
    nobody = pl.DataFrame(schema={"record_id": pl.String, "source": pl.String})
    # The encoder tells its columns; the secret is thrown away unused.
    encoded = Encoder(DEFAULT_SCHEMA, LinkageSecret.create()).encode(nobody)
    records = {"role": pl.String(), **encoded.schema}
    return {"records": records, "filters": dict(FILTERS), "truth": dict(TRUTH)}


def seal_planted(people: pl.DataFrame, keys: Path, out: Path) -> dict[str, Any]:
    """Encode planted records under the live secret and seal them; returns the manifest.

    `people` has record_id, source, role, the fields of the default schema as text, and TRUTH.
    `keys` is an agency's key folder. Names and dates stay here and are forgotten.
    """
    agency = AgencyKeys.load(keys)
    encoder = Encoder(DEFAULT_SCHEMA, agency.secret)
    ordered = people.sort("record_id")
    encoded = encoder.encode(ordered.drop("role", *(set(TRUTH) - {"record_id"})))
    schemas = planted_schemas()
    tables = {
        "records": encoded.with_columns(ordered["role"]).select(list(schemas["records"])),
        "filters": encoder.filters(),
        "truth": ordered.select(list(schemas["truth"])),
    }
    return seal_small(KIND, tables, agency, out, {"synthetic": True})


def receive_planted(path: Path, store: Store, keys: Path, country: str = "be") -> dict[str, Any]:
    """Keep a package of planted records apart in the store; returns what it is.

    Raises InputRefused for a package that is not one or holds anything but codes and encodings,
    SafetyBlock where the centre could read a linkage secret.
    """
    refuse_linkage_secret([keys, store.path])
    package = open_small(path, KIND, planted_schemas(), CentreKeys.load(keys))
    _check(package, store, country)
    final = store.path / FOLDER / package.name
    counts = {
        "records": package.tables["records"].height,
        "persons": package.tables["truth"]["person_id"].n_unique(),
    }
    result = {"name": package.name, "agency": package.manifest["agency"], **counts}
    with store.writing():
        if final.exists():
            return {"state": "unchanged", **result}
        beside = store.path / INCOMING / package.name
        beside.mkdir(mode=0o700)
        for name, frame in package.tables.items():
            frame.write_parquet(beside / f"{name}.parquet", compression="zstd")
        write_synced(beside / "manifest.json", json_bytes(package.manifest))
        final.parent.mkdir(mode=0o700, exist_ok=True)
        beside.rename(final)
        sync_folder(final.parent)
    return {"state": "received", **result}


def _check(package: SmallPackage, store: Store, country: str) -> None:
    manifest, records, truth = package.manifest, package.tables["records"], package.tables["truth"]
    epochs = store.epochs()
    mark = epochs.get(manifest["key_epoch"], -1)
    if mark not in (None, manifest["key_check"]):
        raise refusal(
            "wrong-epoch",
            f"The planted records are of key epoch {manifest['key_epoch']} or of a secret that this"
            " store does not take.",
            "Plant again with the live secret.",
        )
    one_key = (records["key_epoch"] == manifest["key_epoch"]) & (
        records["key_check"] == manifest["key_check"]
    )
    shaped = all(
        truth[name].str.contains(f"^(?:{shape})$").fill_null(value=False).all()
        for name, shape in _SHAPES.items()
    )
    same = records["record_id"].sort().equals(truth["record_id"].sort())
    if not (one_key.all() and shaped and same and truth["record_id"].is_unique().all()):
        raise refusal("malformed", "The planted records are not well formed.", "Plant again.")
    agencies = load(country).codelist("agencies")
    stray = stray_values(records, country)
    if stray is not None or any(s not in agencies for s in records["source"].unique().to_list()):
        raise refusal("stray-value", "The planted records hold more than codes.", "Plant again.")


def held_planted(store: Store) -> list[PlantedPackage]:
    """All packages of planted records in the store, by name."""
    folders = sorted((store.path / FOLDER).glob("*-calibration-*"))
    return [
        PlantedPackage(
            folder.name,
            *(pl.read_parquet(folder / f"{name}.parquet") for name in planted_schemas()),
        )
        for folder in folders
    ]


def usable_planted(store: Store, keys: Iterable[tuple[int, int]]) -> list[PlantedPackage]:
    """The packages encoded under one of the (epoch, mark) `keys` of what is linked."""
    wanted = set(keys)
    return [
        package
        for package in held_planted(store)
        if package.records.select("key_epoch", "key_check").unique().rows()[0] in wanted
    ]


def forget_planted(name: str, store: Store) -> None:
    """Remove a package of planted records; raises InputRefused where there is none."""
    folder = store.path / FOLDER / name
    if name not in {package.name for package in held_planted(store)}:
        raise InputRefused(f"The store holds no planted records {name}.")
    with store.writing():
        shutil.rmtree(folder)
