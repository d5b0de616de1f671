"""A sample release and a client that reads it, as `tutela site` would set them up."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from tests.publication.sample_release import write_sample_release


@pytest.fixture(scope="session")
def release(tmp_path_factory):
    """The folder of a sample release; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("site") / "release"
    write_sample_release(folder)
    return folder


@pytest.fixture(scope="session")
def assets(tmp_path_factory):
    """The site's collected assets, as `tutela site` collects them before it serves."""
    folder = tmp_path_factory.mktemp("assets")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def reading(assets):
    """reading(folder) → a client of the site that shows the release in `folder`, or none."""
    changes = []

    def read(folder):
        change = override_settings(RELEASE=folder and str(folder), STATIC_ROOT=assets)
        change.enable()
        changes.append(change)
        return Client(HTTP_HOST="localhost")

    yield read
    for change in reversed(changes):
        change.disable()


@pytest.fixture
def client(reading, release):
    """A reader of the sample release; any question to the database fails the test."""
    return reading(release)


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    """Hashes that cost little; one test signs in at the real cost."""
    settings.PASSWORD_HASHERS = ["tests.site.cheap.CheapArgon2"]
    settings.VAULT_KDF = (1, 8192)


@pytest.fixture
def hotline(db, assets, settings, tmp_path):
    """An organisation to work in; `recovery` says where the site's recovery key is kept."""
    settings.STATIC_ROOT = assets
    from tests.site.staff import make_organisation, make_recovery_key

    recovery = make_recovery_key(tmp_path)
    made = make_organisation()
    made.recovery = recovery
    return made


@pytest.fixture
def browser_of(hotline):
    """browser_of(role, …) → a browser in which a person with these roles has signed in."""
    # Models can be imported once Django is set up, after this file is read.
    from tests.site.staff import make_person, sign_in

    def enter(*roles, organisation=None, factor=True, name=""):
        person = make_person(organisation or hotline, *roles, name=name)
        client = sign_in(person, factor=factor)
        client.person = person
        return client

    return enter
