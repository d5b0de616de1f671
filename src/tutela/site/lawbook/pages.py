"""Timeline, gaps and offences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.law import Facts, gaps, load_law, offence_card
from tutela.law.range_words import range_words
from tutela.law.tables import DIFFERS, REPORT_ONLY, Law, Offence, Provision
from tutela.law.words import outcome_label
from tutela.site.lawbook.shown import ReportSays, accessories, in_words, report_says
from tutela.vocabulary import Vocabulary

ERAS: Mapping[str, Promise | str] = {
    "2018": _("Code of 1867, as the 2018 report found it"),
    "2022-06-01": _("Reform of 2022"),
    "new-code": _("New Penal Code"),
}
STATES: Mapping[str, Promise | str] = {
    "open": _("open"),
    "partly": _("partly closed"),
    "closed": _("closed"),
    "not_verified": _("not verified"),
    "means": _("asks for means, not for a text"),
    "found": _("found in the tables"),
}


@dataclass(frozen=True)
class ShownChange:
    """One law that changed something."""

    text: str
    label: str
    made: date | None
    in_force: date
    source: str
    unsure: bool
    #: The era that begins with it.
    begins: str


@dataclass(frozen=True)
class Reading:
    """One reading of when the new Code starts."""

    label: str
    source: str
    starts: date
    followed: bool


@dataclass(frozen=True)
class ShownOffence:
    """One offence in a list."""

    id: str
    label: str
    article: str
    era: str
    range: str
    from_day: date | None
    until: date | None
    not_confirmed: bool


def timeline(
    language: str, new_code_from: date | None = None
) -> tuple[list[ShownChange], list[Reading]]:
    """The laws in the order in which they started, and the readings of the open commencement."""
    law = load_law(new_code_from=new_code_from)
    starts = {start: era for era, start in law.eras.items() if start is not None}
    changes = [
        ShownChange(
            law_text(one.text), one.label[language], one.known_from, one.in_force_from,
            one.source, one.status != "verified",
            str(ERAS.get(starts.get(one.in_force_from, ""), "")),
        )
        for one in sorted(law.timeline, key=lambda change: change.in_force_from)
    ]  # fmt: skip
    return changes, readings(language)


def law_text(text: str) -> str:
    """A law by its date, without the words that the label says anyway."""
    return text.partition(" (")[0]


def readings(language: str) -> list[Reading]:
    """The readings of when the new Code starts, the one followed first."""
    found = [
        Reading(one.label[language], one.source, one.starts, one.followed)
        for one in load_law().commencements
    ]
    return sorted(found, key=lambda one: not one.followed)


@dataclass(frozen=True)
class ShownGap:
    """One recommendation at a date, or a gap that the tables themselves show."""

    number: str
    label: str
    state: str
    state_words: str
    article: str
    why: str
    outcome: str


def gap_rows(on: date, language: str, new_code_from: date | None = None) -> list[ShownGap]:
    """The report's recommendations against the law on a day, then the gaps found in the tables."""
    law = load_law(new_code_from=new_code_from)
    reply = gaps(Facts.of(judged_on=on.isoformat()), new_code_from=new_code_from)
    return [
        ShownGap(
            number=one.row if one.topic == "recommendation" else "",
            label=one.label[language],
            state=str(one.more["state"]),
            state_words=str(STATES[str(one.more["state"])]),
            article=law.article(one.article)[language] if one.article else "",
            why=one.explanation.words[language],
            outcome=outcome_label(one.outcome)[language],
        )
        for one in reply.answers
    ]


def offences(language: str, words: str = "", era: str = "") -> list[ShownOffence]:
    """The offences whose label or article holds all the words, in one era or in all."""
    law = load_law()
    wanted = words.casefold().split()
    found = [
        shown_offence(one, law, language)
        for one in law.offences.values()
        if not era or one.era == era
    ]
    return [
        one
        for one in found
        if all(word in f"{one.label} {one.article}".casefold() for word in wanted)
    ]


def shown_offence(one: Offence, law: Law, language: str) -> ShownOffence:
    """An offence as a list shows it."""
    return ShownOffence(
        one.id, one.label[language], law.article(one.article)[language], str(ERAS[one.era]),
        range_words(one.penalty)[language], one.valid_from, one.valid_to,
        one.status == REPORT_ONLY,
    )  # fmt: skip


@dataclass(frozen=True)
class ShownProvision:
    """A provision that names an offence."""

    topic: str
    label: str
    article: str
    modality: str
    not_read_since: date | None


@dataclass(frozen=True)
class OffencePage:
    """Everything about one offence."""

    head: ShownOffence
    ages: tuple[int, int | None]
    elements: str
    attempt: str
    attempt_range: str
    times_victims: bool
    ways: list[tuple[str, list[str]]]
    earlier: list[ShownOffence]
    later: ShownOffence | None
    without_later: str
    accessories: tuple[str, ...]
    provisions: list[tuple[str, list[ShownProvision]]]
    #: What protects a victim of other offences and no row here names this one for.
    unnamed: list[str]
    report: tuple[ReportSays, ...]
    iccs: str
    source: str
    differs: bool
    remark: str


ATTEMPTS: Mapping[str, Promise | str] = {
    "same": _("punished in the same range"),
    "range": _("punished in a range of its own"),
    "none": _("not punished"),
    "fine": _("only the fine is in the tables"),
    "general": _("the article does not say; the general rule applies"),
}
TABLES: Mapping[str, Promise | str] = {
    "procedure": _("Protection and procedure"),
    "jurisdiction": _("Jurisdiction and limitation"),
    "status": _("Residence and status"),
    "compensation": _("Compensation"),
    "definitions": _("Definitions"),
}


#: What a reader looks for on the page of an offence, whether a provision names it or not.
LOOKED_FOR = ("recording", "identity ban", "limitation")


def offence_page(identifier: str, language: str) -> OffencePage | None:
    """The page of an offence named by its id; None where the tables have none."""
    law = load_law()
    if identifier not in law.offences:
        return None
    card = offence_card(law, identifier)
    one = card.offence
    return OffencePage(
        head=shown_offence(one, law, language),
        ages=(one.victim_age_min, one.victim_age_max),
        elements=in_words(card.elements, language),
        attempt=str(ATTEMPTS[one.attempt.rule]),
        attempt_range=range_words(one.attempt.penalty)[language]
        if one.attempt.rule == "range"
        else "",
        times_victims=one.times_victims,
        ways=[
            (conduct[language], [term[language] for term in terms]) for conduct, terms in card.ways
        ],
        earlier=[shown_offence(each, law, language) for each in card.earlier],
        later=shown_offence(card.later, law, language) if card.later else None,
        without_later=in_words(card.without_later, language),
        accessories=accessories(card.accessories, language),
        provisions=[
            (str(TABLES[table]), [_provision(row, law, language) for row in rows])
            for table, rows in card.provisions.items()
            if rows
        ],
        unnamed=[
            in_words(law.words("topic", topic), language)
            for topic in LOOKED_FOR
            if not any(row.topic == topic for rows in card.provisions.values() for row in rows)
        ],
        report=report_says(card.report, language),
        iccs=iccs_of(identifier),
        source=one.source,
        differs=one.status == DIFFERS,
        remark=one.remark,
    )


def _provision(row: Provision, law: Law, language: str) -> ShownProvision:
    return ShownProvision(
        in_words(law.words("topic", row.topic), language),
        row.label[language],
        law.article(row.article)[language],
        in_words(law.words("modality", row.modality), language),
        row.read_until,
    )


def iccs_of(identifier: str) -> str:
    """The ICCS code of an offence, proposed and not official; "" where the mapping has none."""
    vocabulary = Vocabulary(load_law().country)
    return str(vocabulary.mapping("iccs_of_offence").get(identifier) or "")
