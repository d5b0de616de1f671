"""What leaves the agency: encodings, counts and hashes; nobody's name, nobody's birth date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyrage
import pytest

from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.submissions.content import ContentHash
from tutela.submissions.keys import create_agency, create_linkage
from tutela.submissions.profiles import load_profile, profile_names
from tutela.submissions.receive import receive_package
from tutela.submissions.seal import encode_file

from .conftest import Nation
from .sample import sample_row, sample_rows, write_csv

LOCAL = load_profile("local_police")


def opened(nation: Nation, package: Path) -> bytes:
    identity = (nation.centre / "centre.identity").read_text().strip()
    return pyrage.decrypt(package.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])


def spellings(value: str) -> set[bytes]:
    """A value and its parts in every plain form that could slip through."""
    words = {value, value.lower(), value.upper(), *value.replace(";", " ").split()}
    if "/" in value and value.count("/") == 2 and value.replace("/", "").isdigit():
        day = datetime.strptime(value, "%d/%m/%Y").replace(tzinfo=UTC).date()
        words |= {day.isoformat(), f"{day:%Y%m%d}", f"{day:%d-%m-%Y}"}
    # Shorter ones turn up in any encoding by chance.
    long = {word for word in words if len(word) > 5}
    return {word.encode(code) for word in long for code in ("utf-8", "utf-16-le", "latin-1")}


@pytest.mark.parametrize("name", profile_names())
def test_no_identity_of_the_input_is_in_package_or_store(nation: Nation, name: str) -> None:
    profile = load_profile(name)
    package, summary = nation.package("p", sample_rows(profile, 12), name)
    receive_package(package, nation.store, nation.centre)
    payload = opened(nation, package)
    held = nation.store.submission(summary.submission)
    assert held is not None
    tables = [held.records().collect(), held.events().collect(), held.filters().collect()]
    texts = [payload, *(path.read_bytes() for path in held.folder.iterdir())]
    texts += [_all_values(table) for table in tables]
    identities = {
        row[column]
        for row in sample_rows(profile, 12)
        for column in ("record", "case_number", *profile.personal)
        if row[column]
    }
    for spelling in set().union(*map(spellings, identities)):
        for text in texts:
            assert spelling not in text, spelling


def _all_values(table: pl.DataFrame) -> bytes:
    """Every value of a table, uncompressed, so that Parquet's encoding hides nothing."""
    return "\n".join(str(row) for row in table.iter_rows()).encode()


def test_the_birth_date_is_in_no_column(nation: Nation) -> None:
    package, summary = nation.package()
    receive_package(package, nation.store, nation.centre)
    held = nation.store.submission(summary.submission)
    assert held is not None
    for frame in (held.records().collect(), held.events().collect()):
        for column in frame.columns:
            if frame[column].dtype == pl.Date:
                assert date(2003, 11, 7) not in frame[column].to_list()


def test_the_same_rows_are_the_same_submission(nation: Nation) -> None:
    _, first = nation.package("a")
    _, again = nation.package("b")
    assert first.submission == again.submission
    assert first.content_hash == again.content_hash
    _, other = nation.package("c", [sample_row(LOCAL, 1, sex="M")])
    assert other.submission != first.submission
    _, correction = nation.package("d", supersedes=first.submission)
    assert correction.submission != first.submission


def test_the_name_of_a_submission_says_whose_it_is(nation: Nation) -> None:
    _, summary = nation.package()
    assert summary.submission == f"local_police-local_police-{summary.content_hash[:12]}"
    assert summary.counts["rows"] == summary.counts["records"] == 3
    assert summary.period == {"from": "2017-01-01", "to": "2017-12-31"}
    assert not summary.synthetic


def test_a_simulated_file_says_so(nation: Nation) -> None:
    rows = [{**row, "synthetic": "SYNTHETIC"} for row in sample_rows(LOCAL, 2)]
    assert nation.package("s", rows)[1].synthetic


def test_a_file_with_errors_leaves_nothing_and_tells_no_value(nation: Nation) -> None:
    rows = [sample_row(LOCAL, 1, birth_date="31/02/2003")]
    with pytest.raises(InputRefused, match="1 errors") as refused:
        nation.package("bad", rows)
    assert "31/02/2003" not in str(refused.value.as_dict())
    assert {path.name for path in nation.folder.iterdir()} == {"bad.csv", "keys", "store"}


def test_an_agency_seals_only_its_own_profiles(nation: Nation) -> None:
    file = write_csv(nation.folder / "f.csv", sample_rows(LOCAL, 1))
    with pytest.raises(Misuse, match="does not hand in"):
        encode_file(file, LOCAL, nation.agency("courts"), nation.folder / "o.tutela")


def test_keys_that_may_not_be_together_seal_nothing(nation: Nation) -> None:
    file = write_csv(nation.folder / "f.csv", sample_rows(LOCAL, 1))
    keys = nation.agency("local_police")
    (keys / "x").write_bytes((nation.centre / "centre.identity").read_bytes())
    with pytest.raises(SafetyBlock):
        encode_file(file, LOCAL, keys, nation.folder / "o.tutela")


@pytest.mark.parametrize("missing", ["centre.recipient", "linkage.secret", "agency.signing"])
def test_missing_keys_are_named(nation: Nation, missing: str) -> None:
    file = write_csv(nation.folder / "f.csv", sample_rows(LOCAL, 1))
    keys = nation.agency("local_police")
    (keys / missing).unlink()
    with pytest.raises(InputRefused, match=missing):
        encode_file(file, LOCAL, keys, nation.folder / "o.tutela")


def test_the_content_hash_does_not_depend_on_chunks() -> None:
    frame = pl.DataFrame(
        {"a": ["x", None, "", "N"], "l": [[1, 2], [], None, [3]], "b": [b"\0", None, b"", b"z"]}
    )
    whole, pieces = ContentHash(), ContentHash()
    whole.update(frame)
    for piece in frame.iter_slices(1):
        pieces.update(piece)
    assert whole.hexdigest() == pieces.hexdigest()


@pytest.mark.parametrize("column", ["a", "l", "b"])
def test_the_content_hash_tells_null_from_empty(column: str) -> None:
    frame = pl.DataFrame(
        {"a": [""], "l": [[]], "b": [b""]}, schema_overrides={"l": pl.List(pl.Int8)}
    )
    nulled = frame.with_columns(pl.lit(None, dtype=frame.schema[column]).alias(column))
    hashes = []
    for table in (frame, nulled):
        content = ContentHash()
        content.update(table)
        hashes.append(content.hexdigest())
    assert hashes[0] != hashes[1]


def test_another_secret_gives_other_encodings_and_another_name(nation: Nation) -> None:
    _, first = nation.package("a")
    create_linkage(nation.folder / "other")
    keys = nation.folder / "keys2"
    create_agency(keys, "local_police", linkage=nation.folder / "other")
    (keys / "centre.recipient").write_bytes((nation.centre / "centre.recipient").read_bytes())
    second = encode_file(nation.folder / "a.csv", LOCAL, keys, nation.folder / "b.tutela")
    assert second.content_hash != first.content_hash
