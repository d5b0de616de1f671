"""Addresses of the release's files: they carry the file's hash, so that they never go stale."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tutela.publication.release import Release

#: Hexadecimal digits of the SHA-256 that an address carries.
DIGITS = 16


@dataclass(frozen=True)
class Download:
    """A file of the release: where it is, what it is, how large, and its SHA-256."""

    path: str
    url: str
    size: int
    sha256: str

    @property
    def format(self) -> str:
        """The last part of its name in capitals: CSV, SVG, XML …"""
        return self.path.rpartition(".")[2].upper()


def download(release: Release, path: str) -> Download | None:
    """The file at `path` in the release, or None if the release has no such file."""
    entry = release.manifest["files"].get(path)
    if entry is None:
        return None
    digest = entry["sha256"]
    url = reverse("files:file", kwargs={"digest": digest[:DIGITS], "path": path})
    return Download(path, url, entry["bytes"], digest)


def all_downloads(release: Release) -> list[Download]:
    """Every file of the release in the order of its path."""
    found = (download(release, path) for path in sorted(release.manifest["files"]))
    return [one for one in found if one is not None]
