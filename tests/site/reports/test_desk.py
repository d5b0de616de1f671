"""The desk from the queue to the acknowledged handover; what it may never do."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.site.reports.test_sending import SECRET_TEXT, come_back, send, state_of, words_of
from tests.site.staff import make_organisation, make_person, sign_in
from tutela.site.accounts.models import Level, Notice
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.reports import actions
from tutela.site.reports.declared_rules import facts, routes, suggest
from tutela.site.reports.models import Report, ReportHandover
from tutela.site.reports.receivers import NOT_DIRECTLY, receivers


@pytest.fixture(autouse=True)
def cheap(settings):
    settings.REPORT_ARGON2 = (1, 8192)


def browser(person):
    client = sign_in(person)
    client.person = person
    return client


@pytest.fixture
def supervisor(hotline):
    return browser(make_person(hotline, Role.SUPERVISOR, name="Sam"))


@pytest.fixture
def operator(hotline, supervisor):
    person = make_person(hotline, Role.OPERATOR, name="Olga")
    client = browser(person)
    supervisor.post(f"/organisations/{hotline.id}/keys/give/{person.id}/")
    return client


@pytest.fixture
def other(hotline, supervisor):
    person = make_person(hotline, Role.OPERATOR, name="Otto")
    client = browser(person)
    supervisor.post(f"/organisations/{hotline.id}/keys/give/{person.id}/")
    return client


@pytest.fixture
def police(hotline, settings):
    settings.RECEIVERS = {"federal_police": "police"}
    organisation = make_organisation("police", Level.FEDERAL)
    return browser(make_person(organisation, Role.LIAISON, name="Leo"))


@pytest.fixture
def public(operator):
    return Client(HTTP_HOST="localhost")


def report_of(public, door="worried", **options):
    send(public, door, **options)
    return Report.objects.order_by("received_at").last()


def act(client, report, what, **form):
    return client.post(f"/desk/reports/{report.id}/{what}/", form)


def page(client, report):
    answer = client.get(f"/desk/reports/{report.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_present_danger_stands_first_then_a_child_then_the_rest(public, operator):
    last = report_of(public, "worried", words=["a"], age=60)
    child = report_of(public, "child", words=["b"])
    danger = report_of(public, "worried", words=["c"], danger=["yes"])
    text = operator.get("/desk/queue/").content.decode()
    places = [text.index(f"/desk/reports/{one.id}/") for one in (danger, child, last)]
    assert places == sorted(places)
    assert "Present danger" in text
    assert SECRET_TEXT not in text


def test_of_two_operators_one_wins_and_the_other_is_told_who(public, operator, other):
    report = report_of(public)
    assert act(operator, report, "claim").status_code == 302
    answer = act(other, report, "claim")
    assert answer.status_code == 400
    assert "Olga took this report already" in answer.content.decode()
    act(operator, report, "hand-back")
    assert act(other, report, "claim").status_code == 302


def test_what_waits_aside_is_counted_and_put_back(public, operator):
    report = report_of(public, age=1)
    assert "1 waits aside" in operator.get("/desk/queue/").content.decode()
    assert report.name not in operator.get("/desk/queue/").content.decode()
    assert report.name in operator.get("/desk/queue/", {"aside": "1"}).content.decode()
    act(operator, report, "real")
    assert report.name in operator.get("/desk/queue/").content.decode()


def test_pages_of_the_queue_follow_each_other_without_gap_or_repetition(public, operator):
    from tutela.site.reports import access

    for number in range(7):
        report_of(public, words=[f"report {number}"], danger=["yes" if number % 2 else "no"])
    before, access.PAGE = access.PAGE, 3
    try:
        seen, address = [], "/desk/queue/"
        while address:
            text = operator.get(address).content.decode()
            seen += re.findall(r'<h2 class="h3"><a href="/desk/reports/([0-9a-f-]+)/"', text)
            following = re.search(r'rel="next" href="([^"]+)"', text)
            address = "/desk/queue/" + following[1].replace("&amp;", "&") if following else ""
    finally:
        access.PAGE = before
    assert len(seen) == len(set(seen)) == 7


def test_a_handover_is_read_and_accepted_by_name(public, operator, police):
    report = report_of(public, danger=["no"])
    answer = act(operator, report, "pass-on", to="federal_police", reason="serious", text="Please")
    assert answer.status_code == 302, answer.content.decode()
    handover = ReportHandover.objects.get()
    assert report.name in police.get("/desk/received/").content.decode()
    shown = police.get(f"/desk/received/{handover.id}/").content.decode()
    assert SECRET_TEXT in shown
    assert "Please" in shown
    police.post(f"/desk/received/{handover.id}/", {"state": "accepted"})
    handover.refresh_from_db()
    assert handover.state == "accepted"
    assert "accepted" in page(operator, report)
    # Replayed: it was answered already.
    again = police.post(f"/desk/received/{handover.id}/", {"state": "refused", "text": "no"})
    assert again.status_code == 400
    handover.refresh_from_db()
    assert handover.state == "accepted"


def test_a_refusal_needs_a_reason_and_comes_back_as_a_task(public, operator, police):
    report = report_of(public)
    act(operator, report, "claim")
    act(operator, report, "pass-on", to="federal_police", reason="serious")
    handover = ReportHandover.objects.get()
    assert police.post(f"/desk/received/{handover.id}/", {"state": "refused"}).status_code == 400
    police.post(f"/desk/received/{handover.id}/", {"state": "refused", "text": "not ours"})
    assert Notice.objects.filter(
        kind="report_refused", user=operator.person, subject_id=report.id
    ).exists()


def test_a_receiver_that_no_rule_names_needs_a_reason(public, operator, police):
    report = report_of(public)
    given = {"danger": ["no"], "forms": ["other"], "words": [SECRET_TEXT]}
    named = {route.to for route in suggest(facts("worried", given))}
    to = next(code for code in receivers() if code not in named)
    answer = act(operator, report, "pass-on", to=to)
    assert answer.status_code == 400
    assert "Say why" in answer.content.decode()
    assert not ReportHandover.objects.exists()


def test_a_receiver_outside_reads_a_code_back_once(public, operator):
    report = report_of(public)
    answer = act(operator, report, "pass-on", to="prosecution", reason="serious")
    code = re.search(r'receipt-words">([A-Z0-9]{8})<', answer.content.decode())[1]
    handover = ReportHandover.objects.get()
    address = f"/desk/reports/{report.id}/handovers/{handover.id}/code/"
    assert operator.post(address, {"who": "P. Person", "code": "WRONG123"}).status_code == 400
    assert operator.post(address, {"who": "", "code": code}).status_code == 400
    assert operator.post(address, {"who": "P. Person", "code": code.lower()}).status_code == 302
    handover.refresh_from_db()
    assert handover.state == "acknowledged"
    assert operator.post(address, {"who": "P. Person", "code": code}).status_code == 400


def test_silence_is_told_to_the_supervisor_once(public, operator, supervisor, police):
    report = report_of(public, danger=["yes"])
    act(operator, report, "pass-on", to="federal_police", reason="abroad")
    ReportHandover.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    system = Actor.system("reports.escalate")
    assert actions.run_clocks(actor=system) == 1
    assert actions.run_clocks(actor=system) == 0
    assert Notice.objects.filter(kind="report_unanswered", user=supervisor.person).count() == 1
    assert "not acknowledged in time" in operator.get("/desk/queue/").content.decode()


# What a child wrote in confidence leaves by the child's wish alone.
def test_a_childs_report_does_not_leave_without_the_wish(public, operator, supervisor, police):
    lookup, secret = words_of(send(public, "child"))
    report = Report.objects.get()
    answer = act(operator, report, "pass-on", to="federal_police", reason="I think so")
    assert answer.status_code == 400
    assert not ReportHandover.objects.exists()
    # Nobody at the desk can set the wish; the child can.
    talk = come_back(public, lookup, secret)
    public.post("/en/report/conversation/",
                {"state": state_of(talk), "go": "write", "wish": "yes"})  # fmt: skip
    assert act(operator, report, "pass-on", to="federal_police", reason="x").status_code == 302


def test_a_ground_needs_a_second_person(public, operator, supervisor, police):
    report = report_of(public, "child")
    act(operator, report, "note", text="life in danger (article 458bis)", kind="ground")
    assert act(operator, report, "pass-on", to="federal_police", reason="x").status_code == 400
    note = report.notes.get()
    own = operator.post(f"/desk/reports/{report.id}/approve/{note.id}/")
    assert own.status_code == 403
    supervisor.post(f"/desk/reports/{report.id}/approve/{note.id}/")
    assert act(operator, report, "pass-on", to="federal_police", reason="x").status_code == 302


def test_a_supervisor_does_not_approve_their_own_ground(public, supervisor, police):
    report = report_of(public, "child")
    act(supervisor, report, "note", text="a ground", kind="ground")
    note = report.notes.get()
    assert supervisor.post(f"/desk/reports/{report.id}/approve/{note.id}/").status_code == 404
    note.refresh_from_db()
    assert note.approved_by is None


def test_imminent_danger_waits_for_nobody(public, operator, supervisor, police):
    report = report_of(public, "child", danger=["yes"])
    assert act(operator, report, "danger", who="", at="2026-01-01T00:00").status_code == 400
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert act(operator, report, "danger", who="Agent Anders", at=now).status_code == 302
    assert "Agent Anders" in page(operator, report)
    assert Notice.objects.filter(kind="danger_call", user=supervisor.person).exists()
    assert act(operator, report, "pass-on", to="federal_police", reason="x").status_code == 302


def test_closing_as_unfounded_takes_two(public, operator, supervisor):
    report = report_of(public)
    assert act(operator, report, "close", outcome="unfounded", text="").status_code == 400
    act(operator, report, "close", outcome="unfounded", text="a joke, it seems")
    report.refresh_from_db()
    assert report.closed_at is None
    agree = f"/desk/reports/{report.id}/closing/agree/"
    assert operator.post(agree, {"agrees": "yes"}).status_code == 403
    supervisor.post(agree, {"agrees": "yes"})
    report.refresh_from_db()
    assert (report.outcome, report.stage) == ("unfounded", "closed")
    assert act(operator, report, "reopen").status_code == 302
    report.refresh_from_db()
    assert report.closed_at is None


def test_the_telephone_sheet_takes_what_is_said(public, operator):
    answer = operator.post(
        "/desk/call/",
        {"caller": "worried", "danger": "yes", "words": "a neighbour calls", "language": "nl",
         "age": "10-13", "situations": ["runaway"]},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    report = Report.objects.get()
    assert (report.channel, report.danger, report.language) == ("phone", True, "nl")
    assert report.claimed_by == operator.person
    assert "a neighbour calls" in page(operator, report)
    empty = operator.post("/desk/call/", {"caller": "worried", "danger": "no", "place": "Gent"})
    assert empty.status_code == 400
    assert "Gent" in empty.content.decode()


# Threat: insecure direct object reference, on every id.
def test_nothing_of_a_report_opens_for_another_organisation(public, operator, police):
    report = report_of(public)
    act(operator, report, "pass-on", to="prosecution", reason="x")
    handover = ReportHandover.objects.get()
    elsewhere = make_organisation("elsewhere")
    stranger = browser(
        make_person(elsewhere, Role.OPERATOR, Role.SUPERVISOR, Role.LIAISON, name="Stan")
    )
    zero = "00000000-0000-0000-0000-000000000000"
    assert stranger.get(f"/desk/reports/{report.id}/").status_code == 404
    assert stranger.get(f"/desk/received/{handover.id}/").status_code == 404
    for what in ("claim", "hand-back", "read", "real", "answer", "note", "danger", "close",
                 "reopen", "pass-on"):  # fmt: skip
        form = {"text": "x", "who": "x", "at": "2026-01-01T00:00", "outcome": "known",
                "to": "prosecution"}  # fmt: skip
        assert act(stranger, report, what, **form).status_code == 404, what
    for rest in (f"approve/{zero}/", "closing/agree/", f"addresses/{zero}/gone/",
                 f"handovers/{handover.id}/code/"):  # fmt: skip
        assert stranger.post(f"/desk/reports/{report.id}/{rest}").status_code == 404, rest
    assert police.get(f"/desk/received/{handover.id}/").status_code == 404
    assert stranger.post(f"/desk/received/{handover.id}/", {"state": "accepted"}).status_code == 404
    assert report.name not in stranger.get("/desk/queue/").content.decode()


# Threat: a stored script in every field.
def test_what_anybody_wrote_is_shown_as_text(public, operator, police):
    nasty = "<script>alert(1)</script>"
    report = report_of(public, words=[nasty], place=[nasty], child=[nasty], suspect=[nasty])
    act(operator, report, "note", text=nasty)
    act(operator, report, "pass-on", to="federal_police", reason=nasty, text=nasty)
    address = f"/desk/received/{ReportHandover.objects.get().id}/"
    police.post(address, {"state": "accepted", "text": nasty})
    for shown in (page(operator, report), police.get(address).content.decode()):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


def test_the_queue_asks_the_database_the_same_for_many_as_for_few(public, operator):
    report_of(public, words=["one"])
    with CaptureQueriesContext(connection) as few:
        operator.get("/desk/queue/")
    for number in range(6):
        report_of(public, words=[f"more {number}"])
    with CaptureQueriesContext(connection) as many:
        operator.get("/desk/queue/")
    assert len(many) == len(few)
    # To group is to touch every report there is before the first forty are known.
    assert not [one["sql"] for one in many if "GROUP BY" in one["sql"] and "report" in one["sql"]]


def test_copies_of_a_report_are_counted_in_the_queue(public, operator):
    report_of(public, words=["the same"])
    send(public, "worried", words=["the same"])
    assert "sent 1 more time" in operator.get("/desk/queue/").content.decode()


def test_the_desks_own_figures(public, operator, supervisor):
    report = report_of(public)
    act(operator, report, "read")
    shown = supervisor.get("/desk/figures/").content.decode()
    assert "1 / 1" in shown
    assert operator.get("/desk/figures/").status_code == 403


def test_an_emergency_opens_a_report_for_reading(public, operator, hotline):
    """The kind is declared, so that whoever has broken the glass can be let in."""
    from tutela.site.permissions.records import find, kind_of

    report = report_of(public)
    assert kind_of("report").read_action == "reports.read"
    assert find("report", report.id).envelope_id == report.envelope_id


# Routing.
def test_every_report_gets_a_receiver_and_never_interpol_or_europol():
    assert not NOT_DIRECTLY & set(receivers())
    assert not NOT_DIRECTLY & {route.to for route in routes()}
    for door in ("child", "worried", "travel", "images"):
        assert suggest(facts(door, {}))
