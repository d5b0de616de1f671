"""Every change of a child's file: who may, what is written down, what is due afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tutela.site.accounts.models import Organisation
from tutela.site.accounts.notices import notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.cases.access import NAME_FIELD, file_for, opened, today
from tutela.site.cases.code_names import new_code_name
from tutela.site.cases.happenings import happenings
from tutela.site.cases.models import (
    REPRESENTATIVES,
    Assignment,
    ChildFile,
    Happening,
    OpenedFrom,
    Part,
    Person,
    Task,
)
from tutela.site.cases.tracks import NotAllowed, require_allowed, tracks
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose
from tutela.site.vault import blind_index
from tutela.site.vault.envelopes import OpenEnvelope, create, open_envelope, retain_from

RETENTION_CLASS = "child_file"
#: Names tried until a free one is found; that a dozen are all taken means the list is used up.
_TRIES = 12


@transaction.atomic
def open_file(
    *,
    actor: Actor,
    organisation: Organisation,
    identity: Mapping[str, Any],
    situation: str = "",
    opened_from: OpenedFrom = OpenedFrom.DIRECT,
    on: date | None = None,
    matter: uuid.UUID | None = None,
) -> ChildFile:
    """Open a file for a child and assign it to whoever opens it.

    `identity` holds `given_names`, `family_names`, `birth_date` (ISO, as claimed), `citizenship`,
    `language`, `note`; all may be missing. ValidationError for a birth date in the future or a
    situation that is no track.
    """
    decision = require(actor, "cases.open", organisation, Purpose.PROTECTION)
    on = on or today()
    _check_situation(situation)
    _check_birth(identity.get("birth_date"))
    _not_in_the_future(on)
    envelope = create(RETENTION_CLASS, organisations=[organisation.id])
    file = _with_free_name(
        organisation=organisation, envelope_id=envelope.id, situation=situation,
        identity=envelope.close("identity", dict(identity)), opened_from=opened_from,
        matter=matter or uuid.uuid4(),
    )  # fmt: skip
    _index(file, identity)
    assert actor.user_id is not None  # noqa: S101 - only people are granted the action
    Assignment.objects.create(file=file, user_id=actor.user_id)
    _add_happening(file, envelope, "file_opened", on, {}, actor)
    _settle(file, envelope)
    _written(decision, actor, file, opened_from=str(opened_from))
    return file


@transaction.atomic
def correct_identity(*, actor: Actor, file_id: uuid.UUID, identity: Mapping[str, Any]) -> None:
    """Write down who the child is, as far as is known; the former words are kept in the file."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    _check_birth(identity.get("birth_date"))
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    before = envelope.open("identity", file.identity)
    former = [*before.pop("former", []), {**before, "until": timezone.now().isoformat()}]
    file.identity = envelope.close("identity", {**identity, "former": former})
    file.save(update_fields=["identity"])
    _index(file, identity)
    _settle(file, envelope)
    _written(decision, actor, file, changed=sorted(identity))


@transaction.atomic
def change_situation(*, actor: Actor, file_id: uuid.UUID, situation: str) -> None:
    """Put the file on another track of the law; what happened stays and is read on the new one."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    _check_situation(situation)
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    file.situation = situation
    file.save(update_fields=["situation"])
    _settle(file, envelope)
    _written(decision, actor, file, situation=situation)


@transaction.atomic
def record_happening(
    *, actor: Actor, file_id: uuid.UUID, event: str, on: date, words: Mapping[str, Any]
) -> Happening:
    """Add a dated fact. `words` holds `text`, `source`, and what its kind asks for.

    ValidationError when the kind is unknown, the day lies ahead, or no track of the file allows
    it where it stands; the message names the state and what could be recorded.
    """
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    if event not in happenings() or event == "file_opened":
        raise ValidationError(_("There is no such kind of fact."))
    _not_in_the_future(on)
    _check_words(event, words)
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    try:
        require_allowed(event, on, opened(file, envelope).happened, file.situation)
    except NotAllowed as error:
        raise ValidationError(_refusal(error)) from None
    made = _add_happening(file, envelope, event, on, words, actor)
    if event == "representative_conflict":
        _cut_off_representatives(file, words.get("person", ""))
    _settle(file, envelope)
    _written(decision, actor, file, event=event)
    return made


@transaction.atomic
def withdraw_happening(*, actor: Actor, file_id: uuid.UUID, happening_id: uuid.UUID) -> None:
    """Withdraw a fact recorded by mistake: it stays visible, struck out, and counts no more."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    found = file.happenings.filter(id=happening_id, withdrawn_at=None).first()
    if found is None or found.event == "file_opened":
        raise ValidationError(_("There is no such entry to withdraw."))
    found.withdrawn_at, found.withdrawn_by_id = timezone.now(), actor.user_id
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _settle(file, open_envelope(file.envelope_id, keys=actor.keys))
    _written(decision, actor, file, withdrawn=found.event)


@transaction.atomic
def assign(*, actor: Actor, file_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Let a colleague work on a file. ValidationError for somebody who was cut off from it."""
    file, decision = file_for(file_id, actor=actor, action="cases.assign")
    _check_member(file, user_id)
    if file.people.filter(user=user_id).exclude(cut_off_at=None).exists():
        raise ValidationError(_("This person is in conflict of interest and stays cut off."))
    _made, new = Assignment.objects.get_or_create(file=file, user_id=user_id, until=None)
    if new and user_id != actor.user_id:
        notify([user_id], "file_assigned", uuid.UUID(str(file.id)))
    _written(decision, actor, file, member=str(user_id))


@transaction.atomic
def end_assignment(*, actor: Actor, file_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take somebody off a file. ValidationError where nobody would be left."""
    file, decision = file_for(file_id, actor=actor, action="cases.assign")
    current = file.assignments.filter(until=None)
    if not current.exclude(user=user_id).exists():
        raise ValidationError(_("Somebody must work on the file: assign a colleague first."))
    current.filter(user=user_id).update(until=timezone.now())
    _written(decision, actor, file, member=str(user_id))


@transaction.atomic
def add_person(
    *, actor: Actor, file_id: uuid.UUID, part: Part, who: Mapping[str, str], since: date,
    user_id: uuid.UUID | None = None,
) -> Person:  # fmt: skip
    """Note who stands around the child: `who` holds `name` and `reach`."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    if user_id is not None:
        _check_member(file, user_id)
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    made = Person(file=file, part=part, since=since, user_id=user_id)
    made.who = envelope.close(f"person/{made.id}", dict(who))
    made.save()
    _written(decision, actor, file, part=str(part))
    return made


@transaction.atomic
def cut_off_person(*, actor: Actor, file_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """A representative is suspected or in conflict: access ends now, an ad hoc guardian is due."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    found = file.people.filter(id=person_id, cut_off_at=None).first()
    if found is None or Part(found.part) not in REPRESENTATIVES:
        raise ValidationError(_("There is no such representative."))
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    _cut_off(file, found)
    _add_happening(
        file, envelope, "representative_conflict", today(), {"person": str(found.id)}, actor
    )
    _settle(file, envelope)
    _written(decision, actor, file, part=found.part)


@transaction.atomic
def add_task(
    *, actor: Actor, file_id: uuid.UUID, text: str, due: date, owner_id: uuid.UUID
) -> Task:
    """Plan something, with an owner and a day."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    if not file.assignments.filter(user=owner_id, until=None).exists():
        raise ValidationError(_("Only somebody who works on the file can own a task."))
    envelope = open_envelope(file.envelope_id, keys=actor.keys)
    made = Task(file=file, due=due, owner_id=owner_id)
    made.words = envelope.close(f"task/{made.id}", {"text": text})
    made.save()
    _settle(file, envelope)
    _written(decision, actor, file, task=True)
    return made


@transaction.atomic
def finish_task(*, actor: Actor, file_id: uuid.UUID, task_id: uuid.UUID) -> None:
    """Mark a task as done."""
    file, decision = file_for(file_id, actor=actor, action="cases.record")
    if not file.tasks.filter(id=task_id, done_at=None).update(done_at=timezone.now()):
        raise ValidationError(_("There is no such open task."))
    _settle(file, open_envelope(file.envelope_id, keys=actor.keys))
    _written(decision, actor, file, task=False)


@transaction.atomic
def close_file(*, actor: Actor, file_id: uuid.UUID) -> None:
    """Close a file whose child needs no support any more.

    ValidationError while something due by law is open, or a track is in alarm: a child who is
    missing or detained has no closed file.
    """
    file, decision = file_for(file_id, actor=actor, action="cases.close")
    found = opened(file, open_envelope(file.envelope_id, keys=actor.keys))
    if found.alarms:
        raise ValidationError(_("The file cannot be closed: a state of alarm is open."))
    if any(duty.basis == "law" for duty in found.pending):
        raise ValidationError(_("The file cannot be closed: a duty under the law is open."))
    file.closed_at = timezone.now()
    file.save(update_fields=["closed_at"])
    retain_from(file.envelope_id, today())
    _written(decision, actor, file, closed=True)


@transaction.atomic
def reopen_file(*, actor: Actor, file_id: uuid.UUID) -> None:
    """Open a closed file again."""
    file, decision = file_for(file_id, actor=actor, action="cases.close")
    file.closed_at = None
    file.save(update_fields=["closed_at"])
    retain_from(file.envelope_id, None)
    _settle(file, open_envelope(file.envelope_id, keys=actor.keys))
    _written(decision, actor, file, closed=False)


def erase(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete the files closed by these envelopes with all they hold, for the run of `retention`."""
    found = ChildFile.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    for rows in (Happening, Assignment, Person, Task):
        rows.objects.filter(file__in=numbers).delete()
    found.delete()
    return numbers


def _settle(file: ChildFile, envelope: OpenEnvelope) -> None:
    """Keep the next thing due, and an alarm, where the list finds them without a key."""
    found = opened(file, envelope)
    first = next(iter(found.pending), None)
    file.next_due = first.day if first else None
    file.missed_after = first.missed_after if first else None
    # A task is named by its kind only: what it is, is closed.
    file.next_duty = "" if first is None else ("task" if first.basis == "task" else first.id)
    file.alarm = next((state.track.id for state in found.alarms), "")
    file.save(update_fields=["next_due", "missed_after", "next_duty", "alarm"])


def _add_happening(
    file: ChildFile, envelope: OpenEnvelope, event: str, on: date, words: Mapping[str, Any],
    actor: Actor,
) -> Happening:  # fmt: skip
    made = Happening(file=file, event=event, on=on, recorded_by_id=actor.user_id)
    made.words = envelope.close(f"happening/{made.id}", dict(words))
    made.save()
    return made


def _cut_off_representatives(file: ChildFile, person_id: str) -> None:
    for one in file.people.filter(cut_off_at=None):
        if Part(one.part) in REPRESENTATIVES and (not person_id or str(one.id) == person_id):
            _cut_off(file, one)


def _cut_off(file: ChildFile, one: Person) -> None:
    one.cut_off_at = timezone.now()
    one.save(update_fields=["cut_off_at"])
    if one.user_id is not None:
        file.assignments.filter(user=one.user_id, until=None).update(until=timezone.now())


def _check_member(file: ChildFile, user_id: uuid.UUID) -> None:
    members = file.organisation.memberships.filter(until=None, user__is_active=True)
    if not members.filter(user=user_id).exists():
        raise ValidationError(_("This person does not belong to the organisation."))


def _index(file: ChildFile, identity: Mapping[str, Any]) -> None:
    names = [str(identity.get(name) or "") for name in ("given_names", "family_names")]
    blind_index.index(file.envelope_id, NAME_FIELD, names)


def _with_free_name(**fields: Any) -> ChildFile:
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return ChildFile.objects.create(code_name=new_code_name(), **fields)
        except IntegrityError:
            continue
    raise RuntimeError("no free code name: add stars to code_names.py")


def _check_situation(situation: str) -> None:
    if situation and not (situation in tracks() and tracks()[situation].person):
        raise ValidationError(_("There is no such situation."))


def _check_birth(text: Any) -> None:
    if text and date.fromisoformat(str(text)) > today():
        raise ValidationError(_("The birth date lies ahead."))


def _not_in_the_future(on: date) -> None:
    if on > today():
        raise ValidationError(_("This day lies ahead. Plan a task instead."))


#: Kinds of facts that are worth nothing without more than a day, and what they ask for.
_ASKED: dict[str, Sequence[str]] = {
    "age_test": ("method", "lowest", "highest"),
    "age_decision": ("adult", "text"),
    "presumption_lifted": ("text",),
}
_CHECKS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "age_test": lambda words: 0 <= float(words["lowest"]) <= float(words["highest"]) <= 99,
}


def _check_words(event: str, words: Mapping[str, Any]) -> None:
    lacking = [name for name in _ASKED.get(event, ()) if words.get(name) in (None, "")]
    if lacking:
        raise ValidationError(_("A decision needs its reasons, and a test its method and margin."))
    if event in _CHECKS and not _CHECKS[event](words):
        raise ValidationError(_("The lowest age of a margin cannot exceed its highest."))


def _refusal(error: NotAllowed) -> str:
    language = get_language() or "en"
    every = happenings()
    state = error.state
    assert state is not None  # noqa: S101 - a refusal names a track
    possible = ", ".join(every[one].label[language] for one in state.next_events)
    return _("“%(what)s” does not fit here. %(track)s: %(state)s. Possible next: %(next)s.") % {
        "what": every[error.event].label[language],
        "track": state.track.label[language],
        "state": state.label[language],
        "next": possible or "–",
    }


def _written(decision: Decision, actor: Actor, file: ChildFile, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, purpose=Purpose.PROTECTION, kind="child_file",
        subjects=[uuid.UUID(str(file.id))], details=details,
    )  # fmt: skip
