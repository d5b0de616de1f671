"""A child's file through its pages: opened, read, moved on, kept from whoever may not know."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.site.staff import make_organisation, make_person, sign_in
from tutela.site.audit.models import Act, Entry
from tutela.site.cases.models import ChildFile
from tutela.site.permissions.roles import Role

NAME = "Zuzanna Wyimaginowana"
GIVEN, FAMILY = NAME.split()


@pytest.fixture
def lead(browser_of):
    """The team lead, who signs in first and so makes the organisation's key."""
    return browser_of(Role.SUPERVISOR, name="Lea Lead")


@pytest.fixture
def joining(browser_of, lead, hotline):
    """joining(role, name) → the browser of a colleague whom the lead has given the key."""

    def join(role, name):
        client = browser_of(role, name=name)
        lead.post(f"/organisations/{hotline.id}/keys/give/{client.person.id}/")
        return client

    return join


@pytest.fixture
def worker(joining):
    return joining(Role.CASE_WORKER, "Wim Worker")


def opened(client, **words):
    organisation = client.person.memberships.first().organisation_id
    said = {
        "organisation": str(organisation), "situation": "accompanied",
        "given_names": GIVEN, "family_names": FAMILY, "birth_date": "2011-04-02", **words,
    }  # fmt: skip
    answer = client.post("/cases/new/", said)
    assert answer.status_code == 302, answer.content.decode()
    return ChildFile.objects.get(id=answer.headers["Location"].split("/")[2])


def address(file, rest=""):
    return f"/cases/{file.id}/{rest}"


def record(client, file, event, on=None, **words):
    on = on or timezone.localdate()
    return client.post(address(file, f"record/{event}/"), {"on": str(on), **words})


def page(client, file):
    answer = client.get(address(file))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_worker_opens_a_file_and_the_list_tells_no_name(worker):
    file = opened(worker)
    listed = worker.get("/cases/").content.decode()
    assert file.code_name in listed
    assert GIVEN not in listed
    assert FAMILY not in listed
    shown = page(worker, file)
    assert NAME in shown
    assert "Assess the child’s safety" in shown


def test_nothing_is_required_to_open_a_file(worker):
    file = opened(worker, given_names="", family_names="", birth_date="", situation="")
    shown = page(worker, file)
    assert "Name not known" in shown
    assert "presumed; the age is not known" in shown


def test_a_step_out_of_order_is_refused_with_the_state_and_nothing_typed_is_lost(worker):
    file = opened(worker)
    answer = record(worker, file, "residence_permit", text="a long sentence typed at night")
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "does not fit here" in shown
    assert "a long sentence typed at night" in shown
    assert file.happenings.count() == 1


def test_the_track_moves_on_and_its_duty_comes_first(worker):
    file = opened(worker)
    today = timezone.localdate()
    record(worker, file, "risk_assessed")
    record(worker, file, "explained")
    record(worker, file, "detection", today)
    record(worker, file, "referral", today)
    record(worker, file, "reflection_document", today)
    file.refresh_from_db()
    assert file.next_duty == "dl-reflection-post"
    assert file.next_due == today + timedelta(days=45)
    assert "reflecting (45 days)" in page(worker, file)


def test_a_missing_child_is_an_alarm_in_the_list_and_on_the_file(worker):
    file = opened(worker)
    record(worker, file, "missing")
    assert "case-alarm" in worker.get("/cases/").content.decode()
    assert 'role="alert"' in page(worker, file)
    record(worker, file, "child_returned")
    assert "case-alarm" not in worker.get("/cases/").content.decode()


def test_a_day_ahead_is_refused(worker):
    file = opened(worker)
    answer = record(worker, file, "missing", timezone.localdate() + timedelta(days=1))
    assert answer.status_code == 400
    assert "lies ahead" in answer.content.decode()


def test_an_entry_made_by_mistake_stays_struck_out_and_counts_no_more(worker):
    file = opened(worker)
    record(worker, file, "missing")
    entry = file.happenings.get(event="missing")
    worker.post(address(file, f"happenings/{entry.id}/withdraw/"))
    file.refresh_from_db()
    assert file.alarm == ""
    assert "withdrawn" in page(worker, file)


def test_a_second_hearing_warns_with_the_rule(worker):
    file = opened(worker)
    first = worker.get(address(file, "record/hearing_planned/")).content.decode()
    assert "CCP 91bis" in first
    assert "was heard before" not in first
    record(worker, file, "recorded_hearing", recording_reference="tape 4")
    again = worker.get(address(file, "record/hearing_planned/")).content.decode()
    assert "was heard before" in again
    assert "was heard before" in (
        worker.get(address(file, "record/confrontation_planned/")).content.decode()
    )


def test_an_age_test_is_shown_with_its_margin_and_decides_nothing(worker):
    file = opened(worker, birth_date="")
    record(worker, file, "age_doubted")
    answer = record(worker, file, "age_test", method="triple test", lowest="19", highest="17")
    assert answer.status_code == 400
    record(worker, file, "age_test", method="triple test", lowest="18.5", highest="22")
    shown = page(worker, file)
    assert "a child, 17 years" in shown
    assert "lowest age of the test" in shown
    answer = record(worker, file, "age_decision", adult="yes")
    assert answer.status_code == 400, "a decision without reasons"
    record(worker, file, "age_decision", adult="yes", text="reasoned", born="2001-01-01")
    assert "an adult, 25 years" in page(worker, file)
    record(worker, file, "age_appeal")
    assert "a child, 17 years" in page(worker, file)


def test_a_representative_in_conflict_loses_access_at_once(joining, worker, lead):
    guardian = joining(Role.GUARDIAN, "Gus Guardian")
    file = opened(worker)
    lead.post(address(file, "workers/"), {"member": str(guardian.person.id)})
    assert NAME in page(guardian, file)
    worker.post(
        address(file, "people/"),
        {"part": "guardian", "name": "Gus Guardian", "since": "2026-01-01",
         "member": str(guardian.person.id)},
    )  # fmt: skip
    person = file.people.get()
    worker.post(address(file, f"people/{person.id}/cut-off/"))
    assert guardian.get(address(file)).status_code == 404
    assert file.code_name not in guardian.get("/cases/").content.decode()
    shown = page(worker, file)
    assert "Cut off" in shown
    assert "Request an ad hoc guardian" in shown
    # And nobody brings them back by mistake.
    answer = lead.post(address(file, "workers/"), {"member": str(guardian.person.id)})
    assert answer.status_code == 400
    assert guardian.get(address(file)).status_code == 404


def test_tasks_of_the_plan_stand_among_the_duties(worker):
    file = opened(worker)
    due = timezone.localdate() - timedelta(days=30)
    worker.post(
        address(file, "tasks/"),
        {"text": "find a school near the centre", "due": str(due), "owner": worker.person.id},
    )
    file.refresh_from_db()
    assert (file.next_duty, file.next_due) == ("task", due)
    assert "find a school" not in worker.get("/cases/").content.decode()
    assert "find a school near the centre" in page(worker, file)
    worker.post(address(file, f"tasks/{file.tasks.get().id}/done/"))
    file.refresh_from_db()
    assert file.next_duty != "task"


def test_a_file_does_not_close_over_a_missing_child_or_a_duty_of_law(worker, lead):
    file = opened(worker)
    record(worker, file, "missing")
    lead.post(address(file, "close/"))
    file.refresh_from_db()
    assert file.closed_at is None
    record(worker, file, "child_returned")
    record(worker, file, "detection")
    lead.post(address(file, "close/"))
    file.refresh_from_db()
    assert file.closed_at is None
    record(worker, file, "referral")
    lead.post(address(file, "close/"))
    file.refresh_from_db()
    assert file.closed_at is not None
    worker.get("/cases/")  # where the messages so far are shown
    assert file.code_name not in worker.get("/cases/").content.decode()
    lead.post(address(file, "close/"), {"reopen": "1"})
    assert file.code_name in worker.get("/cases/").content.decode()


def test_who_has_no_key_yet_is_told_so(browser_of, worker, lead):
    late = browser_of(Role.CASE_WORKER, name="Lou Late")
    file = opened(worker)
    lead.post(address(file, "workers/"), {"member": str(late.person.id)})
    answer = late.get(address(file))
    assert answer.status_code == 403
    assert "no key to this record yet" in answer.content.decode()
    assert NAME not in answer.content.decode()


def test_a_colleague_who_is_not_assigned_finds_nothing(joining, worker):
    other = joining(Role.CASE_WORKER, "Oda Other")
    file = opened(worker)
    assert file.code_name not in other.get("/cases/").content.decode()
    assert other.get(address(file)).status_code == 404
    assert record(other, file, "missing").status_code == 404
    assert file.happenings.count() == 1
    assert Entry.objects.filter(act=Act.DENIAL, user_id=other.person.id).exists()


def test_every_address_of_a_file_is_closed_to_another_organisation(worker, db):
    """Insecure direct object reference, on every id."""
    file = opened(worker)
    elsewhere = make_organisation("elsewhere")
    stranger = sign_in(make_person(elsewhere, Role.SUPERVISOR, Role.CASE_WORKER, name="Stan"))
    zero = "00000000-0000-0000-0000-000000000000"
    for rest in ("", "identity/", "record/missing/"):
        assert stranger.get(address(file, rest)).status_code == 404, rest
    for rest in (
        "identity/", "situation/", "record/missing/", f"happenings/{zero}/withdraw/", "people/",
        f"people/{zero}/cut-off/", "tasks/", f"tasks/{zero}/done/", "workers/",
        f"workers/{zero}/end/", "close/",
    ):  # fmt: skip
        answer = stranger.post(address(file, rest), {"on": "2026-01-01", "text": "x"})
        assert answer.status_code == 404, rest
    assert file.happenings.count() == 1
    assert file.code_name not in stranger.get("/cases/").content.decode()


def test_a_name_finds_the_file_by_whole_words_only(worker):
    file, other = opened(worker), opened(worker, given_names="Otto", family_names="Anders")
    worker.get("/cases/")  # where the message of opening is shown
    found = worker.get("/cases/", {"find": "wyimaginowana"}).content.decode()
    assert file.code_name in found
    assert other.code_name not in found
    assert file.code_name not in worker.get("/cases/", {"find": "wyimag"}).content.decode()
    assert file.code_name in worker.get("/cases/", {"find": file.code_name}).content.decode()


def test_a_corrected_name_keeps_the_former_in_the_file_and_is_found_no_more(worker):
    file = opened(worker)
    worker.post(address(file, "identity/"), {"given_names": "Anna", "family_names": "Nowa"})
    assert "Anna Nowa" in page(worker, file)
    assert file.code_name not in worker.get("/cases/", {"find": FAMILY}).content.decode()


def test_each_reading_and_change_is_a_row_with_its_purpose(worker):
    file = opened(worker)
    page(worker, file)
    record(worker, file, "missing", text="last seen at the station")
    rows = Entry.objects.filter(subjects__subject_id=file.id)
    assert set(rows.values_list("action", flat=True)) >= {
        "cases.open",
        "cases.read",
        "cases.record",
    }
    assert set(rows.values_list("purpose", flat=True)) == {"protection"}
    assert "station" not in str(list(rows.values_list("details", flat=True)))
    assert "Wim Worker" in page(worker, file)


def test_script_in_every_field_is_shown_as_text(worker):
    nasty = "<script>alert(1)</script>"
    file = opened(worker, given_names=nasty, family_names=nasty, citizenship=nasty, note=nasty)
    record(worker, file, "contact", text=nasty)
    worker.post(address(file, "people/"), {"part": "trust", "name": nasty, "reach": nasty,
                                           "since": "2026-01-01"})  # fmt: skip
    worker.post(address(file, "tasks/"),
                {"text": nasty, "due": "2026-12-01", "owner": worker.person.id})  # fmt: skip
    shown = page(worker, file)
    assert "<script>alert" not in shown
    assert shown.count("&lt;script&gt;") >= 7


def test_a_stolen_database_names_nobody(worker):
    file = opened(worker, note="has a scar", citizenship="Nowhereland")
    record(worker, file, "contact", text="meets at the fountain")
    worker.post(address(file, "people/"),
                {"part": "trust", "name": "Aunt Invented", "since": "2026-01-01"})  # fmt: skip
    shoes = {"text": "buy winter shoes", "due": "2026-12-01", "owner": worker.person.id}
    worker.post(address(file, "tasks/"), shoes)
    stolen = []
    for model in file._meta.apps.get_app_config("cases").get_models():
        for row in model._default_manager.values_list():
            stolen += [bytes(v) if isinstance(v, memoryview) else v for v in row]
    text = " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in stolen)
    for secret in (GIVEN, FAMILY, "2011-04-02", "scar", "Nowhereland", "fountain", "Aunt", "shoes"):
        assert secret not in text


@pytest.mark.parametrize("count", [1, 6])
def test_the_queries_of_a_page_do_not_grow_with_its_rows(worker, count):
    files = [opened(worker) for _ in range(count)]
    for event in ("contact", "contact", "explained")[: count // 2]:
        record(worker, files[0], event)
    with CaptureQueriesContext(
        connection,
    ) as listed:
        worker.get("/cases/")
    with CaptureQueriesContext(connection) as one:
        page(worker, files[0])
    assert len(listed) <= 22
    assert len(one) <= 42


def test_the_pages_read_in_four_languages(worker):
    file = opened(worker)
    for language, words in (("fr", "Ce qui est dû"), ("nl", "Wat moet gebeuren"),
                            ("de", "Was fällig ist"), ("en", "What is due")):  # fmt: skip
        worker.post("/account/language/", {"language": language})
        assert re.search(words, page(worker, file)), language


def test_a_birth_date_ahead_is_refused(worker):
    organisation = worker.person.memberships.first().organisation_id
    ahead = date(timezone.localdate().year + 1, 1, 1)
    answer = worker.post(
        "/cases/new/", {"organisation": str(organisation), "birth_date": str(ahead)}
    )
    assert answer.status_code == 400
    assert ChildFile.objects.count() == 0
