"""Reads the tables of provisions: jurisdiction, procedure, status, compensation, accessories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import ModuleType

from tutela.errors import InputRefused
from tutela.law.conditions import Condition, parse
from tutela.law.tables import Provision
from tutela.law.words import LANGUAGES
from tutela.vocabulary.rows import parse_date, read_rows

#: Table → the column that names its topic.
TABLES = {
    "jurisdiction": "topic",
    "procedure": "topic",
    "status": "topic",
    "compensation": "scheme",
    "ancillary": "topic",
    "definitions": "concept",
}
#: What a provision says: that something is due or allowed, that it is limited, that nothing is.
#: `report` is a figure of the report's own, shown beside the law's row and never evaluated.
SAYS = ("holds", "limit", "silent", "not-encoded", "report")
_COLUMNS = (
    "id", "era", "article", "valid_from", "valid_to", "read_until", "says", "covers", "conditions",
    "groups", "label_en", "source", "status",
)  # fmt: skip
_LAW_DATE = re.compile(r"L (\d\d)-(\d\d)-(\d{4})")
#: A row that is bound to every offence or to none.
_ALL = "all"


def read_provisions(
    pack: ModuleType, eras: Mapping[str, date | None], as_known_on: date | None
) -> dict[str, tuple[Provision, ...]]:
    """Table → its rows, those known on a day and with the ends known then."""
    found = {}
    for table, topic in TABLES.items():
        cells = read_rows(pack.FOLDER / f"{table}.csv", (*_COLUMNS, topic))
        rows = [p for row in cells if (p := _provision(pack, table, topic, row, eras)) is not None]
        if as_known_on is not None:
            rows = _as_known(rows, as_known_on)
        found[table] = tuple(rows)
    return found


def _as_known(rows: list[Provision], on: date) -> list[Provision]:
    """The rows known on a day; an end brought by a row that is not known yet is left open."""
    known = [row for row in rows if row.known_from is None or row.known_from <= on]
    starts = {row.valid_from for row in known}
    later = {row.valid_from for row in rows} - starts
    return [replace(row, valid_to=None) if row.valid_to in later else row for row in known]


def _provision(
    pack: ModuleType,
    table: str,
    topic: str,
    row: Mapping[str, str],
    eras: Mapping[str, date | None],
) -> Provision | None:
    where = f"law/{table}.csv, row {row['id']}"
    if row["valid_from"] == pack.NEW_CODE and pack.NEW_CODE not in eras:
        return None
    start, end, read_until = (
        eras.get(row[column])
        if row[column] == pack.NEW_CODE
        else parse_date(row[column], f"{where}, column {column}")
        for column in ("valid_from", "valid_to", "read_until")
    )
    if row["says"] not in SAYS:
        raise _refused(where, "says", row["says"], f"write one of {', '.join(SAYS)}")
    status, _, remark = row["status"].partition(":")
    return Provision(
        table=table,
        id=row["id"],
        era=row["era"],
        article=row["article"],
        label={lang: row[f"label_{lang}"] or row["label_en"] for lang in LANGUAGES},
        valid_from=start,
        valid_to=end,
        known_from=_known_from(row["basis"], start),
        source=row["source"],
        status=status,
        remark=remark.strip(),
        topic=row[topic],
        says=row["says"],
        covers=_covers(pack, row["covers"], where),
        conditions=_conditions(row["conditions"], where),
        groups=frozenset(row["groups"].split()),
        modality=row.get("mandatory_or_optional", ""),
        read_until=read_until,
        cells=row,
    )


def _known_from(basis: str, start: date | None) -> date | None:
    """The last law named that was made before the row starts; a law is not known before it."""
    made = [date(int(y), int(m), int(d)) for d, m, y in _LAW_DATE.findall(basis)]
    return max((day for day in made if start is None or day <= start), default=start)


def _covers(pack: ModuleType, text: str, where: str) -> frozenset[str] | None:
    """Keys of articles; `a..b` is a range. Empty: bound to no offence; `all`: to every one."""
    if text in ("", _ALL):
        return None
    keys: set[str] = set()
    for token in text.split():
        first, dots, last = token.partition("..")
        try:
            keys |= set(pack.keys_between(first, last)) if dots else {token}
        except ValueError as error:
            raise _refused(where, "covers", token, str(error)) from error
    return frozenset(keys)


def _conditions(text: str, where: str) -> tuple[Condition, ...]:
    """Conditions apart by ` or `, of which one must hold."""
    try:
        return tuple(parse(part) for part in text.split(" or "))
    except ValueError as error:
        raise _refused(where, "conditions", text, str(error)) from error


def _refused(where: str, column: str, value: str, why: str) -> InputRefused:
    return InputRefused(
        f"{where}, column {column}: {value!r}: {why}",
        remedy="Correct the cell; docs/guides/law.md says what each column takes.",
        details={"row": where, "column": column, "value": value},
    )
