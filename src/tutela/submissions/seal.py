"""Encodes a file at the agency and seals it into a package, in one streamed pass."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tutela import __version__
from tutela.errors import InputRefused, Misuse
from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder
from tutela.submissions.content import TABLES, ContentHash, package_hash
from tutela.submissions.events import events_of
from tutela.submissions.keys import AgencyKeys
from tutela.submissions.package import FORMAT, TableEntry, describe_table, write_package
from tutela.submissions.profiles import Profile
from tutela.submissions.records import Sender, records_of, with_labels
from tutela.submissions.tables import table_schemas
from tutela.submissions.validate import CheckedFile, ValidationReport


@dataclass(frozen=True)
class PackageSummary:
    """What was sealed; `submission` is the name it will have in the store."""

    package: str
    submission: str
    agency: str
    profile: str
    profile_version: int
    key_epoch: int
    created: str
    period: dict[str, str] | None
    synthetic: bool
    counts: dict[str, int]
    content_hash: str
    supersedes: str | None
    warnings: int

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain data for `--json`."""
        return asdict(self)


@dataclass
class _TableWriter:
    """Writes one table chunk by chunk and hashes its content."""

    name: str
    folder: Path

    def __post_init__(self) -> None:
        from pyarrow import parquet

        self.path = self.folder / f"{self.name}.parquet"
        self.rows = 0
        self._content = ContentHash()
        self._schema = table_schemas()[self.name]
        empty = pl.DataFrame(schema=self._schema).to_arrow()
        self._content.update(pl.DataFrame(schema=self._schema))
        self._file = parquet.ParquetWriter(self.path, empty.schema, compression="zstd")

    def write(self, frame: pl.DataFrame) -> None:
        ordered = frame.select(pl.col(name).cast(dtype) for name, dtype in self._schema.items())
        self._content.update(ordered)
        self._file.write_table(ordered.to_arrow().cast(self._file.schema))
        self.rows += ordered.height

    def close(self) -> TableEntry:
        self._file.close()
        return describe_table(self.name, self.path, self.rows, self._content.hexdigest())


def encode_file(
    path: Path,
    profile: Profile,
    keys: Path,
    out: Path,
    *,
    lang: str = "en",
    supersedes: str | None = None,
    period: Mapping[str, str] | None = None,
    created: datetime | None = None,
    today: date | None = None,
) -> PackageSummary:
    """Validate, encode and seal a file; refuses a file with errors and then writes nothing.

    `keys` is the agency's key folder. `period` is {"from": ISO day, "to": ISO day}; without it the
    years of the events are taken. Only encodings touch the disk, in a private folder beside `out`.
    """
    agency = AgencyKeys.load(keys)
    if profile.name not in agency.profiles:
        raise Misuse(
            f"{agency.agency} does not hand in the profile {profile.name}.",
            remedy="Its keys are for: " + ", ".join(agency.profiles) + ".",
        )
    if not out.parent.is_dir():
        raise Misuse(f"There is no folder {out.parent} to write the package in.")
    checked = CheckedFile(path, profile, lang, today=today)
    with tempfile.TemporaryDirectory(prefix=".tutela-", dir=out.parent) as scratch:
        folder = Path(scratch)
        tables, years = _write_tables(checked, Sender(agency.agency, profile), agency, folder)
        report = checked.report()
        if not report.ok:
            raise _refused(report)
        manifest = _manifest(agency, profile, tables, report)
        manifest["supersedes"] = supersedes
        manifest["period"] = dict(period) if period else years
        manifest["created"] = (created or datetime.now(UTC)).isoformat(timespec="milliseconds")
        manifest["content_hash"] = content_hash(manifest)
        write_package(manifest, folder, agency.signing_key, agency.recipient, out)
    return PackageSummary(
        package=str(out),
        submission=submission_name(manifest),
        warnings=report.warnings,
        **{name: manifest[name] for name in _SUMMARISED},
    )


_SUMMARISED = (
    "agency",
    "profile",
    "profile_version",
    "key_epoch",
    "created",
    "period",
    "synthetic",
    "counts",
    "content_hash",
    "supersedes",
)
#: What a submission is, apart from its tables: two packages that agree in all this are one.
_IDENTITY = (
    "agency",
    "profile",
    "profile_version",
    "key_epoch",
    "key_check",
    "synthetic",
    "period",
    "supersedes",
)


def content_hash(manifest: Mapping[str, Any]) -> str:
    """The hash of a package's canonical plain content; its time of making is no part of it."""
    identity = {name: manifest[name] for name in _IDENTITY}
    tables = {entry["name"]: entry["content"] for entry in manifest["tables"]}
    return package_hash(identity, tables)


def submission_name(manifest: Mapping[str, Any]) -> str:
    """`<agency>-<profile>-<first 12 of the content hash>`."""
    return f"{manifest['agency']}-{manifest['profile']}-{manifest['content_hash'][:12]}"


def _write_tables(
    checked: CheckedFile, sender: Sender, agency: AgencyKeys, folder: Path
) -> tuple[list[TableEntry], dict[str, str] | None]:
    """Encode chunk after chunk; returns the tables' entries and the years of the events."""
    encoder = Encoder(DEFAULT_SCHEMA, agency.secret)
    writers = {name: _TableWriter(name, folder) for name in TABLES}
    years: list[int] = []
    for chunk in checked.chunks():
        # Sorted by label, so that the order of the file (often by name) stays at the agency.
        labelled = with_labels(chunk, sender).sort("record_id")
        events = events_of(labelled, sender)
        writers["records"].write(records_of(labelled, sender, encoder))
        writers["events"].write(events)
        known = events.select(
            low=pl.col("date").min().dt.year(), high=pl.col("date").max().dt.year()
        )
        years += [year for year in known.row(0) if year is not None]
    writers["filters"].write(encoder.filters())
    period = {"from": f"{min(years)}-01-01", "to": f"{max(years)}-12-31"} if years else None
    return [writers[name].close() for name in TABLES], period


def _manifest(
    agency: AgencyKeys, profile: Profile, tables: list[TableEntry], report: ValidationReport
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "tutela": __version__,
        "agency": agency.agency,
        "profile": profile.name,
        "profile_version": profile.version,
        "key_epoch": agency.secret.epoch,
        "key_check": agency.secret.check(),
        "synthetic": report.synthetic,
        "counts": {"rows": report.rows, **{table.name: table.rows for table in tables}},
        "tables": [table.as_dict() for table in tables],
    }


def _refused(report: ValidationReport) -> InputRefused:
    """A refusal that names kinds and columns, but no value: values are personal."""
    kinds = [
        {"kind": group.kind, "column": group.column, "total": group.total}
        for group in report.groups
        if group.severity == "error"
    ]
    first = f"{kinds[0]['kind']} in {kinds[0]['column']}"
    return InputRefused(
        f"{report.path.name} has {report.errors} errors ({first} …); nothing was sealed.",
        remedy=f"See `tutela validate {report.path} --profile {report.profile.name}`.",
        details={"errors": report.errors, "problems": kinds},
    )
