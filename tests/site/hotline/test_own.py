"""What is one's own: time on hard material, debrief notes, drafts; and children of a report."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.site.staff import make_organisation, make_person, sign_in
from tests.site.test_vault import dump, keyring
from tutela.site.hotline import wellness
from tutela.site.hotline.models import CaseStub, OwnNote, Stretch
from tutela.site.permissions.roles import Role
from tutela.site.retention.classes import retention_classes
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import open_envelope

NOTE = "the voice of the small boy does not leave me"


def test_a_debrief_note_opens_for_its_author_alone(operator, supervisor, hotline):
    assert operator.post("/desk/rest/", {"text": NOTE}).status_code == 302
    assert NOTE in operator.get("/desk/rest/").content.decode()
    assert NOTE not in supervisor.get("/desk/rest/").content.decode()
    assert NOTE.encode() not in dump()
    note = OwnNote.objects.get()
    with pytest.raises(CannotOpen):
        open_envelope(note.envelope_id, keys=keyring(supervisor.person))
    assert supervisor.post(f"/desk/rest/{note.id}/discard/").status_code == 404
    assert operator.post(f"/desk/rest/{note.id}/discard/").status_code == 302
    assert not OwnNote.objects.exists()
    with pytest.raises(CannotOpen):
        open_envelope(note.envelope_id, keys=keyring(operator.person))


def test_a_draft_is_kept_half_finished_and_goes_on(operator, supervisor):
    sheet = {"words": "she whispers", "place": "Gent", "forms_of": ["grooming", "csam"]}
    answer = operator.post("/desk/drafts/", sheet)
    assert answer.status_code == 302
    page = operator.get(answer.headers["Location"]).content.decode()
    assert "she whispers" in page
    assert page.count(" checked") >= 2
    assert supervisor.get(answer.headers["Location"]).status_code == 404
    assert answer.headers["Location"] in operator.get("/desk/drafts/").content.decode()
    assert operator.post("/desk/drafts/", {}).status_code == 302
    assert OwnNote.objects.count() == 1


def test_what_is_typed_in_a_draft_is_only_ever_words(operator):
    evil = "<script>alert(1)</script>"
    answer = operator.post("/desk/drafts/", {"words": evil, "place": evil})
    assert evil not in operator.get(answer.headers["Location"]).content.decode()


def at(minutes):
    return timezone.now().replace(hour=12, minute=0) + timedelta(minutes=minutes)


def test_a_break_is_proposed_after_the_declared_stretch_and_taken_by_ten_minutes(operator):
    me = operator.person.id
    for minute in range(0, 51, 5):
        wellness.opened(me, at(minute))
    assert wellness.load(me, at(50)).break_due
    assert wellness.load(me, at(50)).without_break == 50
    after = wellness.load(me, at(61))
    assert (after.without_break, after.break_due, after.today) == (0, False, 50)
    wellness.opened(me, at(61))
    assert Stretch.objects.filter(user=me).count() == 2


def test_the_limit_of_a_day_is_said_and_yesterday_does_not_count(operator):
    me = operator.person.id
    for began, last in ((-24 * 60, -20 * 60), (-240, 0)):
        Stretch.objects.create(user_id=me, began_at=at(began), last_at=at(last))
    found = wellness.load(me, at(0))
    assert (found.today, found.day_full) == (240, True)


def test_opening_a_report_counts_and_the_desk_proposes_the_break(operator, report_of):
    report = report_of()
    operator.get(f"/desk/reports/{report.id}/")
    Stretch.objects.filter(user=operator.person).update(
        began_at=timezone.now() - timedelta(minutes=55)
    )
    assert "Take a break" in operator.get("/desk/queue/").content.decode()


def test_a_report_becomes_several_beginnings_of_files(operator, report_of, hotline):
    report = report_of()
    address = f"/desk/children/{report.id}/"
    for child in ("the younger sister", "<b>Zéphyrine</b>"):
        assert operator.post(address, {"child": child, "place": "Gent"}).status_code == 302
    page = operator.get(address).content.decode()
    assert "the younger sister" in page
    assert "&lt;b&gt;Zéphyrine" in page
    assert CaseStub.objects.filter(report_id=report.id, file_id=None).count() == 2
    assert b"the younger sister" not in dump()
    assert operator.post(address, {"child": " "}).status_code == 400
    stranger = sign_in(make_person(make_organisation("elsewhere"), Role.OPERATOR, name="Xa"))
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"child": "x"}).status_code == 404


@pytest.mark.parametrize("kind", ["debrief", "draft", "case_stub"])
def test_each_class_has_a_period(kind):
    assert kind in retention_classes()


def test_the_report_says_whose_police_and_that_no_ombudsperson_was_appointed(operator, report_of):
    page = operator.get(f"/desk/reports/{report_of(place=['Eupen']).id}/").content.decode()
    assert "none: this community has appointed no ombudsperson for children" in page
    page = operator.get(f"/desk/reports/{report_of(place=['somewhere']).id}/").content.decode()
    assert "ask for the place" in page
