"""Keys of one small nation: a centre, a linkage secret, and agencies."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutela.submissions.keys import create_agency, create_centre, create_linkage
from tutela.submissions.profiles import load_profile
from tutela.submissions.seal import PackageSummary, encode_file
from tutela.submissions.store import Store

from .sample import Row, sample_rows, write_csv

USUAL = "usual"


@dataclass
class Nation:
    """A centre and the local police, with their keys and a store."""

    folder: Path
    store: Store
    sealed: tuple[bytes, PackageSummary] | None = None

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
        name: str = USUAL,
        rows: list[Row] | None = None,
        profile: str = "local_police",
        **options: object,
    ) -> tuple[Path, PackageSummary]:
        """Seal rows (three usual ones by default) into a package of that name."""
        out = self.folder / f"{name}.tutela"
        if self.sealed and (name, rows, profile, options) == (USUAL, None, "local_police", {}):
            out.write_bytes(self.sealed[0])
            return out, self.sealed[1]
        declared = load_profile(profile)
        file = write_csv(self.folder / f"{name}.csv", rows or sample_rows(declared, 3))
        return out, encode_file(file, declared, self.agency(profile), out, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Nation, PackageSummary]:
    """A nation whose local police has sealed its usual rows; made once, copied by each test."""
    folder = tmp_path_factory.mktemp("nation")
    create_centre(folder / "keys" / "centre")
    create_linkage(folder / "keys" / "linkage")
    made = Nation(folder, Store(folder / "store"))
    _, summary = made.package(USUAL)
    return made, summary


@pytest.fixture
def nation(tmp_path: Path, usual: tuple[Nation, PackageSummary]) -> Nation:
    """A nation of the test's own; without arguments `package` gives the usual one."""
    made, summary = usual
    for folder in ("centre", "linkage", "local_police"):
        shutil.copytree(made.folder / "keys" / folder, tmp_path / "keys" / folder)
    sealed = (made.folder / f"{USUAL}.tutela").read_bytes()
    return Nation(tmp_path, Store.create(tmp_path / "store"), (sealed, summary))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes, but for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@dataclass
class LinkedNation:
    """A simulated nation handed in by its agencies, with planted records, linked."""

    folder: Path
    planted: Path
    report: dict[str, object]

    @property
    def store(self) -> Store:
        return Store.open(self.folder / "store")

    @property
    def centre(self) -> Path:
        return self.folder / "keys" / "centre"

    def keys(self, agency: str) -> Path:
        return self.folder / "keys" / "agencies" / agency

    def files(self) -> list[Path]:
        kinds = {".csv", ".xlsx", ".parquet"}
        return sorted(p for p in (self.folder / "agencies").glob("*/*") if p.suffix in kinds)


@pytest.fixture(scope="session")
def linked_nation(tmp_path_factory: pytest.TempPathFactory) -> LinkedNation:
    """A nation of 700 children at the end of the agencies' and of the centre's first steps.

    Shared by all tests: a test that changes it copies it first.
    """
    from tutela.simulation.nation import simulate
    from tutela.simulation.planted import planted_records
    from tutela.submissions.linking import link_store
    from tutela.submissions.planting import receive_planted, seal_planted
    from tutela.submissions.receive import receive_package

    folder = tmp_path_factory.mktemp("linked")
    simulate(folder, 700, 11)
    create_centre(folder / "keys" / "centre")
    create_linkage(folder / "keys" / "linkage")
    store = Store.create(folder / "store")
    made = LinkedNation(folder, folder / "planted.tutela", {})
    for file in made.files():
        agency = file.parent.name
        create_agency(
            made.keys(agency), agency, centre=made.centre, linkage=folder / "keys" / "linkage"
        )
        package = file.with_suffix(".tutela")
        encode_file(file, load_profile(agency), made.keys(agency), package)
        receive_package(package, store, made.centre)
    seal_planted(planted_records(300, 77), made.keys("hotline"), made.planted)
    receive_planted(made.planted, store, made.centre)
    made.report = link_store(store.path)
    return made
