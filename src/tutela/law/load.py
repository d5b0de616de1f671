"""Loads a country's law from its tables; a cell that cannot be read is refused by file and row."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tutela.errors import InputRefused, Misuse
from tutela.law.answers import Penalty
from tutela.law.attempts import read_attempt
from tutela.law.conditions import Condition, parse
from tutela.law.provisions import read_provisions
from tutela.law.tables import (
    Absence,
    Change,
    Commencement,
    DatedRule,
    Form,
    Law,
    Offence,
    Provision,
    Row,
    TimeLimit,
)
from tutela.law.words import LANGUAGES, Words
from tutela.vocabulary.rows import parse_date, read_rows

Cells = Mapping[str, str]
_COUNTRIES = Path(__file__).parent.parent / "countries"


@cache
def load_law(
    country: str = "be", *, new_code_from: date | None = None, as_known_on: date | None = None
) -> Law:
    """The law of a country pack.

    `new_code_from` replaces the assumed commencement of the new code; `as_known_on` reads the
    tables as they were known on that day. Raises InputRefused for a row that cannot be read.
    """
    pack = _pack(country)
    eras = pack.era_starts(new_code_from, as_known_on)
    start = eras.get(pack.NEW_CODE)
    if list(eras.values()) != sorted(eras.values(), key=lambda d: d or date.min):
        raise InputRefused(
            f"the new code cannot start on {start}: an earlier era would start after it",
            remedy="Give a later day.",
        )
    reader = _Reader(pack, eras)
    levels = reader.levels()
    offences = reader.offences(pack.dated_offences(new_code_from, as_known_on), levels)
    return Law(
        country=country,
        eras=eras,
        new_code=pack.NEW_CODE,
        new_code_from=start,
        as_known_on=as_known_on,
        overridden=new_code_from is not None,
        commencements=reader.commencements(as_known_on, start),
        levels=levels,
        offences=offences,
        forms=reader.forms(offences),
        consent=reader.dated_rules("consent"),
        justifications=reader.dated_rules("justifications"),
        absences=reader.absences(),
        rules=reader.rules(),
        report=reader.report(),
        provisions=(provisions := read_provisions(pack, eras, as_known_on)),
        time_limits=reader.time_limits(provisions),
        calendar=pack.CALENDAR,
        gaps=tuple(reader.rows("gaps", "rec_no")),
        timeline=reader.timeline(as_known_on),
        texts={
            (r["column"], r["text"]): words_of(r) for r in reader.rows("texts", "column", "text")
        },
        successors=reader.successors(offences),
        without_successor={r["id"]: words_of(r) for r in reader.rows("without_successor", "id")},
    )


def _pack(country: str) -> ModuleType:
    known = sorted(p.parent.name for p in _COUNTRIES.glob("*/law_pack.py"))
    if country not in known:
        raise Misuse(
            f"there is no law in a country pack {country!r}", remedy=f"Packs: {', '.join(known)}."
        )
    return importlib.import_module(f"tutela.countries.{country}.law_pack")


def refuse_cell(table: str, row: str, column: str, value: str, why: object) -> InputRefused:
    """A refusal that names the cell at fault."""
    return InputRefused(
        f"law/{table}.csv, row {row}, column {column}: {value!r}: {why}",
        remedy="Correct the cell; docs/guides/law.md says what each column takes.",
        details={"file": f"{table}.csv", "row": row, "column": column, "value": value},
    )


class _Reader:
    """Reads the tables of one pack."""

    def __init__(self, pack: ModuleType, eras: Mapping[str, date | None]) -> None:
        self._pack = pack
        self._eras = eras
        self._starts = {era: start.isoformat() if start else "" for era, start in eras.items()}
        ends = [*list(eras.values())[1:], None]
        self._spans = dict(zip(eras, zip(eras.values(), ends, strict=True), strict=True))

    def rows(self, table: str, *required: str) -> list[dict[str, str]]:
        return read_rows(self._pack.FOLDER / f"{table}.csv", required)

    def levels(self) -> dict[int, Penalty]:
        found = {}
        for r in self.rows("levels", "level", "prison_min_months", "accessory_fine_max_eur"):
            life = r["prison_max_months"] == "life"
            number = _numbers("levels", r["id"], r)
            prison = (None, None) if life else ("prison_min_months", "prison_max_months")
            fine = "accessory" if r["accessory_fine_max_eur"] else "principal"
            found[int(r["level"])] = Penalty(
                number(prison[0]) if prison[0] else None,
                number(prison[1]) if prison[1] else None,
                int(r["level"]),
                number(f"{fine}_fine_min_eur"),
                number(f"{fine}_fine_max_eur"),
                life=life,
            )
        return found

    def offences(
        self, rows: list[dict[str, str]], levels: Mapping[int, Penalty]
    ) -> dict[str, Offence]:
        return {r["id"]: self._offence(r, levels) for r in rows}

    def _offence(self, r: Cells, levels: Mapping[int, Penalty]) -> Offence:
        number = _numbers("offences", r["id"], r)
        penalty = Penalty(
            number("prison_min_months"),
            number("prison_max_months"),
            None,
            number("fine_min_eur"),
            number("fine_max_eur"),
        )
        if r["level_new_code"]:
            level = levels[int(r["level_new_code"])]
            given = penalty.fine_max is not None
            penalty = Penalty(
                level.prison_min,
                level.prison_max,
                level.level,
                penalty.fine_min if given else level.fine_min,
                penalty.fine_max if given else level.fine_max,
                life=level.life,
            )
        age_min, age_max = number("victim_age_min"), number("victim_age_max_exclusive")
        try:
            attempt = read_attempt(r["attempt"])
        except ValueError as error:
            raise refuse_cell("offences", r["id"], "attempt", r["attempt"], error) from error
        return Offence(
            **self._row("offences", r),
            victim_age_min=int(age_min or 0),
            victim_age_max=None if age_max is None else int(age_max),
            elements=r["elements"],
            penalty=penalty,
            times_victims=r["fine_times_victims"] == "y",
            attempt=attempt,
            keys=self._pack.article_keys(r["article"], r["era"]),
        )

    def _row(self, table: str, r: Cells) -> dict[str, Any]:
        start = parse_date(r.get("valid_from", ""), f"law/{table}.csv, {r['id']}")
        end = parse_date(r.get("valid_to", ""), f"law/{table}.csv, {r['id']}")
        status, _, remark = r["status"].partition(":")
        return {
            "table": table,
            "id": r["id"],
            "era": r["era"],
            "article": r["article"],
            "label": words_of(r),
            "valid_from": start,
            "valid_to": end,
            "known_from": None,
            "source": r["source"],
            "status": status,
            "remark": remark.strip(),
        }

    def forms(self, offences: Mapping[str, Offence]) -> tuple[Form, ...]:
        found = []
        for r in self.rows("elements", "offence_id", "conduct", "kind", "conditions", "before"):
            offence = offences.get(r["offence_id"])
            if offence is None:
                continue
            condition = read_condition("elements", r["offence_id"], r["conditions"])
            if not r["ignores_age"]:
                condition = (*_age_band(offence), *condition)
            found.append(
                Form(
                    offence, frozenset(r["conduct"].split("|")), r["kind"], condition,
                    r["outcome"] == "conflict", r["see"], r["before"],
                )
            )  # fmt: skip
        return tuple(found)

    def dated_rules(self, table: str) -> tuple[DatedRule, ...]:
        definitions = {r["id"]: r for r in self.rows("definitions", "id")}
        found = []
        for r in self.rows(table, "id", "era", "article", "conditions"):
            if r["era"] not in self._eras:
                continue
            start, end = self._spans[r["era"]]
            cells = {
                **definitions[r["definition"]],
                **r,
                "valid_from": start.isoformat() if start else "",
                "valid_to": end.isoformat() if end else "",
            }
            found.append(
                DatedRule(
                    Row(**self._row(table, cells)),
                    r.get("effect", ""),
                    frozenset(filter(None, r.get("conducts", "").split("|"))),
                    read_condition(table, r["id"], r["conditions"]),
                )
            )
        return tuple(found)

    def absences(self) -> tuple[Absence, ...]:
        rows = self.rows("not_encoded", "era", "conduct", "outcome")
        return tuple(
            Absence(
                r["era"], r["conduct"], r["outcome"], self._between(r["article"]),
                words_of(r, "note"),
            )
            for r in rows
        )  # fmt: skip

    def _between(self, articles: str) -> frozenset[str]:
        first, _, last = articles.partition("-")
        return frozenset(self._pack.keys_between(first, last or first)) if first else frozenset()

    def rules(self) -> dict[str, Row]:
        found = {}
        for r in self.rows("general_rules", "id", "era_from", "era_to", "article"):
            if r["era_from"] and r["era_from"] not in self._eras:
                continue
            cells = {
                **r,
                "era": r["era_from"],
                "valid_from": self._starts.get(r["era_from"], ""),
                "valid_to": self._starts.get(r["era_to"], ""),
            }
            found[r["id"]] = Row(**self._row("general_rules", cells))
        return found

    def report(self) -> dict[tuple[str, str], tuple[Mapping[str, object], ...]]:
        found: dict[tuple[str, str], list[Mapping[str, object]]] = {}
        for r in self.rows("report_figures", "table", "id", "column", "report", "law"):
            entry = {"column": r["column"], "report": r["report"], "law": r["law"]}
            found.setdefault((r["table"], r["id"]), []).append(
                {**entry, "note": words_of(r, "note")}
            )
        return {key: tuple(entries) for key, entries in found.items()}

    def commencements(
        self, as_known_on: date | None, starts: date | None
    ) -> tuple[Commencement, ...]:
        rows = self.rows("commencement", "option", "starts", "followed", "known_from")
        return tuple(
            Commencement(
                r["option"],
                date.fromisoformat(r["starts"]),
                date.fromisoformat(r["starts"]) == starts,
                words_of(r),
                r["source"],
                r["status"],
            )
            for r in rows
            if as_known_on is None or date.fromisoformat(r["known_from"]) <= as_known_on
        )

    def time_limits(self, provisions: Mapping[str, tuple[Provision, ...]]) -> tuple[TimeLimit, ...]:
        rows = {(p.table, p.id): p for table in provisions.values() for p in table}
        return tuple(
            TimeLimit(
                r["id"], rows[r["table"], r["row"]], r["event"], r["direction"], int(r["count"]),
                r["unit"], tuple(r["done_by"].split("|")), words_of(r),
            )
            for r in self.rows("deadlines", "id", "table", "row", "event", "count", "unit")
            if (r["table"], r["row"]) in rows
        )  # fmt: skip

    def timeline(self, as_known_on: date | None) -> tuple[Change, ...]:
        changes = (
            Change(
                r["id"], r["text"], words_of(r), parse_date(r["known_from"], f"timeline {r['id']}"),
                date.fromisoformat(r["in_force_from"]), r["source"], r["status"],
            )
            for r in self.rows("timeline", "id", "text", "known_from", "in_force_from")
        )  # fmt: skip
        return tuple(
            change
            for change in changes
            if as_known_on is None or (change.known_from or change.in_force_from) <= as_known_on
        )

    def successors(self, offences: Mapping[str, Offence]) -> dict[str, str]:
        path = self._pack.FOLDER.parent / "mappings" / "successor_of_offence.csv"
        rows = read_rows(path, ("code", "target"))
        return {r["code"]: r["target"] for r in rows if r["target"] in offences}


def words_of(row: Cells, prefix: str = "label") -> Words:
    """The four texts `<prefix>_fr` … of a row; English wherever one is missing."""
    fallback = row.get(f"{prefix}_en") or row.get("id", "")
    return {lang: row.get(f"{prefix}_{lang}") or fallback for lang in LANGUAGES}


def read_condition(table: str, row: str, text: str) -> Condition:
    """A condition of a cell; refuses one that cannot be read."""
    try:
        return parse(text)
    except ValueError as error:
        raise refuse_cell(table, row, "conditions", text, error) from error


def _age_band(offence: Offence) -> Condition:
    text = []
    if offence.victim_age_min:
        text.append(f"victim_age>={offence.victim_age_min}")
    if offence.victim_age_max is not None:
        text.append(f"victim_age<{offence.victim_age_max}")
    return parse("; ".join(text))


def _numbers(table: str, row: str, cells: Cells) -> Callable[[str], float | None]:
    def number(column: str) -> float | None:
        text = cells[column]
        if not text:
            return None
        try:
            value = float(text)
        except ValueError as error:
            raise refuse_cell(table, row, column, text, "is not a number") from error
        return int(value) if value.is_integer() else value

    return number
