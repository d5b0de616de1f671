"""The vault: who can open what, what a thief gets, how keys change and are never lost."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client

from tests.site.staff import (
    PASSWORD,
    RECOVERY_PASSPHRASE,
    make_organisation,
    make_person,
    sign_in,
)
from tutela.errors import InputRefused
from tutela.site.accounts.models import Membership, Notice
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Denied
from tutela.site.permissions.roles import Role
from tutela.site.vault import actions, blind_index, crypto, envelopes
from tutela.site.vault.keyring import Keyring
from tutela.site.vault.membership_keys import member_key
from tutela.site.vault.models import EnvelopeKey, KeyHolder, KeyShare

#: Invented, and unlike anything else that stands in the database.
PERSONAL = {"child": "Zéphyrine Quastenbrück", "street": "Kwikstaartlaan 9123", "born": "3 mei"}


def keyring(person, password=PASSWORD):
    holder = member_key(person.id)
    return Keyring(holder.id, crypto.unwrap(holder.wrapped, password))


@pytest.fixture
def operator(hotline):
    return make_person(hotline, Role.OPERATOR)


@pytest.fixture
def envelope(hotline, operator):
    return envelopes.create("report", organisations=[hotline.id])


def dump():
    """Everything in the database, as a thief of its file would have it."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database
            for row in cursor.fetchall():
                parts += [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                ]
    return b"\x00".join(parts)


def test_members_of_an_entitled_organisation_open_a_record(operator, envelope):
    closed = envelope.close("content", PERSONAL)
    opened = envelopes.open_envelope(envelope.id, keys=keyring(operator))
    assert opened.open("content", closed) == PERSONAL


def test_nobody_else_does(hotline, envelope):
    stranger = make_person(make_organisation("elsewhere"), Role.OPERATOR, name="Xa")
    administrator = make_person(hotline, Role.ADMINISTRATOR)
    for keys in (keyring(stranger), keyring(administrator), None):
        with pytest.raises(crypto.CannotOpen):
            envelopes.open_envelope(envelope.id, keys=keys)


def test_a_field_moved_or_changed_does_not_open(hotline, envelope):
    closed = envelope.close("content", PERSONAL)
    other = envelopes.create("report", organisations=[hotline.id])
    changed = closed[:-1] + bytes([closed[-1] ^ 1])
    for where, name, what in (
        (envelope, "note", closed), (other, "content", closed), (envelope, "content", changed),
    ):  # fmt: skip
        with pytest.raises(crypto.CannotOpen):
            where.open(name, what)


def test_the_wrong_password_opens_nothing(operator):
    with pytest.raises(crypto.CannotOpen):
        keyring(operator, "wrong")


def test_a_stolen_database_with_a_live_session_tells_nothing(browser_of, hotline, settings):
    """Somebody copies the database file while people are signed in and a record is open."""
    client = browser_of(Role.OPERATOR)
    made = envelopes.create("report", organisations=[hotline.id])
    closed = made.close("content", PERSONAL)
    blind_index.index(made.id, "name", [PERSONAL["child"], PERSONAL["street"]])
    client.get("/desk/")
    stolen = dump() + closed
    holder = member_key(client.person.id)
    private = crypto.unwrap(holder.wrapped, PASSWORD)
    share = KeyShare.objects.get(to=holder)
    organisation_private = crypto.unseal(private, share.sealed)
    secret_cookie = client.cookies[settings.SESSION_SECRET_COOKIE].value
    for name, secret in {
        **{key: value.encode() for key, value in PERSONAL.items()},
        "street in Latin": b"kwikstaartlaan",
        "child in Latin": b"quastenbruck",
        "member's private key": private,
        "its hexadecimal": private.hex().encode(),
        "organisation's private key": organisation_private,
        "password": PASSWORD.encode(),
        "browser's secret": secret_cookie.encode(),
    }.items():
        assert secret not in stolen, name


def test_a_session_opens_records_and_without_the_browsers_secret_it_does_not(browser_of, hotline):
    from django.test import RequestFactory

    from tutela.site.vault.keyring import of_session

    client = browser_of(Role.OPERATOR)
    made = envelopes.create("report", organisations=[hotline.id])
    request = RequestFactory().get("/")
    request.session = client.session
    assert of_session(request) is None
    request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    assert envelopes.open_envelope(made.id, keys=of_session(request)).id == made.id


def test_a_new_member_waits_until_a_supervisor_gives_the_key(browser_of, hotline, envelope):
    supervisor = browser_of(Role.SUPERVISOR, name="Sam")
    actions.recover(
        actor=Actor.system("vault.recover"), organisation=hotline, user=supervisor.person,
        **hotline.recovery,
    )  # fmt: skip
    late = make_person(hotline, Role.CASE_WORKER, name="Lea")
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(late))
    assert Notice.objects.filter(user=supervisor.person, kind="grant_key", done_at=None).exists()
    page = f"/organisations/{hotline.id}/keys/"
    assert "Lea" in supervisor.get(page).content.decode()
    supervisor.post(f"{page}give/{late.id}/")
    assert envelopes.open_envelope(envelope.id, keys=keyring(late)).id == envelope.id
    assert not Notice.objects.filter(kind="grant_key", done_at=None).exists()


def test_a_supervisor_without_the_key_cannot_give_it(browser_of, hotline, envelope):
    supervisor = browser_of(Role.SUPERVISOR, name="Sam")
    late = make_person(hotline, Role.CASE_WORKER, name="Lea")
    supervisor.post(f"/organisations/{hotline.id}/keys/give/{late.id}/")
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(late))


def test_changing_the_password_keeps_the_key(browser_of, hotline):
    client = browser_of(Role.OPERATOR)
    made = envelopes.create("report", organisations=[hotline.id])
    fresh = "three geese over the river"
    form = {"old_password": PASSWORD, "password": fresh, "again": fresh}
    assert client.post("/account/password/", form).status_code == 302
    with pytest.raises(crypto.CannotOpen):
        keyring(client.person)
    assert envelopes.open_envelope(made.id, keys=keyring(client.person, fresh)).id == made.id


def test_starting_anew_gives_a_password_and_no_key(browser_of, hotline, envelope):
    """An administrator who takes an account over this way still reads no record."""
    admin = browser_of(Role.ADMINISTRATOR, name="Ada")
    colleague = browser_of(Role.SUPERVISOR, name="Sam")
    lost = Membership.objects.get(user=colleague.person)
    page = admin.post(f"/memberships/{lost.id}/anew/").content.decode()
    link = re.search(r"/account/invitation/[^<\s]+", page).group()
    fresh = "three geese over the river"
    form = {"name": "Sam", "language": "en", "password": fresh, "again": fresh}
    assert Client(HTTP_HOST="localhost").post(link, form).status_code == 302
    assert colleague.get("/desk/").status_code == 302
    again = sign_in(colleague.person, factor=False, password=fresh)
    assert again.get("/desk/").headers["Location"] == "/account/second-factor/"
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(colleague.person, fresh))


def test_whoever_leaves_loses_the_key_and_it_is_replaced(browser_of, hotline, envelope, operator):
    before = keyring(operator)
    supervisor = browser_of(Role.SUPERVISOR, Role.ADMINISTRATOR, name="Sam")
    actions.recover(
        actor=Actor.system("vault.recover"), organisation=hotline, user=supervisor.person,
        **hotline.recovery,
    )  # fmt: skip
    membership = Membership.objects.get(user=operator)
    supervisor.post(f"/memberships/{membership.id}/end/")
    assert not KeyShare.objects.filter(to=member_key(operator.id)).exists()
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(operator))
    assert Notice.objects.filter(kind="rotate_key", done_at=None).count() == 1
    supervisor.post(f"/organisations/{hotline.id}/keys/replace/")
    current = envelopes.current_key(hotline.id)
    assert current.generation == 2
    assert EnvelopeKey.objects.get(envelope=envelope.id).to_id == current.id
    assert envelopes.open_envelope(envelope.id, keys=keyring(supervisor.person)).id == envelope.id
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=before)


def test_rotation_goes_on_where_it_stopped(hotline, operator, monkeypatch):
    ids = [envelopes.create("report", organisations=[hotline.id]).id for _ in range(5)]
    supervisor = make_person(hotline, Role.SUPERVISOR)
    actions.recover(
        actor=Actor.system("vault.recover"), organisation=hotline, user=supervisor,
        **hotline.recovery,
    )  # fmt: skip
    from tutela.site.accounts.standings import standings

    actor = Actor("Sam", supervisor.id, standings(supervisor), keys=keyring(supervisor))
    monkeypatch.setattr(actions, "BATCH", 2)
    assert actions.rotate_key(actor=actor, organisation=hotline) == 3
    assert set(envelopes.open_many(ids, keys=keyring(operator))) == set(ids)
    assert actions.rotate_key(actor=actor, organisation=hotline) == 1
    assert actions.rotate_key(actor=actor, organisation=hotline) == 0
    assert KeyHolder.objects.filter(organisation=hotline, retired_at=None).count() == 1
    assert set(envelopes.open_many(ids, keys=keyring(operator))) == set(ids)


def test_the_drill_everybody_lost_their_password(hotline, operator, envelope):
    """The recovery key, fetched from its safe, opens what no password opens any more."""
    KeyShare.objects.filter(to=member_key(operator.id)).delete()
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(operator))
    actor = Actor.system("vault.recover")
    wrong = {**hotline.recovery, "passphrase": "wrong"}
    with pytest.raises(InputRefused, match="passphrase"):
        actions.recover(actor=actor, organisation=hotline, user=operator, **wrong)
    actions.recover(actor=actor, organisation=hotline, user=operator, **hotline.recovery)
    assert envelopes.open_envelope(envelope.id, keys=keyring(operator)).id == envelope.id
    assert RECOVERY_PASSPHRASE.encode() not in dump()


def test_recovery_gives_the_key_only_to_whoever_is_entitled(hotline, operator):
    administrator = make_person(hotline, Role.ADMINISTRATOR)
    with pytest.raises(InputRefused, match="not entitled"):
        actions.recover(
            actor=Actor.system("vault.recover"), organisation=hotline, user=administrator,
            **hotline.recovery,
        )  # fmt: skip


def test_only_the_command_made_for_it_recovers(hotline, operator):
    with pytest.raises(Denied):
        actions.recover(
            actor=Actor.system("accounts.create"), organisation=hotline, user=operator,
            **hotline.recovery,
        )  # fmt: skip


def test_a_shredded_record_stays_closed_to_everybody(hotline, operator, envelope):
    blind_index.index(envelope.id, "name", ["Zéphyrine"])
    envelopes.shred(envelope.id)
    with pytest.raises(crypto.CannotOpen):
        envelopes.open_envelope(envelope.id, keys=keyring(operator))
    assert blind_index.find("name", "zephyrine") == frozenset()


def test_another_organisation_opens_a_record_once_it_is_shared(hotline, operator, envelope):
    police = make_organisation("police")
    liaison = make_person(police, Role.LIAISON)
    assert envelopes.entitled(envelope.id) == {hotline.id}
    envelopes.share(envelope.id, police.id, keys=keyring(operator))
    assert envelopes.entitled(envelope.id) == {hotline.id, police.id}
    assert envelopes.open_envelope(envelope.id, keys=keyring(liaison)).id == envelope.id


def test_an_organisation_without_a_key_receives_nothing(operator, envelope):
    empty = make_organisation("empty")
    with pytest.raises(envelopes.NoKey):
        envelopes.share(envelope.id, empty.id, keys=keyring(operator))


def test_whole_words_are_found_however_they_are_written(hotline, operator, envelope):
    blind_index.index(envelope.id, "name", ["Zéphyrine  QUASTENBRÜCK"])
    assert blind_index.find("name", "quastenbruck zephyrine") == {envelope.id}
    for nothing in ("quasten", "", "  ", "zephyrine jansen"):
        assert blind_index.find("name", nothing) == frozenset()
    assert blind_index.find("street", "zephyrine") == frozenset()


def test_a_key_is_wrapped_at_the_cost_of_its_time(settings):
    wrapped = crypto.wrap(b"x" * 32, "password")
    settings.VAULT_KDF = (2, 16384)
    assert crypto.unwrap(wrapped, "password") == b"x" * 32


def test_a_page_of_records_is_opened_in_one_query(hotline, operator, django_assert_max_num_queries):
    ids = [envelopes.create("report", organisations=[hotline.id]).id for _ in range(10)]
    keys = keyring(operator)
    with django_assert_max_num_queries(2):
        assert len(envelopes.open_many(ids, keys=keys)) == 10


def test_an_unknown_member_is_not_given_a_key(browser_of, hotline):
    supervisor = browser_of(Role.SUPERVISOR)
    answer = supervisor.post(f"/organisations/{hotline.id}/keys/give/{uuid.uuid4()}/")
    assert answer.status_code == 302
    assert Client(HTTP_HOST="localhost").get(answer.headers["Location"]).status_code == 302
