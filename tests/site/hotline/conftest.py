"""People at a desk with a report each test makes; a receiver outside with its own age key."""

import pyrage
import pytest
from django.test import Client

from tests.site.reports.test_sending import send
from tests.site.staff import make_person, sign_in
from tutela.site.permissions.roles import Role
from tutela.site.reports.models import Report


@pytest.fixture(autouse=True)
def cheap(settings, tmp_path):
    settings.REPORT_ARGON2 = (1, 8192)
    settings.DATA = tmp_path


def _browser(person):
    client = sign_in(person)
    client.person = person
    return client


@pytest.fixture
def supervisor(hotline):
    return _browser(make_person(hotline, Role.SUPERVISOR, name="Sam"))


@pytest.fixture
def operator(hotline, supervisor):
    person = make_person(hotline, Role.OPERATOR, name="Olga")
    client = _browser(person)
    supervisor.post(f"/organisations/{hotline.id}/keys/give/{person.id}/")
    return client


@pytest.fixture
def report_of(operator):
    """report_of(door, …) → a report that came through the front door."""

    def make(door="worried", **options):
        send(Client(HTTP_HOST="localhost"), door, **options)
        return Report.objects.order_by("received_at").last()

    return make


@pytest.fixture
def outside(supervisor):
    """The private key of a prosecution that receives files in a folder."""
    identity = pyrage.x25519.Identity.generate()
    answer = supervisor.post(
        "/desk/outside/receivers/",
        {"to": "prosecution", "channel": "folder", "recipient": str(identity.to_public())},
    )
    assert answer.status_code == 302, answer.content.decode()
    return identity
