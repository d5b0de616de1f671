"""Every reading of a child's file: checked, written down, "not found" to whoever may not know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Case, F, QuerySet, When
from django.utils import timezone

from tutela.site.accounts.notices import holders, person
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.cases.models import REPRESENTATIVES, ChildFile, Part
from tutela.site.cases.opened import Entry, OpenFile, OpenTask, PersonAround, mark_misplaced
from tutela.site.emergency.access import access_record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, decide, require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.vault import blind_index
from tutela.site.vault.envelopes import OpenEnvelope, entitled, open_envelope

PAGE = 40
#: The field of the blind index under which a child's names can be found.
NAME_FIELD = "child_name"


@dataclass(frozen=True)
class FileTarget:
    """What conditions of the permission table ask of a file."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    entitled_organisations: frozenset[uuid.UUID]
    assigned_users: frozenset[uuid.UUID]
    envelope_id: uuid.UUID
    #: Whom no emergency lets in.
    barred_users: frozenset[uuid.UUID]


def target_of(file: ChildFile) -> FileTarget:
    """The file as the permission table sees it; those who were cut off are not among its people."""
    cut_off = set(
        file.people.exclude(cut_off_at=None).exclude(user=None).values_list("user", flat=True)
    )
    assigned = set(file.assignments.filter(until=None).values_list("user", flat=True))
    return FileTarget(
        uuid.UUID(str(file.id)),
        file.organisation_id,
        entitled(file.envelope_id),
        frozenset(assigned - cut_off),
        file.envelope_id,
        frozenset(cut_off),
    )


def find(file_id: uuid.UUID) -> FileTarget | None:
    """A file by its number, whoever asks; the caller decides who may know of it."""
    found = ChildFile.objects.filter(id=file_id).select_related("organisation").first()
    return target_of(found) if found else None


def file_for(
    file_id: uuid.UUID, *, actor: Actor, action: str, purpose: Purpose = Purpose.PROTECTION
) -> tuple[ChildFile, Decision]:
    """A file on which the actor may take `action`; Denied for others, and for none."""
    found = ChildFile.objects.filter(id=file_id).select_related("organisation").first()
    decision = require(actor, action, target_of(found) if found else None, purpose)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    return found, decision


def files(
    *, actor: Actor, whole_team: bool = False, words: str = "", page: int = 1,
    purpose: Purpose = Purpose.PROTECTION,
) -> tuple[list[ChildFile], bool]:  # fmt: skip
    """A page of open files: alarms first, then first due first; whether there is more.

    None is opened.

    One's own, or with `whole_team` those of the organisations in which one may read all. `words`
    finds a code name, or a child by whole words of its name.
    """
    decision = require(actor, "cases.list", None, purpose)
    found = ChildFile.objects.filter(closed_at=None)
    team = team_organisations(actor)
    mine = found.filter(
        assignments__user=actor.user_id, assignments__until=None,
        organisation__in=actor.organisations(),
    )  # fmt: skip
    found = found.filter(organisation__in=team) if whole_team and team else mine
    if words.strip():
        found = _named(found, words)
    in_order = found.annotate(calm=Case(When(alarm="", then=1), default=0)).order_by(
        "calm", F("next_due").asc(nulls_last=True), "code_name"
    )
    rows = list(in_order[(page - 1) * PAGE : page * PAGE + 1])
    record(
        decision, actor=actor, act=Act.READ, purpose=purpose, kind="child_file",
        subjects=[one.id for one in rows[:PAGE]],
        details={"page": page, "team": whole_team, "searched": bool(words.strip())},
    )  # fmt: skip
    return rows[:PAGE], len(rows) > PAGE


def team_organisations(actor: Actor) -> list[uuid.UUID]:
    """The organisations all of whose files the actor may list."""

    @dataclass(frozen=True)
    class Own:
        organisation_id: uuid.UUID

    return [
        one
        for one in actor.organisations()
        if decide(actor, "cases.list_team", Own(one), Purpose.PROTECTION).allowed
    ]


def open_file(
    file_id: uuid.UUID, *, actor: Actor, purpose: Purpose = Purpose.PROTECTION
) -> OpenFile:
    """A file in clear, for whoever works on it, or by emergency access.

    CannotOpen where no key of the session fits.
    """
    permit = access_record(
        find(file_id), actor=actor, action="cases.read", purpose=purpose, kind="child_file"
    )
    file = ChildFile.objects.select_related("organisation").get(id=file_id)
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    return replace(opened(file, envelope), until=permit.until)


def opened(file: ChildFile, envelope: OpenEnvelope) -> OpenFile:
    """The parts of a file that its key opens; the caller has asked whether it may."""
    entries = [
        Entry(
            one.id, one.event, one.on, envelope.open(f"happening/{one.id}", one.words),
            one.recorded_at, str(one.recorded_by or ""), one.withdrawn_at is not None,
        )
        for one in file.happenings.select_related("recorded_by")
    ]  # fmt: skip
    people = [
        PersonAround(
            one.id, one.part, str(one.get_part_display()),
            envelope.open(f"person/{one.id}", one.who), one.since, one.until,
            one.cut_off_at is not None, Part(one.part) in REPRESENTATIVES,
        )
        for one in file.people.all()
    ]  # fmt: skip
    tasks = [
        OpenTask(
            one.id, envelope.open(f"task/{one.id}", one.words)["text"], one.due, str(one.owner),
            one.done_at is not None,
        )
        for one in file.tasks.select_related("owner")
    ]  # fmt: skip
    workers = [
        (one.user_id, str(one.user))
        for one in file.assignments.filter(until=None).select_related("user")
    ]
    return OpenFile(
        file=file,
        identity=envelope.open("identity", file.identity),
        timeline=mark_misplaced(entries, file.situation),
        people=people,
        tasks=tasks,
        workers=workers,
        today=today(),
    )


def today() -> date:
    """The day that counts where the site stands."""
    return timezone.localdate()


def may(open_: OpenFile, action: str, *, actor: Actor) -> bool:
    """Whether to show the button for an action on this file."""
    return decide(actor, action, target_of(open_.file), Purpose.PROTECTION).allowed


def colleagues(file: ChildFile, *, roles: Iterable[str]) -> list[tuple[uuid.UUID, str]]:
    """Who could work on a file: people of its organisation with one of these roles."""
    ids = {one for role in roles for one in holders(Role(role), file.organisation_id)}
    return sorted(((one, person(one)) for one in ids), key=lambda pair: pair[1])


def _named(found: QuerySet[ChildFile], words: str) -> QuerySet[ChildFile]:
    by_name = blind_index.find(NAME_FIELD, words)
    return found.filter(code_name__iexact=words.strip()) | found.filter(envelope_id__in=by_name)
