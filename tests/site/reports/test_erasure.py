"""The end of a report: five years after it was closed nothing of it is left."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.site.reports.test_desk import act, cheap, operator, police, public, supervisor
from tests.site.reports.test_sending import SECRET_TEXT, come_back, send, words_of
from tests.site.test_vault import dump
from tutela.site.permissions.actor import Actor
from tutela.site.reports.models import Address, Message, Note, Report, ReportHandover, WayBack
from tutela.site.retention.actions import run
from tutela.site.vault.models import EnvelopeKey, HolderKind, KeyHolder

__all__ = ["cheap", "operator", "police", "public", "supervisor"]  # fixtures

RUN = Actor.system("retention.run")
FIVE_YEARS = timedelta(days=5 * 366)


def closed(report, days_ago=0):
    moment = timezone.now() - timedelta(days=days_ago)
    Report.objects.filter(id=report.id).update(closed_at=moment, stage="closed")


@pytest.fixture
def full(public, operator, police):
    """A report with a way back, a message, a line of the log, and a handover."""
    words = words_of(send(public, "worried", danger=["yes"]))
    report = Report.objects.get()
    come_back(public, *words)
    act(operator, report, "answer", text="Thank you for telling.")
    act(operator, report, "note", text="Called back.", kind="contact")
    act(operator, report, "pass-on", to="federal_police", reason="serious danger")
    assert ReportHandover.objects.count() == 1
    assert WayBack.objects.count() == 1
    assert Message.objects.exists()
    assert Note.objects.exists()
    report.words = words
    return report


def test_a_closed_report_goes_with_everything_that_belongs_to_it(full, operator):
    pieces = [bytes(full.answers), bytes(ReportHandover.objects.get().extract), full.name.encode()]
    pieces += [bytes(one.words) for rows in (Message, Note) for one in rows.objects.all()]
    pieces += [bytes(one.sealed) for one in EnvelopeKey.objects.filter(envelope=full.envelope_id)]
    assert all(one in dump() for one in pieces)
    later = timezone.localdate() + FIVE_YEARS
    assert run(actor=RUN, today=later).classes["report"].due == 0, "it is open"
    closed(full)
    assert run(actor=RUN, today=later, dry=True).classes["report"].due == 1
    assert run(actor=RUN, today=later).classes["report"].erased == 1
    for rows in (Report, WayBack, Message, Note, Address, ReportHandover):
        assert not rows.objects.exists(), rows
    assert not KeyHolder.objects.filter(kind=HolderKind.REPORTER).exists()
    stolen = dump()
    assert [one for one in pieces if one in stolen] == []
    assert SECRET_TEXT not in come_back(Client(HTTP_HOST="localhost"), *full.words).content.decode()


def test_a_folded_report_goes_with_the_one_it_was_folded_into_unless_it_is_held(
    public, operator, supervisor
):
    for _ in range(2):
        send(public, "worried", way="none")
    first, second = Report.objects.order_by("received_at")
    assert second.folded_into == first
    closed(first)
    later = timezone.localdate() + FIVE_YEARS
    said = {"kind": "report", "record": second.id, "reason": "Order 7", "until": later}
    assert supervisor.post("/retention/hold/", said).status_code == 302
    done = run(actor=RUN, today=later).classes["report"]
    assert (done.due, done.held, done.erased) == (2, 1, 1)
    second.refresh_from_db()
    assert second.folded_into is None
    assert second.closed_at == Report.objects.get().closed_at
    assert run(actor=RUN, today=later + timedelta(days=1)).classes["report"].erased == 1
    assert not Report.objects.exists()
