"""The registers of processing and of breaches: complete, and the 72 hours kept."""

import csv
import json
from datetime import timedelta
from importlib.resources import files

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.site.staff import make_organisation
from tests.site.test_emergency import tasks
from tutela.cli.main import cli
from tutela.errors import InputRefused
from tutela.site.audit.models import Entry
from tutela.site.data_protection import register
from tutela.site.data_protection.actions import run_clocks
from tutela.site.data_protection.models import Breach
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.retention.classes import retention_classes

CLOCK = Actor.system("data_protection.run_clocks")
NEW = "/data-protection/breaches/new/"


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def said(organisation, hours_ago=1, **more):
    return {
        "organisation": str(organisation.id), "nature": ["confidentiality"],
        "aware_at": local(timezone.now() - timedelta(hours=hours_ago)),
        "description": "A letter went to the wrong address (synthetic).", **more,
    }  # fmt: skip


@pytest.fixture
def watch(browser_of):
    return browser_of(Role.OVERSIGHT, name="Watch")


def record(client, organisation, **more):
    answer = client.post(NEW, said(organisation, **more))
    assert answer.status_code == 302, answer.content.decode()
    return Breach.objects.latest("recorded_at")


def decide(client, breach, **decision):
    return client.post(f"/data-protection/breaches/{breach.id}/decide/", decision)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ANALYST, Role.GUARDIAN])
def test_whoever_notices_records_it_and_oversight_knows_at_once(hotline, browser_of, watch, role):
    finder = browser_of(role, name="Finder")
    made = record(finder, hotline, people="")
    assert made.people is None, "unknown is not zero"
    assert tasks(watch, "breach") == 1
    page = f"/data-protection/breaches/{made.id}/"
    assert "70 hours left" in watch.get("/data-protection/breaches/").content.decode()
    assert "The 72 hours" not in watch.get(page).content.decode()
    assert finder.get(page).status_code == 403


def test_the_clock_warns_a_day_before_and_at_the_end_once_each(hotline, watch, browser_of):
    administrator = browser_of(Role.ADMINISTRATOR, name="Adm")
    made = record(administrator, hotline)
    moments = [47, 48, 60, 72, 90]
    told = [
        run_clocks(actor=CLOCK, now=made.aware_at + timedelta(hours=hours)) for hours in moments
    ]
    assert told == [0, 1, 0, 1, 0]
    assert tasks(watch, "breach_late") == tasks(administrator, "breach_late") == 1
    Breach.objects.update(aware_at=timezone.now() - timedelta(hours=73))
    assert "late:" in watch.get("/data-protection/breaches/").content.decode()


def test_a_risk_must_be_notified_and_none_needs_a_reason(hotline, watch):
    made = record(watch, hotline)
    for decision, words in [
        ({"risk": "risk", "reason": "no time"}, "must be notified"),
        ({"risk": "unlikely"}, "Say why the authority is not told"),
        ({"risk": "high", "notified_at": local(timezone.now())}, "the people concerned are told"),
        ({"risk": "risk", "notified_at": "2020-01-01T00:00"}, "before it was known"),
    ]:
        answer = decide(watch, made, **decision)
        assert answer.status_code == 400, decision
        assert words in answer.content.decode()
    made.refresh_from_db()
    assert made.decided_at is None
    assert decide(watch, made, risk="unlikely", reason="It came back unopened.").status_code == 302
    made.refresh_from_db()
    assert made.state() == "not_notified"
    assert tasks(watch, "breach") == 0
    assert run_clocks(actor=CLOCK, now=timezone.now() + timedelta(days=9)) == 0
    assert Entry.objects.filter(action="data_protection.decide_breach", act="write").count() == 1


def test_late_needs_a_reason_and_in_time_does_not(hotline, watch):
    made = record(watch, hotline, hours_ago=80)
    now = local(timezone.now())
    assert decide(watch, made, risk="risk", notified_at=now).status_code == 400
    late = {"risk": "risk", "notified_at": now, "reason": "Nobody was in."}
    assert decide(watch, made, **late).status_code == 302
    made.refresh_from_db()
    assert made.state() == "notified_late"
    made.aware_at += timedelta(hours=70)
    made.save()
    assert made.state() == "notified"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"aware_at": "2200-01-01T00:00"}, "lies in the future"),
        ({"happened_at": "HERE"}, "before it happened"),
        ({"people": "-1"}, "greater than or equal to 0"),
        ({"nature": []}, "This field is required"),
    ],
)
def test_impossible_times_and_numbers_are_refused(hotline, watch, more, words):
    more = {key: local(timezone.now()) if v == "HERE" else v for key, v in more.items()}
    answer = watch.post(NEW, said(hotline, **more))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Breach.objects.exists()


def test_other_organisations_see_nothing_of_it(hotline, watch, browser_of):
    made = record(watch, hotline)
    other = browser_of(Role.OVERSIGHT, organisation=make_organisation("care"), name="Other")
    assert other.get(f"/data-protection/breaches/{made.id}/").status_code == 404
    assert decide(other, made, risk="unlikely", reason="x").status_code == 404
    assert str(made.id) not in other.get("/data-protection/breaches/").content.decode()
    assert other.post(NEW, said(hotline)).status_code == 400


@pytest.mark.parametrize("language", register.LANGUAGES)
def test_the_register_of_processing_is_complete_in_each_language(language):
    activities = register.processing(language)
    assert {one.site for one in activities} >= {"agency", "centre", "public"}
    for one in activities:
        assert one.name
        assert one.purpose
        assert one.basis
        assert one.retention in {"", *retention_classes()}
    assert all(one.name and one.scope for one in register.authorities(language))


def test_no_term_is_left_over():
    rows = csv.DictReader(
        (files("tutela") / "countries/be/processing_terms.csv").read_text("utf-8").splitlines()
    )
    used = {
        (column, code)
        for row in register._rows("processing.csv", "be")
        for column in register.TERMS
        for code in row[column].split()
    }
    assert {(row["kind"], row["code"]) for row in rows} == used


def test_a_code_without_words_is_refused_by_row_and_column(monkeypatch):
    real = register._rows

    def rows(name, country):
        found = real(name, country)
        if name == "processing.csv":
            found[1]["data"] = "identity horoscope"
        return found

    monkeypatch.setattr(register, "_rows", rows)
    with pytest.raises(InputRefused, match="line 3, column data: 'horoscope' is no term"):
        register.processing.__wrapped__("en")


def test_the_register_is_shown_on_a_page_and_by_a_command(watch, hotline):
    page = watch.get("/data-protection/processing/").content.decode()
    assert hotline.name in page
    assert "Watch" in page
    assert "10 years" in page
    done = CliRunner().invoke(cli, ["register", "show", "--json", "--language", "nl"])
    assert "Meldingen" in [one["name"] for one in json.loads(done.output)["activities"]]
    assert "Reports (agency" in CliRunner().invoke(cli, ["register", "show"]).output
