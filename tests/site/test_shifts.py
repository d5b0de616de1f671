"""The end of a shift: what is held, the note to the next, who takes over, and the clock."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.site.test_emergency import give_key, tasks
from tests.site.test_vault import dump
from tutela.site.audit.models import Entry
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.shifts import holdings
from tutela.site.shifts.actions import run_clocks
from tutela.site.shifts.models import Handover

NOTE = "The boy from Kwikstaartlaan writes again after school."
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def reports(monkeypatch):
    """Reports as an app would know them: number → who holds it."""
    owners = {}

    def held_by(user_id, organisation_id):
        return [
            holdings.Held(number, f"/reports/{number}/", timezone.now())
            for number, owner in owners.items()
            if owner == user_id
        ]

    def hand_on(actor, numbers, from_user):
        for number in numbers:
            assert owners[number] == from_user
            owners[number] = actor.user_id

    monkeypatch.setattr(holdings, "_KINDS", {})
    holdings.register(holdings.Holdings("report", "report", held_by, hand_on))
    return owners


@pytest.fixture
def ann(browser_of):
    return browser_of(Role.OPERATOR, name="Ann")


@pytest.fixture
def bea(browser_of, ann, hotline):
    client = browser_of(Role.OPERATOR, name="Bea")
    give_key(ann, hotline, client)
    return client


def hand_over(client, organisation, to, note=NOTE):
    return client.post(
        f"/shift/{organisation.id}/hand-over/", {"to": str(to.person.id), "note": note}
    )


def test_a_shift_passes_to_a_named_colleague(hotline, ann, bea, reports):
    reports |= {ONE: ann.person.id, TWO: ann.person.id}
    assert f"/reports/{ONE}/" in ann.get("/shift/").content.decode()
    assert hand_over(ann, hotline, bea).status_code == 302
    row = Handover.objects.get()
    assert tasks(bea, "handover") == 1
    reports[TWO] = None  # closed meanwhile
    text = bea.get(f"/shift/{row.id}/").content.decode()
    assert NOTE in text
    assert str(ONE) in text
    bea.post(f"/shift/{row.id}/take/")
    row.refresh_from_db()
    assert row.taken_at is not None
    assert reports == {ONE: bea.person.id, TWO: None}
    assert tasks(bea, "handover") == 0
    bea.post(f"/shift/{row.id}/take/")
    assert Entry.objects.filter(action="shifts.take_over").count() == 1


def test_only_the_named_person_takes_over(hotline, ann, bea, browser_of, reports):
    cy = browser_of(Role.OPERATOR, name="Cy")
    hand_over(ann, hotline, bea)
    address = f"/shift/{Handover.objects.get().id}/"
    for client in (ann, cy):
        assert client.post(f"{address}take/").status_code == 404
    assert cy.get(address).status_code == 404
    assert cy.post(f"{address}take-back/").status_code == 404


def test_the_clock_tells_supervisors_once(hotline, ann, bea, browser_of, reports):
    lead = browser_of(Role.SUPERVISOR, name="Lead")
    hand_over(ann, hotline, bea)
    clock = Actor.system("shifts.run_clocks")
    assert run_clocks(actor=clock) == 0
    late = timezone.now() + timedelta(minutes=30)
    assert [run_clocks(actor=clock, now=late) for _ in range(2)] == [1, 0]
    assert tasks(lead, "handover_late") == 1
    Handover.objects.update(due_at=timezone.now())
    assert "late:" in lead.get("/shift/").content.decode()


def test_it_can_be_taken_back_and_then_given_to_another(hotline, ann, bea, reports):
    hand_over(ann, hotline, bea)
    assert hand_over(ann, hotline, bea).status_code == 400, "one at a time"
    ann.post(f"/shift/{Handover.objects.get().id}/take-back/")
    assert tasks(bea, "handover") == 0
    assert hand_over(ann, hotline, bea).status_code == 302


def test_nobody_outside_the_shift_can_be_named(hotline, ann, browser_of, reports):
    liaison = browser_of(Role.LIAISON, name="Leo")
    assert hand_over(ann, hotline, liaison).status_code == 400
    assert hand_over(ann, hotline, ann).status_code == 400
    assert not Handover.objects.exists()


def test_the_note_is_nowhere_in_clear_and_every_reading_is_shown(hotline, ann, bea, reports):
    hand_over(ann, hotline, bea)
    address = f"/shift/{Handover.objects.get().id}/"
    bea.get(address)
    text = bea.get(address).content.decode()
    assert "Who read this file" in text
    assert text.count('<th scope="row">') >= 3, "written, read, read again"
    assert b"Kwikstaartlaan" not in dump()
