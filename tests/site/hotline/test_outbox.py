"""A receiver outside: sealed to its key, tried until delivered, acknowledged by what is inside."""

import json
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from tests.site.reports.test_sending import SECRET_TEXT
from tests.site.staff import make_organisation, make_person, sign_in
from tutela.site.accounts.models import Notice
from tutela.site.hotline import actions, outbox
from tutela.site.hotline.models import Outgoing, OutsideReceiver
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role

CLOCK = Actor.system("hotline.run_clocks")


def pass_on(operator, report, to="prosecution"):
    answer = operator.post(
        f"/desk/reports/{report.id}/pass-on/", {"to": to, "reason": "it belongs there"}
    )
    assert answer.status_code in {200, 302}, answer.content.decode()
    return report.handovers.get()


def test_the_file_opens_with_the_receivers_key_alone_and_its_code_acknowledges(
    operator, outside, report_of, settings
):
    report = report_of(words=[SECRET_TEXT])
    handover = pass_on(operator, report)
    kept = bytes(Outgoing.objects.get().sealed)
    assert SECRET_TEXT.encode() not in kept
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(kept, [pyrage.x25519.Identity.generate()])
    assert actions.run_clocks(actor=CLOCK) == 0
    file = Path(settings.DATA) / "outside" / "prosecution" / f"{handover.id}.age"
    assert oct(file.stat().st_mode)[-3:] == "600"
    inside = json.loads(pyrage.decrypt(file.read_bytes(), [outside]))
    assert inside["report"]["answers"]["words"] == [SECRET_TEXT]
    address = f"/desk/reports/{report.id}/handovers/{handover.id}/code/"
    operator.post(address, {"who": "Ms Prosecutor", "code": inside["code"].lower()})
    handover.refresh_from_db()
    assert handover.state == "acknowledged"
    assert operator.post(address, {"who": "again", "code": inside["code"]}).status_code == 400


def test_without_a_declared_channel_the_code_is_shown_and_nothing_is_queued(operator, report_of):
    report = report_of()
    pass_on(operator, report)
    assert not Outgoing.objects.exists()


def test_a_handover_replayed_does_not_leave_twice(operator, outside, report_of):
    report = report_of()
    handover = pass_on(operator, report)
    again = {
        "organisation_id": report.organisation_id, "handover_id": handover.id,
        "report_id": report.id, "to": "prosecution", "extract": {}, "code": "X",
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.put_out(**again)
    for _ in range(3):
        actions.run_clocks(actor=CLOCK)
    assert Outgoing.objects.get().attempts == 1


def test_nothing_is_lost_while_the_other_side_is_down(
    operator, supervisor, outside, report_of, settings
):
    """The folder cannot be written: tried again ever more rarely, and a person is told."""
    (Path(settings.DATA) / "outside").write_text("in the way")
    pass_on(operator, report_of())
    now = timezone.now()
    for failures in range(1, 4):
        now += timedelta(days=1)
        assert actions.run_clocks(actor=CLOCK, now=now) == 1
        assert actions.run_clocks(actor=CLOCK, now=now) == 0
        assert Outgoing.objects.get().attempts == failures
    assert Notice.objects.filter(kind="outside_failing", user=supervisor.person).count() == 1
    page = supervisor.get("/desk/outside/").content.decode()
    assert "tried 3 times" in page
    assert "not delivered yet" in page
    (Path(settings.DATA) / "outside").unlink()
    assert supervisor.post(f"/desk/outside/{Outgoing.objects.get().id}/again/").status_code == 302
    assert actions.run_clocks(actor=CLOCK) == 0
    assert Outgoing.objects.get().delivered_at
    assert "delivered" in supervisor.get("/desk/outside/").content.decode()


def test_mail_carries_the_sealed_file_and_no_word_of_it(operator, supervisor, report_of):
    identity = pyrage.x25519.Identity.generate()
    form = {
        "to": "prosecution", "channel": "mail", "mail": "desk@prosecution.example",
        "recipient": str(identity.to_public()),
    }  # fmt: skip
    supervisor.post("/desk/outside/receivers/", form)
    report = report_of(words=[SECRET_TEXT])
    pass_on(operator, report)
    mail.outbox.clear()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        actions.run_clocks(actor=CLOCK)
    (message,) = mail.outbox
    assert message.to == ["desk@prosecution.example"]
    assert SECRET_TEXT not in message.message().as_string()
    assert "http" not in message.body
    assert report.name not in message.body + message.subject
    (attached,) = message.attachments
    assert json.loads(pyrage.decrypt(attached[1], [identity]))["report"]["name"] == report.name


@pytest.mark.parametrize(
    "changed",
    [{"recipient": "age1nonsense"}, {"channel": "mail"}, {"to": "interpol"}, {"to": "europol"}],
)
def test_a_channel_that_cannot_work_is_refused_with_what_was_typed(supervisor, changed):
    """Europol and INTERPOL are reached through the Federal Police, never by a channel here."""
    key = str(pyrage.x25519.Identity.generate().to_public())
    form = {"to": "prosecution", "channel": "folder", "recipient": key} | changed
    answer = supervisor.post("/desk/outside/receivers/", form)
    assert answer.status_code == 400
    assert form["recipient"] in answer.content.decode()
    assert not OutsideReceiver.objects.exists()


def test_an_operator_declares_no_receiver(operator):
    """Whoever could name the key could read what leaves: a supervisor compares it first."""
    assert operator.post("/desk/outside/receivers/", {}).status_code == 403
    assert "Declare a channel" not in operator.get("/desk/outside/").content.decode()


def test_another_desks_outbox_is_neither_seen_nor_touched(operator, outside, report_of):
    pass_on(operator, report_of())
    other = make_organisation("elsewhere")
    stranger = sign_in(make_person(other, Role.SUPERVISOR, name="Xa"))
    one = Outgoing.objects.get()
    assert str(one.report_id) not in stranger.get("/desk/outside/").content.decode()
    assert stranger.post(f"/desk/outside/{one.id}/again/").status_code == 404
