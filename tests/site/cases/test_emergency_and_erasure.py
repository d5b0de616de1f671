"""A child's file in an emergency, and at the end of its time."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from tests.site.cases.test_files import FAMILY, address, joining, lead, opened, record, worker
from tests.site.test_emergency import break_glass
from tests.site.test_vault import dump
from tutela.site.accounts.notices import notify
from tutela.site.audit.models import Entry
from tutela.site.cases.access import NAME_FIELD
from tutela.site.cases.models import Assignment, ChildFile, Happening, Person, Task
from tutela.site.emergency.models import BreakGlass
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.retention.actions import run
from tutela.site.vault import blind_index
from tutela.site.vault.envelopes import retain_from
from tutela.site.vault.models import Envelope, EnvelopeKey

__all__ = ["joining", "lead", "worker"]  # fixtures

RUN = Actor.system("retention.run")


def in_emergency(client, file):
    said = {"kind": "child_file", "record": file.id, "purpose": "protection"}
    return client.post("/emergency/open/", {**said, "reason": "The child is missing since noon."})


def test_a_colleague_reads_a_file_in_an_emergency_and_changes_nothing(worker, joining):
    file = opened(worker)
    other = joining(Role.CASE_WORKER, "Ola Other")
    assert other.get(address(file)).status_code == 404
    in_emergency(other, file)
    text = other.get(address(file)).content.decode()
    assert FAMILY in text
    assert "everything is marked" in text
    assert "Correct or add" not in text
    assert record(other, file, "missing").status_code == 404
    row = Entry.objects.filter(action="cases.read").latest("pk")
    assert row.break_glass_id == BreakGlass.objects.get().id
    assert "by emergency access" in worker.get(address(file)).content.decode()


def test_a_representative_who_was_cut_off_gets_in_by_no_emergency(worker, joining):
    file = opened(worker)
    guardian = joining(Role.GUARDIAN, "Gus Guardian")
    Person.objects.create(
        file=file, part="guardian", user=guardian.person, who=b"", since=timezone.localdate(),
        cut_off_at=timezone.now(),
    )  # fmt: skip
    assert in_emergency(guardian, file).status_code == 404
    assert not BreakGlass.objects.exists()


def test_what_is_no_file_is_not_found(worker, joining):
    nothing = SimpleNamespace(id="00000000-0000-0000-0000-000000000007")
    assert break_glass(worker, nothing).status_code == 400


def test_a_closed_file_is_erased_with_all_it_holds_after_its_time(worker, hotline):
    file = opened(worker)
    ChildFile.objects.filter(id=file.id).update(closed_at=timezone.now())
    notify([worker.person.id], "deputy", file.id)
    ten_years = timezone.localdate() + timedelta(days=3653)
    assert run(actor=RUN, today=ten_years).classes["child_file"].due == 0, "never closed"
    retain_from(file.envelope_id, timezone.localdate())
    before = bytes(ChildFile.objects.get().identity)
    assert run(actor=RUN, today=ten_years - timedelta(days=5)).classes["child_file"].due == 0
    assert run(actor=RUN, today=ten_years).classes["child_file"].erased == 1
    for rows in (ChildFile, Happening, Assignment, Person, Task):
        assert not rows.objects.exists()
    assert not EnvelopeKey.objects.filter(envelope=file.envelope_id).exists()
    assert blind_index.find(NAME_FIELD, FAMILY) == frozenset()
    assert before not in dump()
    assert file.code_name.encode() not in dump()


def test_closing_starts_the_period_and_opening_again_stops_it(worker, lead):
    file = opened(worker)
    for event in ("detection", "referral"):
        record(worker, file, event)
    for said, since in (({}, timezone.localdate()), ({"reopen": "1"}, None)):
        lead.post(address(file, "close/"), said)
        assert Envelope.objects.get(id=file.envelope_id).retain_from == since
