"""What a site does every minute beside its pages."""

import threading
from datetime import timedelta

from django.core import mail
from django.utils import timezone

from tests.site.staff import make_person, sign_in
from tutela.site.accounts.notices import notify
from tutela.site.audit.models import Entry
from tutela.site.permissions.roles import Role
from tutela.site.upkeep import once, work


def test_waiting_mail_is_sent_and_the_log_is_sealed(hotline, transactional_db):
    person = make_person(hotline, Role.OPERATOR, name="Olga")
    sign_in(person)
    notify([person.id], "deputy")
    done, today = once()
    assert today == timezone.localdate()
    assert [message.to for message in mail.outbox] == [[person.email]]
    assert done["sealed"] > 0
    assert not Entry.objects.filter(position=None).exists()


def test_a_new_day_signs_the_one_before(hotline, transactional_db, settings, tmp_path):
    settings.AUDIT_ROOTS = tmp_path
    sign_in(make_person(hotline, Role.OPERATOR, name="Olga"))
    _, today = once()
    done, _ = once(today - timedelta(days=1))
    assert done["signed"] == 1


def test_one_failure_does_not_end_the_work(monkeypatch, transactional_db):
    from tutela.site import upkeep

    stop, told = threading.Event(), []

    def tell(done):
        told.append(done)
        stop.set()

    monkeypatch.setattr(upkeep, "once", lambda signed: 1 / 0)
    work(stop, tell)
    assert told == [{"failed": 1}]
