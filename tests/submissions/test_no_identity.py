"""No identity in any output: every name and birth date of the input is searched in what was sealed,
in all that the centre keeps, in what commands print and log, and in the release."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from anyascii import anyascii
from click.testing import CliRunner

import tutela
from tutela.cli.main import cli
from tutela.indicators.run import make_tables
from tutela.linkage.names import NO_NAME, PARTICLES
from tutela.submissions.keys import CentreKeys
from tutela.submissions.package import decrypt_package, read_head
from tutela.submissions.profiles import load_profile
from tutela.submissions.validate import CheckedFile
from tutela.vocabulary import load

from .conftest import LinkedNation

_WORD = re.compile(r"[^\W\d_]{3,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4}|(?<!\w)\d{8}(?!\w)")
_CELL = re.compile(r"[^\s,;\"']+")
#: Periods begin and end on these days, whoever was born on them.
_ENDS_OF_YEARS = ((1, 1), (12, 31))
#: Days of facts and of handling stand in the store; a birth date may fall on one of them.
_DAYS_OF_FACTS = ("facts_date", "date")


def words(text: str) -> set[str]:
    """Words of three letters or more, folded to lower-case ASCII."""
    return {
        word if word.isascii() else anyascii(word).lower()
        for word in set(_WORD.findall(text.lower()))
    }


class Identities:
    """What must appear nowhere: parts of names, birth dates, telephone and file numbers."""

    def __init__(self, made: LinkedNation) -> None:
        self.names: set[str] = set()
        self.births: set[str] = set()
        self.numbers: set[str] = set()
        for file in made.files():
            for chunk in CheckedFile(file, load_profile(file.parent.name), "en").chunks():
                for column in ("given_names", "family_names", "other_names", "mother_names"):
                    for value in chunk[column].drop_nulls().to_list():
                        self.names |= words(value)
                for day in chunk["birth_date"].drop_nulls().to_list():
                    if (day.month, day.day) in _ENDS_OF_YEARS:
                        continue
                    self.births |= {f"{day:%Y-%m-%d}", f"{day:%d/%m/%Y}", f"{day:%Y%m%d}"}
                for column in ("phone", "person_reference", "case_reference", "record"):
                    if column in chunk.columns:
                        values = chunk[column].drop_nulls().cast(pl.String).to_list()
                        self.numbers |= {value for value in values if len(value) > 5}
        # Words of code lists, of columns and of the software are no names, whoever is called so.
        # Nor are runs of letters that hexadecimal figures can hold: Abed, Febe.
        self.names = {name for name in self.names if set(name) - set("abcdef")}
        self.names -= _plain_words() | set(PARTICLES) | set(NO_NAME)

    def found_in(self, text: str) -> set[str]:
        """The names and numbers, but not the birth dates, that stand in `text`."""
        return (words(text) & self.names) | (set(_CELL.findall(text)) & self.numbers)


def _plain_words() -> set[str]:
    vocabulary = load("be")
    plain: set[str] = set()
    for path in Path(tutela.__file__).parent.rglob("*.py"):
        plain |= words(path.read_text(encoding="utf-8"))
    for name in ("agencies", "event_types", "outcomes", "forms", "channels", "countries", "roles"):
        for code in vocabulary.codelist(name):
            plain |= words(code.replace("_", " "))
    return plain


def frames(folder: Path) -> Iterator[tuple[Path, pl.DataFrame]]:
    for path in sorted(folder.rglob("*.parquet")):
        yield path, pl.read_parquet(path)


def as_text(frame: pl.DataFrame) -> str:
    """Everything in a table as text but the bits of filters, which `bits_hold` looks into."""
    plain = frame.drop(cs.binary()).with_columns(
        pl.col(pl.List(pl.UInt64)).list.eval(pl.element().cast(pl.String)).list.join(" "),
        pl.col(pl.List(pl.String)).list.join(" "),
    )
    return plain.write_csv()


def bits_hold(frame: pl.DataFrame, names: set[str]) -> set[str]:
    """The names of six letters or more that stand in clear in the bytes of a table."""
    raw = b"".join(b"".join(column.to_list()) for column in frame.select(cs.binary())).lower()
    return {name for name in names if len(name) > 5 and name.encode() in raw}


@pytest.fixture(scope="module")
def identities(linked_nation: LinkedNation) -> Identities:
    found = Identities(linked_nation)
    assert len(found.names) > 300
    assert len(found.births) > 300
    assert len(found.numbers) > 100
    return found


def opened(package: Path, made: LinkedNation, scratch: Path) -> tuple[str, list[pl.DataFrame]]:
    """The manifest and tables of a sealed package, as the centre's key opens it."""
    plain = scratch / "payload"
    decrypt_package(package, CentreKeys.load(made.centre).identity, plain)
    tables = []
    with plain.open("rb") as file:
        manifest, _, _ = read_head(file, package.name)
        for entry in manifest["tables"]:
            part = scratch / f"{entry['name']}.parquet"
            part.write_bytes(file.read(entry["bytes"]))
            tables.append(pl.read_parquet(part))
    return str(manifest), tables


def test_the_search_finds_what_is_there(identities: Identities):
    """The test can fail: a name, a number and a date in clear are found."""
    name, number = min(identities.names), min(identities.numbers)
    assert identities.found_in(f"a,{name.upper()},b") == {name}
    assert identities.found_in(f"x,{number},x") >= {number}


def test_no_sealed_payload_holds_an_identity(linked_nation: LinkedNation, identities: Identities):
    packages = [*linked_nation.folder.glob("agencies/*/*.tutela"), linked_nation.planted]
    assert len(packages) == len(linked_nation.files()) + 1
    for package in packages:
        with tempfile.TemporaryDirectory() as scratch:
            manifest, tables = opened(package, linked_nation, Path(scratch))
        for text in (manifest, *map(as_text, tables)):
            assert identities.found_in(text) == set(), package.name
        for table in tables:
            assert bits_hold(table, identities.names) == set(), package.name
            rest = table.drop(_DAYS_OF_FACTS, strict=False)
            assert not identities.births & set(_DAY.findall(as_text(rest))), package.name


def test_no_record_carries_its_own_birth_date(linked_nation: LinkedNation):
    """Days of facts may fall on somebody's birthday, but never on that of the record itself."""
    from tutela.record_label import record_labels

    for file in linked_nation.files():
        agency = file.parent.name
        births = {}
        for chunk in CheckedFile(file, load_profile(agency), "en").chunks():
            labels = record_labels(agency, agency, chunk["record"])
            births |= dict(zip(labels, chunk["birth_date"], strict=True))
        submission = next(
            s for s in linked_nation.store.submissions() if s.manifest["agency"] == agency
        )
        for frame in (submission.records().collect(), submission.events().collect()):
            for column in [c for c, dtype in frame.schema.items() if dtype == pl.Date]:
                for label, day in frame.select("record_id", column).drop_nulls().iter_rows():
                    assert births.get(label) != day


def test_nothing_that_the_centre_keeps_or_says_holds_an_identity(
    linked_nation: LinkedNation, identities: Identities, tmp_path, caplog
):
    store = Path(shutil.copytree(linked_nation.store.path, tmp_path / "store"))
    said = []
    with caplog.at_level(logging.DEBUG):
        for arguments in (
            ["link", "--store", store, "--json"],
            ["calibration", "show", "--store", store],
            ["review", "sample", "--store", store, "--keys", linked_nation.centre,
             "-o", tmp_path / "batches", "--questions", "8"],
            ["store", store],
        ):  # fmt: skip
            result = CliRunner().invoke(cli, [*map(str, arguments)])
            assert result.exit_code == 0, result.output
            said.append(result.output)
    make_tables(store)
    for text in (*said, caplog.text):
        assert identities.found_in(text) == set()
        assert not identities.births & set(_DAY.findall(text))
    for path, frame in frames(store):
        assert identities.found_in(as_text(frame)) == set(), path
        rest = frame.drop(_DAYS_OF_FACTS, strict=False)
        assert not identities.births & set(_DAY.findall(as_text(rest))), path
    for path in store.rglob("*.npy"):
        # Numbers and filters, as in the tables above; bytes that look like letters are chance.
        assert np.load(path).dtype.kind in "biuf", path
    for path in store.rglob("*"):
        if path.suffix == ".npy":
            continue
        # The report of tables repeats the declared indicators, prose in four languages.
        if path.is_file() and path.suffix != ".parquet" and path.parent.parent.name != "tables":
            text = path.read_text(encoding="utf-8", errors="replace")
            assert identities.found_in(text) == set(), path
            assert not identities.births & set(_DAY.findall(text)), path


def test_an_agency_that_is_refused_hears_no_value(
    linked_nation: LinkedNation, identities, tmp_path
):
    """A refusal names kinds and columns: it may be read by somebody who may not see the file."""
    file = next(path for path in linked_nation.files() if path.suffix == ".csv")
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    broken = tmp_path / f"{file.parent.name}.csv"
    broken.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    arguments = [
        "encode", broken, "--profile", file.parent.name,
        "--keys", linked_nation.keys(file.parent.name), "-o", tmp_path / "x.tutela", "--json",
    ]  # fmt: skip
    result = CliRunner().invoke(cli, [*map(str, arguments)])
    assert result.exception is not None
    told = f"{result.output} {getattr(result.exception, 'message', '')} " + str(
        getattr(result.exception, "details", "")
    )
    assert identities.found_in(told) == set()
    assert not (tmp_path / "x.tutela").exists()


def test_low_cardinality_fields_travel_as_codes(linked_nation: LinkedNation):
    """Hashing a value of a short list hides nothing; no such field is a token that looks safe."""
    records = linked_nation.store.submissions()[0].records().collect()
    for field in ("sex", "citizenship", "residence"):
        assert field in records.columns
        assert f"{field}_token" not in records.columns
        assert records.schema[field] == pl.String
