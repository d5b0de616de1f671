"""Keys of one small nation: a centre, a linkage secret, and agencies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tutela.submissions.keys import create_agency, create_centre, create_linkage
from tutela.submissions.profiles import load_profile
from tutela.submissions.seal import PackageSummary, encode_file
from tutela.submissions.store import Store

from .sample import Row, sample_rows, write_csv


@dataclass
class Nation:
    """A centre and the local police, with their keys and a store."""

    folder: Path
    store: Store

    @property
    def centre(self) -> Path:
        return self.folder / "keys" / "centre"

    @property
    def linkage(self) -> Path:
        return self.folder / "keys" / "linkage"

    def agency(self, name: str) -> Path:
        """The key folder of an agency, made and enrolled when first asked for."""
        folder = self.folder / "keys" / name
        if not folder.exists():
            create_agency(folder, name, centre=self.centre, linkage=self.linkage)
        return folder

    def package(
        self,
        name: str = "p",
        rows: list[Row] | None = None,
        profile: str = "local_police",
        **options: object,
    ) -> tuple[Path, PackageSummary]:
        """Seal rows (three usual ones by default) into a package of that name."""
        declared = load_profile(profile)
        file = write_csv(self.folder / f"{name}.csv", rows or sample_rows(declared, 3))
        out = self.folder / f"{name}.tutela"
        return out, encode_file(file, declared, self.agency(profile), out, **options)  # type: ignore[arg-type]


@pytest.fixture
def nation(tmp_path: Path) -> Nation:
    create_centre(tmp_path / "keys" / "centre")
    create_linkage(tmp_path / "keys" / "linkage")
    return Nation(tmp_path, Store.create(tmp_path / "store"))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes, but for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
