"""Read a release folder; a folder that was changed after publication is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.publication.folder import MANIFEST, is_inside, sha256

#: The languages of everything that people read, in the order of the code lists.
LANGUAGES = ("fr", "nl", "de", "en")

#: The hidden figure: years, lists, words in four languages.
HIDDEN_FIGURE = "hidden_figure.json"

_REQUIRED = ("id", "title", "synthetic", "time", "code_version", "inputs", "linkage")
_REMEDY = "Fetch the release again from its publisher, or publish it again."


class Release:
    """A verified release: every file read through it has the hash that its manifest names.

    Make one with `Release.open`. `manifest` is the parsed manifest, `fingerprint` the SHA-256 of
    its bytes, which names the whole release.
    """

    def __init__(self, path: Path, manifest: Mapping[str, Any], fingerprint: str) -> None:
        self.path = path
        self.manifest: dict[str, Any] = dict(manifest)
        self.fingerprint = fingerprint

    @classmethod
    def open(cls, path: Path | str, *, fingerprint: str | None = None) -> Release:
        """Open the release in folder `path` and check all its files against its manifest.

        Raises InputRefused when a file is missing, changed or not listed, or when the manifest is
        not the one named by `fingerprint`; SafetyBlock when its audit has not passed.
        """
        folder = Path(path)
        manifest_path = folder / MANIFEST
        if not manifest_path.is_file():
            raise InputRefused(
                f"{folder} holds no release: {MANIFEST} is missing",
                remedy="Name a folder written by `tutela publish`.",
            )
        content = manifest_path.read_bytes()
        found = sha256(content)
        if fingerprint is not None and found != fingerprint:
            raise InputRefused(
                f"{folder} is not the release {fingerprint}: its fingerprint is {found}",
                remedy=_REMEDY,
            )
        manifest = _parse_manifest(manifest_path, content)
        release = cls(folder, manifest, found)
        release.verify()
        return release

    def verify(self) -> None:
        """Check every file of the release again; raise InputRefused at the first difference."""
        listed = set(self.manifest["files"])
        present = {
            file.relative_to(self.path).as_posix()
            for file in self.path.rglob("*")
            if not file.is_dir() or file.is_symlink()
        } - {MANIFEST}
        for path in sorted(present - listed):
            raise InputRefused(
                f"{path} in {self.path} is not part of the release",
                remedy="Take the file out of the folder, or publish the release again.",
            )
        for path in sorted(listed):
            self.read(path)

    def read(self, relative: str) -> bytes:
        """The bytes of one listed file; InputRefused when they are not those published."""
        path = self.file(relative)
        if not path.is_file() or path.is_symlink():
            raise InputRefused(f"{relative} is missing from {self.path}", remedy=_REMEDY)
        content = path.read_bytes()
        if sha256(content) != self.manifest["files"][relative]["sha256"]:
            raise InputRefused(
                f"{relative} in {self.path} was changed after publication", remedy=_REMEDY
            )
        return content

    def file(self, relative: str) -> Path:
        """Where a listed file lies, for downloads; Misuse when the release has no such file."""
        if relative not in self.manifest["files"]:
            raise Misuse(f"release {self.manifest['id']} has no file {relative!r}")
        return self.path / relative

    def indicators(self) -> list[dict[str, Any]]:
        """The entries of indicators.json, in the order of publication."""
        entries = json.loads(self.read("indicators.json"))
        assert isinstance(entries, list)  # noqa: S101 - our own file, its hash was checked
        return entries

    def table(self, indicator: str) -> pl.DataFrame:
        """The published table of an indicator, long form with margins.

        Columns: one text column per dimension (codes; `_T` is the total), `count` (Int64, null
        unless shown), `status`, and `data` where the figures are simulated.
        """
        frame = self._csv(f"tables/{indicator}.csv")
        return frame.with_columns(pl.col("count").cast(pl.Int64))

    def life_table(self, indicator: str) -> pl.DataFrame | None:
        """How soon something happened, for indicators of durations; None for all others.

        Columns: the cohort, `outcome`, `within_days`, `people`, `happened`, `share` (0 to 1),
        `status`, and `data` where simulated; no value unless the status is shown.
        """
        path = f"life_tables/{indicator}.csv"
        if path not in self.manifest["files"]:
            return None
        whole = pl.col("within_days", "people", "happened").cast(pl.Int64)
        return self._csv(path).with_columns(whole, pl.col("share").cast(pl.Float64))

    def hidden_figure(self) -> dict[str, Any] | None:
        """How many children no list knows, by year (docs/release.md); None in older releases."""
        if HIDDEN_FIGURE not in self.manifest["files"]:
            return None
        told: dict[str, Any] = json.loads(self.read(HIDDEN_FIGURE))
        return told

    def chart_path(self, indicator: str, language: str) -> Path:
        """The SVG of an indicator in fr, nl, de or en."""
        return self.file(f"charts/{indicator}.{language}.svg")

    def codes(self, dimension: str) -> pl.DataFrame:
        """The codes of a dimension: code, fr, nl, de, en, parent (null at the top)."""
        return self._csv(f"codes/{dimension}.csv")

    def published_figures(self) -> pl.DataFrame:
        """The figures of the 2018 report, all as text; never to be mixed with synthetic tables."""
        return self._csv("published_figures.csv")

    def _csv(self, relative: str) -> pl.DataFrame:
        """A listed CSV as text columns; an empty field is null."""
        return pl.read_csv(io.BytesIO(self.read(relative)), infer_schema=False)


def _parse_manifest(path: Path, content: bytes) -> dict[str, Any]:
    """The manifest, checked for shape and for an audit that passed."""
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise InputRefused(f"{path} is not JSON: {error}", remedy=_REMEDY) from None
    if not isinstance(manifest, dict):
        raise InputRefused(f"{path} is not a manifest", remedy=_REMEDY)
    files = manifest.get("files")
    missing = [name for name in (*_REQUIRED, "disclosure", "audit") if name not in manifest]
    if missing or not isinstance(files, dict):
        names = ", ".join(missing or ["files"])
        raise InputRefused(f"{path} lacks {names}", remedy=_REMEDY)
    for name, entry in files.items():
        if not is_inside(name) or not isinstance(entry, dict) or "sha256" not in entry:
            raise InputRefused(f"{path} lists {name!r}, which no release holds", remedy=_REMEDY)
    audit = manifest["audit"]
    if not isinstance(audit, dict) or audit.get("passed") is not True:
        raise SafetyBlock(
            f"the release in {path.parent} has not passed its audit and may not be shown",
            remedy="Publish it again; `tutela publish` writes only what the audit has passed.",
        )
    return manifest
