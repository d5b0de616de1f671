"""The audit log: what it holds, that it cannot be rewritten unseen, who reads it."""

import json
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.site.staff import make_organisation, make_person
from tutela.site.audit.access import who_read
from tutela.site.audit.models import Act, DayRoot, Entry, SealState, Subject
from tutela.site.audit.record import record
from tutela.site.audit.seal import START, link, merkle_root, seal, sign_day
from tutela.site.audit.verify import verify
from tutela.site.key_files import key
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision
from tutela.site.permissions.roles import Purpose, Role


@pytest.fixture(autouse=True)
def keys_of_its_own(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    settings.AUDIT_ROOTS = tmp_path / "roots"


@pytest.fixture
def log(db):
    """Ten rows, the third with forty subjects."""
    for number in range(10):
        record(
            Decision(True, "accounts.see_members", "granted"),
            actor=Actor("Ann", uuid.UUID(int=number + 1)),
            act=Act.READ,
            purpose=Purpose.TRIAGE,
            kind="report",
            subjects=[uuid.uuid4() for _ in range(40 if number == 2 else 1)],
        )
    return list(Entry.objects.order_by("pk"))


def test_what_was_decided_for_one_purpose_is_not_written_down_as_another(db):
    decision = Decision(True, "shifts.read", "granted", purpose=Purpose.TRIAGE)
    entry = record(decision, actor=Actor("x"), act=Act.READ)
    assert entry.purpose == Purpose.TRIAGE
    with pytest.raises(ValueError, match="decided for triage"):
        record(decision, actor=Actor("x"), act=Act.READ, purpose=Purpose.STATISTICS)
    with pytest.raises(ValueError, match="decided for None"):
        record(Decision(True, "shifts.read", "granted"), actor=Actor("x"), act=Act.READ)


def test_a_page_is_one_row_with_all_records_shown(log):
    assert log[2].subjects.count() == 40
    assert Entry.objects.count() == 10


def test_an_intact_log_verifies(log, settings):
    assert verify().unsealed == 10
    assert seal() == 10
    assert seal() == 0
    assert sign_day() is not None
    assert sign_day() is None
    report = verify(settings.AUDIT_ROOTS)
    assert (report.sealed, report.unsealed, report.roots, report.faults) == (10, 0, 1, [])


TAMPERING = {
    "a row changed": lambda: Entry.objects.filter(position=4).update(user_id=uuid.uuid4()),
    "a time moved": lambda: Entry.objects.filter(position=4).update(time=timezone.now()),
    "a row removed": lambda: (
        Subject.objects.filter(entry__position=4).delete(),
        Entry.objects.filter(position=4).delete(),
    ),
    "the last row removed": lambda: (
        Subject.objects.filter(entry__position=10).delete(),
        Entry.objects.filter(position=10).delete(),
    ),
    "a subject added": lambda: Subject.objects.create(
        entry=Entry.objects.get(position=4), subject_id=uuid.uuid4()
    ),
    "a subject removed": lambda: Subject.objects.filter(entry__position=3).first().delete(),
    "two rows swapped": lambda: (
        Entry.objects.filter(position=4).update(position=99),
        Entry.objects.filter(position=5).update(position=4),
        Entry.objects.filter(position=99).update(position=5),
    ),
    "the root forged": lambda: DayRoot.objects.update(root=b"\x01" * 32),
}


@pytest.mark.parametrize("how", sorted(TAMPERING))
def test_tampering_is_found(log, how):
    seal()
    sign_day()
    TAMPERING[how]()
    assert verify().faults, how


def test_a_history_rewritten_with_all_keys_differs_from_the_roots_kept_elsewhere(log, settings):
    """An administrator with database and keys rewrites everything; the copies elsewhere tell."""
    seal()
    sign_day()
    Entry.objects.filter(position=4).update(user_id=uuid.uuid4(), act=Act.WRITE)
    Entry.objects.update(position=None, mac=None)
    SealState.objects.all().delete()
    DayRoot.objects.all().delete()
    kept = {path.name: path.read_bytes() for path in settings.AUDIT_ROOTS.iterdir()}
    seal()
    sign_day()
    assert verify().faults == []
    for name, was in kept.items():
        (settings.AUDIT_ROOTS / name).write_bytes(was)
    assert "is another one" in verify(settings.AUDIT_ROOTS).faults[0]


def test_without_the_chains_key_no_seal_can_be_made(log):
    seal()
    entry = Entry.objects.get(position=1)
    assert link(START, entry, key("audit-chain")) == bytes(entry.mac)
    assert link(START, entry, b"\x00" * 32) != bytes(entry.mac)


def test_the_next_day_has_a_root_of_its_own(log):
    seal()
    sign_day()
    DayRoot.objects.update(day=timezone.localdate() - timedelta(days=1))
    record(
        Decision(True, "accounts.invite", "granted"), actor=Actor("Ann"), act=Act.WRITE,
        purpose=Purpose.ADMINISTRATION,
    )  # fmt: skip
    seal()
    root = sign_day()
    assert (root.first_position, root.last_position) == (11, 11)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_merkle_root_depends_on_every_leaf_and_on_their_order(leaves, data):
    root = merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:place], b"\xff" + leaves[place][1:], *leaves[place + 1 :]]
    assert (merkle_root(changed) == root) == (changed == leaves)
    turned = leaves[::-1]
    assert (merkle_root(turned) == root) == (turned == leaves)


def test_who_read_a_file_names_people_roles_and_purposes(hotline):
    person = make_person(hotline, Role.OPERATOR, name="Olga")
    subject = uuid.uuid4()
    standing = SimpleNamespace(role=Role.OPERATOR, organisation_id=hotline.id, lent_by="Sam")
    record(
        Decision(True, "accounts.see_members", "granted", None, standing),
        actor=Actor("Olga", person.id), act=Act.READ, purpose=Purpose.PROTECTION,
        kind="report", subjects=[subject],
    )  # fmt: skip
    (line,) = who_read(subject)
    assert (line.who, line.role, line.purpose) == (
        "Olga", "hotline operator", "protection of a child",
    )  # fmt: skip
    assert line.deputy
    assert who_read(uuid.uuid4()) == []


def test_oversight_sees_its_organisation_and_is_seen_looking(browser_of, hotline):
    operator = browser_of(Role.OPERATOR, name="Olga")
    operator.get("/organisations/")
    other = make_organisation("elsewhere")
    make_person(other, Role.OPERATOR, name="Xaver Elsewhere")
    watcher = browser_of(Role.OVERSIGHT, name="Vera")
    text = watcher.get("/audit/", {"act": "denial"}).content.decode()
    assert "Olga" in text
    assert "Xaver" not in text
    assert Entry.objects.filter(action="audit.read", user_id=watcher.person.id).count() == 1
    assert watcher.get("/audit/", {"record": "no number"}).status_code == 400
    assert operator.get("/audit/").status_code == 403


def test_details_hold_no_content(browser_of, hotline):
    admin = browser_of(Role.ADMINISTRATOR)
    admin.post(
        f"/organisations/{hotline.id}/invite/",
        {"email": "somebody.private@hotline.example", "roles": ["operator"]},
    )
    assert "somebody.private" not in json.dumps(list(Entry.objects.values("details")))
