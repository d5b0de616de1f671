"""How long records are kept: what is due, what a hold blocks, and that erased means gone."""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.site.staff import make_organisation, make_person
from tests.site.test_vault import dump
from tutela.errors import InputRefused, SafetyBlock
from tutela.site.accounts.models import Notice
from tutela.site.accounts.notices import notify
from tutela.site.audit.models import Entry
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.retention import classes
from tutela.site.retention.actions import run
from tutela.site.retention.classes import retention_classes
from tutela.site.retention.models import Hold
from tutela.site.shifts.models import Handover
from tutela.site.vault import blind_index, envelopes
from tutela.site.vault.models import Envelope, EnvelopeKey, IndexToken

TODAY = date(2026, 11, 25)
RUN = Actor.system("retention.run")
NOTE = "Zéphyrine Quastenbrück calls again"


@pytest.fixture
def lead(browser_of):
    return browser_of(Role.SUPERVISOR, name="Lead")


@pytest.fixture
def olga(hotline, lead):
    return make_person(hotline, Role.OPERATOR, name="Olga")


def handover(hotline, lead, olga, settled):
    """A settled handover, findable, with a notice about it."""
    made = envelopes.create("shift", organisations=[hotline.id])
    envelopes.retain_from(made.id, settled)
    blind_index.index(made.id, "note", [NOTE])
    row = Handover.objects.create(
        organisation=hotline, user=lead.person, to=olga, envelope_id=made.id,
        note=made.close("note", NOTE), due_at=timezone.now(), taken_at=timezone.now(),
    )  # fmt: skip
    notify([olga.id], "handover", row.id)
    return row


def test_what_is_due_is_erased_and_nothing_of_it_is_left(hotline, lead, olga):
    old = handover(hotline, lead, olga, TODAY - timedelta(days=30))
    young = handover(hotline, lead, olga, TODAY - timedelta(days=29))
    before = dump()
    sealed = bytes(EnvelopeKey.objects.get(envelope=old.envelope_id).sealed)
    assert bytes(old.note) in before

    dry = run(actor=RUN, today=TODAY, dry=True)
    assert (dry.classes["shift"].due, dry.classes["shift"].erased) == (1, 0)
    assert Handover.objects.count() == 2

    done = run(actor=RUN, today=TODAY)
    assert done.classes["shift"].erased == 1
    assert list(Handover.objects.all()) == [young]
    after = dump()
    assert bytes(old.note) not in after
    assert sealed not in after
    assert not IndexToken.objects.filter(envelope=old.envelope_id).exists()
    assert blind_index.find("note", NOTE) == {young.envelope_id}
    assert [one.subject_id for one in Notice.objects.filter(kind="handover")] == [young.id]
    row = Entry.objects.get(action="retention.run")
    assert (row.kind, row.details) == ("shift", {"erased": 1})
    assert [one.subject_id for one in row.subjects.all()] == [old.id]
    assert run(actor=RUN, today=TODAY).classes["shift"].due == 0


def test_a_hold_blocks_until_it_is_lifted_or_over(hotline, lead, olga):
    row = handover(hotline, lead, olga, TODAY - timedelta(days=90))
    until = timezone.localdate() + timedelta(days=3)
    said = {"kind": "handover", "record": row.id, "reason": "Order 7 (synthetic)", "until": until}
    assert lead.post("/retention/hold/", said).status_code == 302
    for day, erased in ((until, 0), (until + timedelta(days=1), 1)):
        done = run(actor=RUN, today=day, dry=True)
        assert done.classes["shift"].due - done.classes["shift"].held == erased
    assert run(actor=RUN, today=until).classes["shift"].erased == 0
    page = lead.get("/retention/").content.decode()
    assert "Order 7 (synthetic)" in page
    assert "Lead" in page
    assert b"Order 7" not in dump()
    lead.post(f"/retention/holds/{Hold.objects.get().id}/lift/")
    assert run(actor=RUN, today=until).classes["shift"].erased == 1


def test_only_a_record_that_one_is_entitled_to_can_be_held(hotline, lead, olga, browser_of):
    row = handover(hotline, lead, olga, TODAY)
    stranger = browser_of(Role.SUPERVISOR, organisation=make_organisation("care"), name="Xa")
    said = {"kind": "handover", "record": row.id, "reason": "because", "until": "2030-01-01"}
    assert stranger.post("/retention/hold/", said).status_code == 404
    said["record"] = uuid.uuid4()
    assert lead.post("/retention/hold/", said).status_code == 400
    said |= {"record": row.id, "until": "2020-01-01"}
    assert lead.post("/retention/hold/", said).status_code == 400
    assert not Hold.objects.exists()


def test_what_has_not_happened_yet_is_never_due(hotline, lead, olga):
    row = handover(hotline, lead, olga, TODAY)
    Envelope.objects.filter(id=row.envelope_id).update(retain_from=None)
    assert run(actor=RUN, today=date(2100, 1, 1)).classes["shift"].due == 0


def test_a_class_without_a_period_is_named(hotline, lead):
    envelopes.create("postcards", organisations=[hotline.id])
    assert run(actor=RUN, today=TODAY, dry=True).undeclared == {"postcards": 1}


def test_a_record_that_its_app_does_not_know_is_not_erased(hotline, lead, olga):
    """Two apps under one class: the key of a record must not go while its rows stay."""
    row = handover(hotline, lead, olga, TODAY - timedelta(days=90))
    Handover.objects.all().delete()
    with pytest.raises(SafetyBlock, match="its app knows 0"):
        run(actor=RUN, today=TODAY)
    assert EnvelopeKey.objects.filter(envelope=row.envelope_id).exists()


def test_an_error_half_way_leaves_the_record_whole(hotline, lead, olga, monkeypatch):
    row = handover(hotline, lead, olga, TODAY - timedelta(days=90))
    monkeypatch.setattr("tutela.site.retention.actions.forget", lambda numbers: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(actor=RUN, today=TODAY)
    assert Handover.objects.get() == row
    assert EnvelopeKey.objects.filter(envelope=row.envelope_id).exists()


@pytest.mark.parametrize(
    ("today", "before"),
    [(date(2026, 3, 31), date(2021, 2, 27)), (date(2024, 2, 29), date(2019, 1, 28))],
)
def test_periods_count_by_the_calendar(today, before):
    row = {"class": "x", "event": "closed", "period": "P5Y1M1D", "basis": "", "source": "",
           "status": "", "fr": "", "nl": "", "de": "", "en": ""}  # fmt: skip
    assert classes._read(row, "here").due_before(today) == before


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_longer_is_never_due_sooner(today):
    periods = sorted((one.due_before(today) for one in retention_classes().values()), reverse=True)
    assert periods[0] < today
    assert retention_classes()["shift"].due_before(today) == today - timedelta(days=30)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("period", "five years", "is no period"), ("event", "full moon", "is no event")],
)
def test_a_faulty_declaration_is_refused_by_row_and_column(column, value, words):
    row = {"class": "x", "event": "closed", "period": "P5Y", "basis": "", "source": "",
           "status": "", "fr": "", "nl": "", "de": "", "en": "", column: value}  # fmt: skip
    with pytest.raises(InputRefused, match=f"line 3, column {column}: '{value}' {words}"):
        classes._read(row, "line 3")


PLANT = """
import os, sys
from datetime import date
from pathlib import Path
from tutela.site.start import start
start("agency", Path("data"))
from django.utils import timezone
from tests.site.staff import make_organisation, make_person, make_recovery_key
from tests.site.test_retention import NOTE, handover
from tutela.site.permissions.roles import Role
from tutela.site.vault.models import EnvelopeKey, IndexToken
from types import SimpleNamespace
make_recovery_key(Path("."))
body = make_organisation()
lead = SimpleNamespace(person=make_person(body, Role.SUPERVISOR, name="Lead"))
row = handover(body, lead, make_person(body, Role.OPERATOR, name="Olga"), date(2020, 1, 1))
secrets = [bytes(row.note), bytes(EnvelopeKey.objects.get(envelope=row.envelope_id).sealed)]
secrets += [bytes(one.token) for one in IndexToken.objects.all()]
print(*[one.hex() for one in secrets])
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a matter of SQLite's file")
def test_no_byte_of_it_is_left_in_the_database_file(tmp_path):
    """Somebody takes the file after the erasure, with the organisation's key in his hand."""
    here = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(here), "TUTELA_DATABASE_URL": ""}

    def python(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def file():
        return b"".join(path.read_bytes() for path in tmp_path.glob("data/site.sqlite3*"))

    secrets = [bytes.fromhex(one) for one in python("-c", PLANT).split()]
    assert len(secrets) == 6
    assert all(one in file() for one in secrets)
    assert all(word.encode() not in file() for word in NOTE.split())
    tutela = ("-m", "tutela.cli.main", "retention", "--data", "data", "run", "--json")
    assert json.loads(python(*tutela, "--dry-run"))["classes"]["shift"]["due"] == 1
    assert all(one in file() for one in secrets), "a dry run changes nothing"
    # Somebody works on the site meanwhile, so that its log is not cut off when the command ends.
    site = sqlite3.connect(tmp_path / "data" / "site.sqlite3")
    site.execute("SELECT count(*) FROM shifts_handover").fetchone()
    done = json.loads(python(*tutela))
    assert done["classes"]["shift"]["erased"] == 1
    assert done["wiped"]
    assert [one for one in secrets if one in file()] == []
    site.close()
