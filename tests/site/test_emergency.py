"""Emergency access on a real record (a handover): who gets in, who is told, who judges."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.site.staff import make_organisation, make_person
from tests.site.test_vault import dump
from tutela.site.accounts.models import Membership, Notice
from tutela.site.audit.models import Act, Entry
from tutela.site.emergency.actions import run_clocks
from tutela.site.emergency.models import BreakGlass, Verdict
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Denied
from tutela.site.permissions.roles import Role
from tutela.site.shifts.models import Handover
from tutela.site.vault.models import EnvelopeKey, HolderKind

NOTE = "Zéphyrine Quastenbrück is expected to call again at nine."
REASON = "Zéphyrine Quastenbrück called and Olga cannot be reached."


@pytest.fixture
def desk(hotline, browser_of):
    """A handover between two operators; a third, a supervisor and oversight look on."""

    class Desk:
        organisation = hotline
        ann = browser_of(Role.OPERATOR, name="Ann")
        bea = browser_of(Role.OPERATOR, name="Bea")
        cy = browser_of(Role.OPERATOR, name="Cy")
        lead = browser_of(Role.SUPERVISOR, name="Lead")
        watch = browser_of(Role.OVERSIGHT, name="Watch")

    for one in (Desk.bea, Desk.cy, Desk.lead, Desk.watch):
        give_key(Desk.ann, hotline, one)
    Desk.ann.post(f"/shift/{hotline.id}/hand-over/", {"to": str(Desk.bea.person.id), "note": NOTE})
    Desk.record = Handover.objects.get()
    Desk.page = f"/shift/{Desk.record.id}/"
    return Desk


def give_key(giver, organisation, taker):
    """The organisation's key, from the session of one to another."""
    from tests.site.test_vault import keyring
    from tutela.site.vault.envelopes import current_key
    from tutela.site.vault.membership_keys import give, member_key

    holder = current_key(organisation.id)
    give(holder, keyring(giver.person).private(holder.id), member_key(taker.person.id))


def break_glass(client, record, purpose="protection", reason=REASON):
    return client.post(
        "/emergency/open/",
        {"kind": "handover", "record": str(record.id), "purpose": purpose, "reason": reason},
    )


def tasks(client, kind):
    return Notice.objects.filter(user=client.person, kind=kind, done_at=None).count()


def test_a_denied_record_opens_for_three_hours_and_everything_is_marked(desk):
    assert desk.cy.get(desk.page).status_code == 404
    answer = break_glass(desk.cy, desk.record)
    glass = BreakGlass.objects.get()
    assert answer.headers["Location"] == f"/emergency/{glass.id}/"
    assert glass.expires_at - glass.opened_at == timedelta(hours=3)

    text = desk.cy.get(f"{desk.page}?purpose=protection").content.decode()
    assert NOTE in text
    assert "everything is marked" in text
    row = Entry.objects.filter(act=Act.READ, action="shifts.read").latest("pk")
    assert (row.break_glass_id, row.purpose) == (glass.id, "protection")
    # For that purpose only, for reading only, and that record only.
    assert desk.cy.get(desk.page).status_code == 404
    assert desk.cy.post(f"{desk.page}take/").status_code == 404
    other = Handover.objects.create(
        organisation=desk.organisation, user=desk.ann.person, to=desk.bea.person,
        envelope_id=desk.record.envelope_id, note=b"", due_at=timezone.now(),
    )  # fmt: skip
    assert desk.cy.get(f"/shift/{other.id}/?purpose=protection").status_code == 404

    BreakGlass.objects.update(expires_at=timezone.now())
    assert desk.cy.get(f"{desk.page}?purpose=protection").status_code == 404


def test_overseers_are_told_at_once_and_read_why_and_what(desk):
    break_glass(desk.cy, desk.record)
    desk.cy.get(f"{desk.page}?purpose=protection")
    glass = BreakGlass.objects.get()
    for client in (desk.lead, desk.watch):
        assert tasks(client, "emergency_opened") == 1
        assert "/emergency/" in client.get("/desk/").content.decode()
        text = client.get(f"/emergency/{glass.id}/").content.decode()
        assert REASON in text
        assert "read the note of a handover" in text
    assert tasks(desk.cy, "emergency_opened") == 0
    assert desk.bea.get(f"/emergency/{glass.id}/").status_code == 404


def test_somebody_else_judges_and_the_person_is_told(desk):
    break_glass(desk.lead, desk.record)
    glass = BreakGlass.objects.get()
    verdict = {"verdict": "not_justified", "note": ""}
    address = f"/emergency/{glass.id}/review/"
    assert desk.lead.post(address, verdict).status_code == 404, "nobody judges their own"
    assert desk.watch.post(address, verdict).status_code == 400, "a reproach says why"
    verdict["note"] = "Bea was at her desk."
    assert desk.watch.post(address, verdict).status_code == 302
    glass.refresh_from_db()
    assert glass.verdict == Verdict.NOT_JUSTIFIED
    assert glass.reviewed_by == desk.watch.person
    assert desk.lead.get(f"{desk.page}?purpose=protection").status_code == 404, "it ends there"
    assert tasks(desk.lead, "emergency_settled") == 1
    assert verdict["note"] in desk.lead.get(f"/emergency/{glass.id}/").content.decode()
    assert tasks(desk.lead, "emergency_settled") == 0, "having looked closes it"
    assert tasks(desk.watch, "emergency_opened") == 0
    assert desk.watch.post(address, verdict).status_code == 400, "judged once"


def test_an_overdue_review_escalates_once_to_the_administrators_too(desk, browser_of):
    administrator = browser_of(Role.ADMINISTRATOR, name="Adm")
    break_glass(desk.cy, desk.record)
    clock = Actor.system("emergency.run_clocks")
    assert run_clocks(actor=clock) == 0
    later = timezone.now() + timedelta(days=2, seconds=1)
    assert run_clocks(actor=clock, now=later) == 1
    assert run_clocks(actor=clock, now=later) == 0
    for client in (desk.lead, desk.watch, administrator):
        assert tasks(client, "emergency_overdue") == 1
    BreakGlass.objects.update(review_due_at=timezone.now())
    page = administrator.get("/emergency/").content.decode()
    assert "overdue" in page
    inside = administrator.get(f"/emergency/{BreakGlass.objects.get().id}/").content.decode()
    assert REASON not in inside
    assert "no key" in inside


def test_reason_and_note_stand_nowhere_in_clear(desk):
    break_glass(desk.cy, desk.record)
    address = f"/emergency/{BreakGlass.objects.get().id}/review/"
    desk.watch.post(address, {"verdict": "justified", "note": "Quastenbrück was in danger."})
    stolen = dump()
    for word in ("Quastenbr", "Zéphyrine", "danger", "call again"):
        assert word.encode() not in stolen, word


def test_a_stranger_is_let_in_by_a_supervisor_and_the_key_is_taken_back(desk, browser_of):
    police = make_organisation("police")
    officer = browser_of(Role.LIAISON, organisation=police, name="Off")
    assert officer.get(f"{desk.page}?purpose=protection").status_code == 404
    break_glass(officer, desk.record)
    glass = BreakGlass.objects.get()
    assert glass.opened_at is None
    assert officer.get(f"{desk.page}?purpose=protection").status_code == 404
    assert tasks(desk.lead, "emergency_asked") == 1

    assert desk.cy.post(f"/emergency/{glass.id}/let-in/").status_code == 403
    assert officer.post(f"/emergency/{glass.id}/let-in/").status_code == 403
    desk.lead.post(f"/emergency/{glass.id}/let-in/")
    assert NOTE in officer.get(f"{desk.page}?purpose=protection").content.decode()
    lent = EnvelopeKey.objects.filter(to__kind=HolderKind.MEMBER, to__user=officer.person)
    assert lent.count() == 1
    later = timezone.now() + timedelta(hours=3)
    run_clocks(actor=Actor.system("emergency.run_clocks"), now=later)
    assert lent.count() == 0


def test_a_supervisor_can_refuse(desk, browser_of):
    officer = browser_of(Role.LIAISON, organisation=make_organisation("police"), name="Off")
    break_glass(officer, desk.record)
    glass = BreakGlass.objects.get()
    desk.lead.post(f"/emergency/{glass.id}/refuse/")
    assert desk.lead.post(f"/emergency/{glass.id}/let-in/").status_code == 302
    glass.refresh_from_db()
    assert glass.opened_at is None
    assert officer.get(f"{desk.page}?purpose=protection").status_code == 404


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("urgent", "handover", "Say in a sentence"),
        (REASON, "nothing", "Select a valid choice"),
    ],
)
def test_without_a_reason_or_a_record_nothing_opens(desk, reason, kind, words):
    asked = {"kind": kind, "record": desk.record.id, "purpose": "triage", "reason": reason}
    answer = desk.cy.post("/emergency/open/", asked)
    assert answer.status_code == 400
    assert words in re.sub("&#x27;", "'", answer.content.decode())
    assert not BreakGlass.objects.exists()


def test_statistics_are_no_emergency(desk):
    assert break_glass(desk.cy, desk.record, purpose="statistics").status_code == 400
    assert not BreakGlass.objects.exists()


def test_whoever_was_cut_off_is_let_in_by_no_emergency(desk, monkeypatch):
    assert break_glass(desk.cy, desk.record).status_code == 302
    monkeypatch.setattr(Handover, "barred_users", {desk.cy.person.id}, raising=False)
    assert desk.cy.get(f"{desk.page}?purpose=protection").status_code == 404
    assert break_glass(desk.cy, desk.record, purpose="triage").status_code == 404


def test_who_may_read_anyway_is_sent_to_the_record(desk):
    answer = break_glass(desk.bea, desk.record, purpose="triage")
    assert answer.headers["Location"] == f"{desk.page}?purpose=triage"
    assert not BreakGlass.objects.exists()


def test_it_ends_with_the_role_and_can_be_given_back(desk):
    break_glass(desk.cy, desk.record)
    address = f"{desk.page}?purpose=protection"
    assert desk.cy.get(address).status_code == 200
    glass = BreakGlass.objects.get()
    desk.cy.post(f"/emergency/{glass.id}/close/")
    assert desk.cy.get(address).status_code == 404
    glass.refresh_from_db()
    BreakGlass.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert desk.cy.get(address).status_code == 200
    Membership.objects.filter(user=desk.cy.person).update(until=timezone.now())
    assert desk.cy.get(address).status_code == 403


def test_the_clock_is_a_command_of_its_own(db):
    with pytest.raises(Denied):
        run_clocks(actor=Actor.system("retention.run"))


def test_alone_in_an_organisation_the_administrator_is_told(browser_of, hotline):
    administrator = browser_of(Role.ADMINISTRATOR, name="Adm")
    ann = browser_of(Role.OPERATOR, name="Ann")
    bea, cy = make_person(hotline, Role.OPERATOR, name="Bea"), browser_of(Role.OPERATOR, name="Cy")
    give_key(ann, hotline, cy)
    ann.post(f"/shift/{hotline.id}/hand-over/", {"to": str(bea.id), "note": NOTE})
    break_glass(cy, Handover.objects.get())
    assert tasks(administrator, "emergency_opened") == 1
