"""Signing in, second factors, sessions that end, invitations, deputies: through the pages."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.site.staff import PASSWORD, make_organisation, make_person, sign_in
from tutela.site.accounts import staff_session
from tutela.site.accounts.models import Invitation, Membership, Notice, User
from tutela.site.audit.models import Act, Entry
from tutela.site.permissions.roles import Role


def test_password_and_second_factor_open_the_first_page(browser_of):
    client = browser_of(Role.OPERATOR)
    answer = client.get("/desk/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_signing_in_at_the_real_cost(hotline, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.VAULT_KDF = (3, 64 * 1024 * 1024)
    person = make_person(hotline, Role.OPERATOR)
    assert person.password.startswith("argon2$argon2id$")
    sign_in(person)


def test_cookies_are_out_of_reach_of_scripts_and_the_secret_of_other_sites(browser_of):
    client = browser_of(Role.OPERATOR)
    for name in (site_settings.SESSION_COOKIE_NAME, site_settings.SESSION_SECRET_COOKIE):
        assert client.cookies[name]["httponly"]
    assert client.cookies[site_settings.SESSION_SECRET_COOKIE]["samesite"] == "Strict"


def test_the_session_changes_its_number_when_somebody_signs_in(hotline):
    """Session fixation: a number that an attacker planted is worth nothing afterwards."""
    person = make_person(hotline, Role.OPERATOR)
    client = sign_in(person, factor=False)
    before = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    client.post("/account/sign-out/")
    client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != before


def test_a_stolen_session_number_without_the_browsers_secret_admits_nobody(browser_of):
    client = browser_of(Role.OPERATOR)
    thief = Client(HTTP_HOST="localhost")
    name = site_settings.SESSION_COOKIE_NAME
    thief.cookies[name] = client.cookies[name].value
    assert thief.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("clock", "passed"),
    [(staff_session.SEEN, staff_session.IDLE), (staff_session.BEGAN, staff_session.ABSOLUTE)],
)
def test_sessions_end(browser_of, clock, passed):
    client = browser_of(Role.OPERATOR)
    session = client.session
    session[clock] = time.time() - passed - 1
    session.save()
    assert client.get("/desk/").status_code == 302
    assert Entry.objects.filter(action__startswith="session.ended").count() == 1
    assert client.get("/account/rights/").status_code == 302


def test_signing_out_takes_the_secret_back(browser_of):
    client = browser_of(Role.OPERATOR)
    answer = client.post("/account/sign-out/")
    assert answer.cookies[site_settings.SESSION_SECRET_COOKIE].value == ""
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert client.get("/desk/").status_code == 302


def test_the_last_second_factor_cannot_be_removed(browser_of):
    client = browser_of(Role.OPERATOR)
    client.post("/account/second-factor/app/remove/")
    client.post("/account/sign-out/")
    again = client.post("/account/sign-in/", {"login": client.person.email, "password": PASSWORD})
    assert again.headers["Location"] == "/account/second-factor/show/"


def test_secrets_of_second_factors_are_not_in_the_database(browser_of):
    from tests.site.staff import TOTP_SECRET

    browser_of(Role.OPERATOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert TOTP_SECRET not in str(cursor.fetchall())


def test_guessing_closes_the_account_and_keeps_no_address(hotline):
    """Brute force: five wrong passwords, then even the right one has to wait."""
    person = make_person(hotline, Role.OPERATOR)
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.77")
    for _ in range(5):
        client.post("/account/sign-in/", {"login": person.email, "password": "wrong"})
    answer = client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert Entry.objects.filter(action="session.locked_out").exists()
    assert_not_in_the_database("203.0.113.77")


def assert_not_in_the_database(text):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database
            assert text not in repr(cursor.fetchall()), table


def test_an_unknown_account_is_answered_like_a_known_one(hotline):
    """Enumeration: neither page nor length tells whether an account exists."""
    person = make_person(hotline, Role.OPERATOR)
    pages = [
        re.sub(
            r'value="[^"]*"', "",
            Client(HTTP_HOST="localhost")
            .post("/account/sign-in/", {"login": login, "password": "wrong"})
            .content.decode(),
        )
        for login in (person.email, "nobody@hotline.example")
    ]  # fmt: skip
    assert pages[0] == pages[1]


def invite(client, organisation, email="new@hotline.example", roles=("operator",)):
    answer = client.post(
        f"/organisations/{organisation.id}/invite/", {"email": email, "roles": list(roles)}
    )
    assert answer.status_code == 200, answer.content.decode()
    return re.search(r"/account/invitation/[^<\s]+", answer.content.decode()).group()


NEW = {"name": "Nele", "language": "nl", "password": PASSWORD, "again": PASSWORD}


def test_an_invitation_makes_one_account_once(browser_of, hotline):
    admin = browser_of(Role.ADMINISTRATOR)
    link = invite(admin, hotline)
    guest = Client(HTTP_HOST="localhost")
    assert guest.post(link, {**NEW, "password": "short", "again": "short"}).status_code == 200
    assert guest.post(link, NEW).status_code == 302
    made = User.objects.get(email="new@hotline.example")
    assert [one.role for one in made.memberships.all()] == ["operator"]
    assert guest.post(link, {**NEW, "name": "Again"}).status_code == 404
    secret = link.rstrip("/").rpartition("/")[2]
    assert_not_in_the_database(secret)
    assert sign_in(made).get("/desk/").status_code == 200


@pytest.mark.parametrize("fate", ["withdrawn", "expired"])
def test_an_invitation_that_is_over_opens_nothing(browser_of, hotline, fate):
    admin = browser_of(Role.ADMINISTRATOR)
    link = invite(admin, hotline)
    invitation = Invitation.objects.get()
    if fate == "withdrawn":
        admin.post(f"/invitations/{invitation.id}/withdraw/")
    else:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client(HTTP_HOST="localhost").get(link).status_code == 404
    assert Client(HTTP_HOST="localhost").post(link, NEW).status_code == 404


def test_a_role_ends_at_once(browser_of, hotline):
    admin = browser_of(Role.ADMINISTRATOR, name="Ann")
    other = browser_of(Role.ADMINISTRATOR, name="Bo")
    assert other.get(f"/organisations/{hotline.id}/").status_code == 200
    membership = Membership.objects.get(user=other.person)
    admin.post(f"/memberships/{membership.id}/end/")
    assert other.get(f"/organisations/{hotline.id}/").status_code == 403
    own = Membership.objects.get(user=admin.person)
    page = admin.post(f"/memberships/{own.id}/end/", follow=True).content.decode()
    assert "last administrator" in page
    assert Membership.objects.get(id=own.id).until is None


def test_a_deputy_holds_the_roles_of_the_absent_for_the_time_of_absence(browser_of, hotline):
    supervisor = browser_of(Role.SUPERVISOR, Role.OVERSIGHT, name="Sam")
    operator = browser_of(Role.OPERATOR, name="Olga")
    today = timezone.localdate()
    page = f"/organisations/{hotline.id}/"
    assert operator.get(page).status_code == 403
    answer = supervisor.post(
        f"{page}deputies/",
        {
            "absent": supervisor.person.id,
            "deputy": operator.person.id,
            "first_day": today.isoformat(),
            "back_on": (today + timedelta(days=3)).isoformat(),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert operator.get(page).status_code == 200
    rights = operator.get("/account/rights/").content.decode()
    assert "because you stand in for Sam" in rights
    assert "oversight (data protection)" not in rights.partition("What I may not do")[0].lower()
    entry = Entry.objects.filter(user_id=operator.person.id, act=Act.READ).last()
    assert entry.details["deputy"] is True
    deputy = hotline.deputy_set.get()
    supervisor.post(f"/deputies/{deputy.id}/end/")
    hotline.deputy_set.update(first_day=today - timedelta(days=2), back_on=today)
    assert operator.get(page).status_code == 403


def test_nobody_stands_in_from_outside(browser_of, hotline):
    supervisor = browser_of(Role.SUPERVISOR)
    stranger = make_person(make_organisation("elsewhere"), Role.OPERATOR, name="Xa")
    today = timezone.localdate()
    answer = supervisor.post(
        f"/organisations/{hotline.id}/deputies/",
        {
            "absent": supervisor.person.id,
            "deputy": stranger.id,
            "first_day": today,
            "back_on": today + timedelta(days=1),
        },
    )
    assert answer.status_code == 400


def test_email_says_only_that_there_is_a_task(browser_of, hotline):
    test_a_deputy_holds_the_roles_of_the_absent_for_the_time_of_absence(browser_of, hotline)
    mail.outbox.clear()
    for waiting in DBTaskResult.objects.ready():
        waiting.task.call(*waiting.args_kwargs["args"])
    assert mail.outbox
    for message in mail.outbox:
        text = message.subject + message.body
        assert "You have a task" in text
        assert not re.search(r"http|deput|key|Sam|Olga|hotline", text)
    assert not Notice.objects.filter(mailed_at=None).exists()


def test_changing_the_password_ends_other_sessions(browser_of):
    client = browser_of(Role.OPERATOR)
    other = Client(HTTP_HOST="localhost")
    other.cookies = client.cookies.copy()
    fresh = "three geese over the river"
    wrong = {"old_password": "wrong", "password": fresh, "again": fresh}
    assert "not your present password" in client.post("/account/password/", wrong).content.decode()
    right = {**wrong, "old_password": PASSWORD}
    assert client.post("/account/password/", right).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 302


def test_pages_speak_the_persons_language(browser_of):
    client = browser_of(Role.OPERATOR)
    client.post("/account/language/", {"language": "de"})
    assert 'lang="de"' in client.get("/desk/").content.decode()
