"""Checks the tables of law against each other: what a load does not refuse but cannot be right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from tutela.law.tables import DIFFERS, REPORT_ONLY, VERIFIED, Form, Law, Offence, Provision, Row
from tutela.law.words import LANGUAGES, read_words

_ADULT = 18
_FOREVER = (date.min, date.max)


def faults(law: Law) -> list[str]:
    """Every fault, naming table, row and column; an empty list if the tables are sound.

    Looks for rows that overlap or leave a gap undeclared, ranges upside down, missing labels and
    sources, figures of the report that do not match, and time limits that contradict their row.
    """
    return [
        *(fault for row in _rows(law) for fault in _row_faults(row)),
        *(fault for offence in law.offences.values() for fault in _offence_faults(offence)),
        *_form_faults(law),
        *_overlaps(law),
        *_time_gaps(law),
        *_age_holes(law),
        *_provision_faults(law),
        *_report_faults(law),
        *_limit_faults(law),
        *_successor_faults(law),
        *_text_faults(law),
    ]


def _rows(law: Law) -> Iterator[Row]:
    yield from law.offences.values()
    yield from law.rules.values()
    for provisions in law.provisions.values():
        yield from provisions
    for rule in (*law.consent, *law.justifications):
        yield rule.row


def _row_faults(row: Row) -> Iterator[str]:
    where = f"law/{row.table}.csv, row {row.id}"
    if row.valid_from and row.valid_to and row.valid_from >= row.valid_to:
        yield f"{where}: ends on {row.valid_to}, before it starts on {row.valid_from}"
    if row.status not in (VERIFIED, DIFFERS, REPORT_ONLY):
        yield f"{where}, column status: {row.status!r} is none of the three"
    if row.status == DIFFERS and not row.remark:
        yield f"{where}, column status: says that the report differs, but not how"
    if not row.source:
        yield f"{where}, column source: empty"
    for lang in LANGUAGES:
        if not row.label[lang].strip():
            yield f"{where}, column label_{lang}: empty"


def _offence_faults(offence: Offence) -> Iterator[str]:
    where = f"law/offences.csv, row {offence.id}"
    penalty, top = offence.penalty, offence.victim_age_max
    if top is not None and offence.victim_age_min >= top:
        yield f"{where}: victim from {offence.victim_age_min} to below {top} is nobody"
    for name, low, high in (
        ("prison", penalty.prison_min, penalty.prison_max),
        ("fine", penalty.fine_min, penalty.fine_max),
    ):
        if (low is None) is not (high is None):
            yield f"{where}: {name} has one end only"
        elif low is not None and high is not None and low > high:
            yield f"{where}: {name} from {low} to {high} is upside down"
    if not offence.keys:
        yield f"{where}, column article: {offence.article!r} cannot be referred to"


def _form_faults(law: Law) -> Iterator[str]:
    conducts = read_words("codes")["conduct"]
    described = {form.offence.id for form in law.forms}
    for identifier in law.offences:
        if identifier not in described:
            yield f"law/elements.csv: no row for the offence {identifier}"
    for form in law.forms:
        for conduct in form.conducts - set(conducts):
            yield f"law/elements.csv, row {form.offence.id}: unknown conduct {conduct!r}"
        if form.kind not in ("base", "aggravated", "modifier"):
            yield f"law/elements.csv, row {form.offence.id}: unknown kind {form.kind!r}"
        if form.before not in ("silent", "not-encoded"):
            yield f"law/elements.csv, row {form.offence.id}: before is {form.before!r}"


def _plain_bases(law: Law, conduct: str) -> list[Form]:
    """Base forms of a conduct that turn on nothing but the victim's age and consent."""
    return [
        form
        for form in law.forms_by_conduct[conduct]
        if form.kind == "base"
        and all(term.fact in ("victim_age", "consent") for term in form.condition)
    ]


def _overlaps(law: Law) -> Iterator[str]:
    """Two base rows of one conduct, in force on one day, for a victim of one age."""
    for conduct in law.forms_by_conduct:
        bases = _plain_bases(law, conduct)
        for at, one in enumerate(bases):
            for other in bases[at + 1 :]:
                if one.offence is other.offence:
                    continue
                if _share_days(one.offence, other.offence) and _share_ages(one, other):
                    yield (
                        f"law/offences.csv: rows {one.offence.id} and {other.offence.id} overlap: "
                        f"both hold of {conduct} on one day at one age"
                    )


def _span(row: Row) -> tuple[date, date]:
    return (row.valid_from or _FOREVER[0], row.valid_to or _FOREVER[1])


def _share_days(one: Row, other: Row) -> bool:
    first, second = sorted((_span(one), _span(other)))
    return second[0] < first[1]


def _share_ages(one: Form, other: Form) -> bool:
    def ages(form: Form) -> range:
        return range(form.offence.victim_age_min, form.offence.victim_age_max or 200)

    first, second = ages(one), ages(other)
    return max(first.start, second.start) < min(first.stop, second.stop)


def _time_gaps(law: Law) -> Iterator[str]:
    """A conduct whose rows stop and start again, or stop for good, without a declared absence."""
    declared = {(absence.era, absence.conduct) for absence in law.absences}
    for conduct, forms in law.forms_by_conduct.items():
        spans = sorted({_span(form.offence) for form in forms if form.kind != "modifier"})
        if not spans:
            continue
        covered = spans[0][1]
        for start, end in (*spans[1:], (_FOREVER[1], _FOREVER[1])):
            if start > covered and (law.era_on(covered), conduct) not in declared:
                yield f"law/offences.csv: no row for {conduct} from {covered}, and none declared"
            covered = max(covered, end)


def _age_holes(law: Law) -> Iterator[str]:
    """Ages between two bands of one conduct that no base row covers on a day."""
    for conduct in law.forms_by_conduct:
        bases = _plain_bases(law, conduct)
        for day in law.boundaries:
            bands = sorted(
                (form.offence.victim_age_min, form.offence.victim_age_max or 200)
                for form in bases
                if form.offence.in_force(day)
            )
            for (_, end), (start, _) in pairwise(bands):
                if start > end:
                    yield f"law/offences.csv: {conduct} on {day}: ages {end} to {start} left out"


def _provision_faults(law: Law) -> Iterator[str]:
    for table, provisions in law.provisions.items():
        seen: dict[tuple[object, ...], list[Provision]] = {}
        for row in provisions:
            if row.covers is not None or row.conditions != ((),):
                key = (
                    row.topic,
                    row.article,
                    row.covers,
                    row.conditions,
                    row.groups,
                    row.label["en"],
                )
                seen.setdefault(key, []).append(row)
        for rows in seen.values():
            for one, other in pairwise(sorted(rows, key=_span)):
                if _share_days(one, other):
                    yield f"law/{table}.csv: rows {one.id} and {other.id} say the same at once"


def _report_faults(law: Law) -> Iterator[str]:
    """Figures of the report must differ from the law's, which must be what the engine applies."""
    rows = {(row.table, row.id): row for row in _rows(law)}
    for (table, identifier), entries in law.report.items():
        where = f"law/report_figures.csv, {table} {identifier}"
        row = rows.get((table, identifier))
        if row is None:
            if law.as_known_on is None:
                yield f"{where}: there is no such row"
            continue
        for entry in entries:
            if entry["report"] == entry["law"]:
                yield f"{where}: the report and the law say the same"
            cell = _cell(row, str(entry["column"]))
            if cell is not None and cell != entry["law"]:
                yield f"{where}: the law's {entry['column']} is {cell}, not {entry['law']}"


def _cell(row: Row, column: str) -> str | None:
    """The figure of a column as text; None for words."""
    if isinstance(row, Offence) and column in ("prison_min_months", "fine_min_eur"):
        value = row.penalty.prison_min if column == "prison_min_months" else row.penalty.fine_min
        return None if value is None else str(value)
    if isinstance(row, Provision) and column == "amount_max_eur" and row.says != "report":
        return row.cells[column]
    return None


def _limit_faults(law: Law) -> Iterator[str]:
    for limit in law.time_limits:
        cells = limit.provision.cells
        pairs = (("duration", "unit"), ("value", "unit"), ("time_limit", "time_unit"))
        for number, unit in pairs:
            given = cells.get(number, "")
            comparable = given.isdecimal() and cells.get(unit, "").startswith(limit.unit)
            if comparable and int(given) != limit.count:
                yield (
                    f"law/deadlines.csv, row {limit.id}: {limit.count} {limit.unit}, but "
                    f"{limit.provision.table} {limit.provision.id} says {given}"
                )


def _successor_faults(law: Law) -> Iterator[str]:
    """What the concordance leads to starts where the older article ends."""
    for code, target in law.successors.items():
        if code in law.offences:
            ends, starts = law.offences[code].valid_to, law.offences[target].valid_from
            if ends != starts:
                yield (
                    f"mappings/successor_of_offence.csv, {code} → {target}: "
                    f"ends on {ends}, starts on {starts}"
                )
    for offence in law.offences.values():
        known = offence.id in law.successors or offence.id in law.without_successor
        if offence.valid_to is not None and not known:
            yield f"law/without_successor.csv: {offence.id} ends; what replaced it is not said"


def _text_faults(law: Law) -> Iterator[str]:
    """Texts of cells that readers see need words in all languages."""
    for table, identifier, column, text in _shown_texts(law):
        if text and (column, text) not in law.texts:
            yield f"law/texts.csv: no words for {column} {text!r} ({table} {identifier})"


def _shown_texts(law: Law) -> Iterator[tuple[str, str, str, str]]:
    """Table, row, column and text of every cell shown in words."""
    for offence in law.offences.values():
        yield offence.table, offence.id, "elements", offence.elements
    for rows in law.provisions.values():
        for row in rows:
            unit = row.cells.get("unit", "")
            yield row.table, row.id, "unit", "" if unit == "unlimited" else unit
            yield row.table, row.id, "unit", row.cells.get("time_unit", "")
            yield row.table, row.id, "who_may_request", row.cells.get("who_may_request", "")
            yield row.table, row.id, "modality", row.modality
            yield row.table, row.id, "topic", row.topic
