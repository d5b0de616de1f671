"""Checks a file against a profile in one pass and names every problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import Misuse
from tutela.submissions.ages import with_ages
from tutela.submissions.canonical import Canonicaliser
from tutela.submissions.headings import SYNTHETIC, accepted_headings, match_headings
from tutela.submissions.problems import ERROR, WARNING, Case, ProblemGroup, ProblemLog
from tutela.submissions.profiles import LANGUAGES, Profile, fold_heading
from tutela.submissions.reading import ROW, Source, open_source
from tutela.submissions.rules import RuleBook


@dataclass(frozen=True)
class ValidationReport:
    """What was found in a file; `groups` hold examples, their totals count everything."""

    path: Path
    profile: Profile
    lang: str
    format: str
    rows: int
    errors: int
    warnings: int
    synthetic: bool
    groups: tuple[ProblemGroup, ...]

    @property
    def ok(self) -> bool:
        """Whether the file can be encoded."""
        return self.errors == 0

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data for `--json`."""
        return {
            "file": str(self.path),
            "profile": self.profile.name,
            "profile_version": self.profile.version,
            "format": self.format,
            "rows": self.rows,
            "ok": self.ok,
            "errors": self.errors,
            "warnings": self.warnings,
            "synthetic": self.synthetic,
            "problems": [group.as_dict() for group in self.groups],
        }


class CheckedFile:
    """A file that is read once; after `chunks` has run out, `report` is complete."""

    def __init__(
        self, path: Path, profile: Profile, lang: str, *, cap: int = 10, today: date | None = None
    ) -> None:
        if lang not in LANGUAGES:
            raise Misuse(
                f"There are no words in “{lang}”.", remedy="Languages: " + ", ".join(LANGUAGES)
            )
        self.path = path
        self.profile = profile
        self.rows = 0
        self._log = ProblemLog(lang, cap)
        accepted = accepted_headings(profile).keys() | {SYNTHETIC}
        self._source: Source = open_source(
            path, lambda headings: sum(fold_heading(heading) in accepted for heading in headings)
        )
        self.match = match_headings(self._source.headings, profile, self._log)
        self._records: list[pl.DataFrame] = []
        self._rules = RuleBook(profile, today or date.today())  # noqa: DTZ011 - a calendar's day

    def chunks(self) -> Iterator[pl.DataFrame]:
        """The canonical chunks, with ages; problems are logged as they pass."""
        if self._log.total(ERROR):
            # Without its required columns every row would be wrong for the same reason.
            return
        canonical = Canonicaliser(self.profile, self.match, self._log)
        for raw in self._source.chunks:
            chunk = with_ages(canonical.chunk(raw), self.profile)
            self._rules.apply(chunk, self._log, canonical.heading)
            self._flag_nobody(chunk)
            self._records.append(chunk.select(ROW, "record"))
            self.rows += chunk.height
            yield chunk
        self._flag_broken_rows()
        self._flag_duplicates(canonical.heading("record"))
        if self.rows == 0:
            self._log.add("no_rows", ERROR, self.path.name, [Case(None)])

    def report(self) -> ValidationReport:
        """What was found so far."""
        return ValidationReport(
            path=self.path,
            profile=self.profile,
            lang=self._log.lang,
            format=self._source.format,
            rows=self.rows,
            errors=self._log.total(ERROR),
            warnings=self._log.total(WARNING),
            synthetic=self.match.synthetic,
            groups=tuple(self._log.groups()),
        )

    def _flag_nobody(self, chunk: pl.DataFrame) -> None:
        if self.profile.persons_optional:
            return
        nobody = chunk.filter(~is_person(self.profile))
        cases = [Case(row) for row in nobody[ROW].head(self._log.cap)]
        self._log.add("nobody", WARNING, self._name_heading(), cases, total=nobody.height)

    def _name_heading(self) -> str:
        return self.match.headings.get("family_names", "family_names")

    def _flag_broken_rows(self) -> None:
        broken = self._source.broken
        cases = [
            Case(row, value=str(cells), other=str(len(self._source.headings)))
            for row, cells in broken[: self._log.cap]
        ]
        self._log.add("broken_row", ERROR, self.path.name, cases, total=len(broken))

    def _flag_duplicates(self, heading: str) -> None:
        if not self._records:
            return
        records = pl.concat(self._records).drop_nulls("record")
        first = pl.col(ROW).first().over("record")
        again = records.with_columns(first.alias("first")).filter(pl.col(ROW) != pl.col("first"))
        cases = [
            Case(row, value=number, other=str(first_row))
            for row, number, first_row in again.head(self._log.cap).iter_rows()
        ]
        self._log.add("duplicate_record", ERROR, heading, cases, total=again.height)


def is_person(profile: Profile) -> pl.Expr:
    """Whether a canonical row says anything by which a person can be told from others."""
    telling = [name for name in profile.personal if name not in ("case_reference", "mother_names")]
    return pl.any_horizontal(pl.col(name).is_not_null() for name in telling)


def validate_file(
    path: Path, profile: Profile, lang: str = "en", *, cap: int = 10, today: date | None = None
) -> ValidationReport:
    """Check a whole file, keeping none of it; memory does not grow with its length."""
    checked = CheckedFile(path, profile, lang, cap=cap, today=today)
    for _ in checked.chunks():
        pass
    return checked.report()
