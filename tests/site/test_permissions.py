"""Every address × method × role against the one declared table; and the decision itself."""

import uuid

import pytest
from django.test import Client

from tests.site.addresses import all_addresses
from tests.site.staff import make_organisation
from tutela.site.audit.models import Act, Entry
from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.conditions import WORDS
from tutela.site.permissions.decide import Denied, decide, require
from tutela.site.permissions.gate import Door, declared
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.permissions.table import ACTIONS, COMMANDS, GRANTS


def test_every_address_says_who_may_come_in():
    silent = [address for address, view in all_addresses() if declared(view) is None]
    assert silent == []


def test_guarded_addresses_name_actions_of_the_table():
    for address, view in all_addresses():
        access = declared(view)
        if access.door is Door.GUARDED:
            named = {access.read, access.write} - {None}
            assert named, address
            assert named <= set(ACTIONS), address


def test_the_table_has_words_for_all_it_grants():
    assert {grant.action for grant in GRANTS} == set(ACTIONS)
    assert {grant.condition for grant in GRANTS} <= set(WORDS)
    assert not COMMANDS & set(ACTIONS)
    assert all(grant.purposes for grant in GRANTS)


def is_sign_in(answer):
    return answer.status_code == 302 and answer.headers["Location"].startswith("/account/sign-in/")


METHODS = ("get", "post", "delete")


def walk(client):
    for address, view in all_addresses():
        access = declared(view)
        # The walk must not end the session it walks with.
        if address != "/account/sign-out/" and access.door is not Door.OPEN:
            for method in METHODS:
                yield address, method, access, getattr(client, method)(address)


def test_a_stranger_reaches_the_entrance_only(db, assets, settings):
    settings.STATIC_ROOT = assets
    for address, method, access, answer in walk(Client(HTTP_HOST="localhost")):
        if access.door is Door.ENTRANCE:
            assert answer.status_code in {200, 302, 404, 405}, (address, method)
        else:
            assert is_sign_in(answer), (address, method)


def test_without_a_second_factor_one_can_only_set_one_up(browser_of):
    client = browser_of(*Role, factor=False)
    for address, method, access, answer in walk(client):
        if access.door in {Door.SIGNED_IN, Door.GUARDED}:
            assert answer.status_code == 302, (address, method)
            assert answer.headers["Location"] == "/account/second-factor/", (address, method)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_the_table_grants_and_nothing_else(browser_of, role):
    client = browser_of(role)
    granted = {grant.action for grant in GRANTS if grant.role == role}
    refused = 0
    for address, method, access, answer in walk(client):
        if access.door is not Door.GUARDED:
            assert answer.status_code != 403, (address, method)
            continue
        action = {"get": access.read, "post": access.write}.get(method)
        if action is None:
            assert answer.status_code == 405, (address, method)
        elif action in granted:
            assert answer.status_code in {200, 302, 400, 404}, (address, method)
        elif access.emergency and method == "get" and "emergency.open" in granted:
            # The gate lets in; without an open emergency the page's access denies.
            assert answer.status_code == 404, (address, method)
            refused += 1
        else:
            assert answer.status_code == 403, (address, method)
            refused += 1
    denials = Entry.objects.filter(act=Act.DENIAL, details__missing="no role")
    assert denials.count() == refused


ONE = uuid.UUID(int=1)


def standing(role, organisation_id=ONE):
    return Standing(Role(role), organisation_id, "somewhere")


class Target:
    organisation_id = ONE


def test_a_decision_names_the_row_and_the_standing():
    actor = Actor("Ann", uuid.uuid4(), (standing("administrator"),))
    decision = decide(actor, "accounts.invite", Target(), Purpose.ADMINISTRATION)
    assert decision.allowed
    assert decision.grant.role == Role.ADMINISTRATOR
    assert decision.standing == actor.standings[0]


@pytest.mark.parametrize(
    ("actor", "action", "target", "purpose", "missing"),
    [
        (Actor("x"), "accounts.invite", Target(), Purpose.ADMINISTRATION, "no role"),
        (
            Actor("x", uuid.uuid4(), (standing("administrator"),)),
            "accounts.unheard_of", Target(), Purpose.ADMINISTRATION, "no role",
        ),
        (
            Actor("x", uuid.uuid4(), (standing("administrator"),)),
            "accounts.invite", Target(), Purpose.STATISTICS, "purpose",
        ),
        (
            Actor("x", uuid.uuid4(), (standing("administrator", uuid.UUID(int=2)),)),
            "accounts.invite", Target(), Purpose.ADMINISTRATION, "condition own_organisation",
        ),
        (
            Actor("x", uuid.uuid4(), (standing("administrator"),)),
            "accounts.invite", None, Purpose.ADMINISTRATION, "condition own_organisation",
        ),
        (
            Actor.system("accounts.create"),
            "accounts.invite", Target(), Purpose.ADMINISTRATION, "another command",
        ),
    ],
)  # fmt: skip
def test_what_is_not_granted_is_denied(actor, action, target, purpose, missing):
    with pytest.raises(Denied) as denied:
        require(actor, action, target, purpose)
    assert denied.value.decision.reason == missing


def test_another_organisations_pages_are_not_found(browser_of):
    """Insecure direct object reference: a right role with somebody else's number."""
    other = make_organisation("elsewhere")
    client = browser_of(Role.ADMINISTRATOR)
    for path in ("", "invite/", "deputies/"):
        address = f"/organisations/{other.id}/{path}"
        answer = (
            client.post(address, {"email": "x@y.example", "roles": ["operator"]})
            if (path)
            else client.get(address)
        )
        assert answer.status_code == 404
        assert other.name not in answer.content.decode()
    assert Entry.objects.filter(act=Act.DENIAL).count() == 3
