"""Somebody of the staff works: signs in, sees tasks and rights, invites, reads the log."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_reading import LEVELS
from tests.publication.sample_release import write_sample_release
from tutela.cli.demo_sites import accounts, code_of_now, running_sites

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The three sites of a demonstration: their folder and their addresses."""
    out = tmp_path_factory.mktemp("demo")
    write_sample_release(out / "release")
    with running_sites(out, 0) as addresses:
        yield out, {role: address.rstrip("/") for role, address in addresses.items()}


#: Who has signed in already: a code of the authenticator app works once.
SIGNED_IN = {}


def sign_in(browser, demo, role, person, **options):
    out, addresses = demo
    if (role, person) in SIGNED_IN:
        page = browser.new_context(storage_state=SIGNED_IN[role, person], **options).new_page()
        page.goto(f"{addresses[role]}/desk/")
        return page
    one = next(each for each in accounts(out, role) if each["role"] == person)
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(f"{addresses[role]}/desk/")
    page.get_by_label("Email").fill(one["email"])
    page.get_by_label("Password").fill(one["password"])
    page.keyboard.press("Enter")
    page.locator("input[name=code]").fill(code_of_now(one["secret"], time.time()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    SIGNED_IN[role, person] = context.storage_state()
    return page


def accessible(page):
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_an_administrator_invites_by_keyboard_on_a_phone_without_scripts(browser, demo):
    page = sign_in(
        browser, demo, "agency", "administrator",
        viewport={"width": 320, "height": 700}, java_script_enabled=False,
    )  # fmt: skip
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Work email address").fill("new@hotline.example")
    page.get_by_label("hotline operator").check()
    page.get_by_role("button", name="Invite", exact=True).press("Enter")
    assert "/account/invitation/" in page.locator("code").inner_text()
    assert page.get_by_text("SYNTHETIC").first.is_visible()
    page.context.close()


@pytest.mark.parametrize(
    ("width", "scheme", "person", "paths"),
    [
        (
            1280,
            "light",
            "supervisor",
            ["desk/", "account/rights/", "organisations/", "retention/", "shift/"],
        ),
        (
            320,
            "dark",
            "oversight",
            ["desk/", "account/rights/", "audit/", "organisations/", "emergency/"],
        ),
        (
            320,
            "light",
            "operator",
            [
                "account/password/",
                "account/second-factor/",
                "account/events/",
                "audit/",
                "emergency/open/",
                "data-protection/processing/",
                "data-protection/breaches/new/",
            ],
        ),
    ],
)
def test_pages_of_staff_are_accessible(browser, demo, width, scheme, person, paths):
    page = sign_in(
        browser, demo, "agency", person,
        color_scheme=scheme, viewport={"width": width, "height": 800},
    )  # fmt: skip
    for path in paths:
        page.goto(f"{demo[1]['agency']}/{path}")
        accessible(page)
    page.context.close()


def test_an_emergency_from_asking_to_judging_by_keyboard_without_scripts(browser, demo):
    """A shift's note; the police needs it at night; a supervisor lets in; oversight judges."""
    small = {"viewport": {"width": 320, "height": 700}, "java_script_enabled": False}
    site = demo[1]["agency"]
    operator = sign_in(browser, demo, "agency", "operator", **small)
    operator.goto(f"{site}/shift/")
    operator.get_by_label("Who takes over").select_option(label="Sam Demo")
    operator.get_by_label("What the next person must know").fill("Synthetic: rings at nine.")
    operator.get_by_role("button", name="Hand over").press("Enter")
    operator.get_by_role("link", name="From Olga Demo").press("Enter")
    operator.wait_for_url(re.compile(r"/shift/[0-9a-f-]{36}/"))
    number = operator.url.rstrip("/").rpartition("/")[2]

    liaison = sign_in(browser, demo, "agency", "liaison", **small)
    assert liaison.goto(f"{site}/shift/{number}/").status == 404
    liaison.goto(f"{site}/emergency/open/?kind=handover&record={number}")
    liaison.get_by_label("Why must you open it now?").fill("Synthetic: missing since noon.")
    liaison.get_by_role("button", name="Open it").press("Enter")
    assert liaison.get_by_text("waits to be let in").is_visible()

    supervisor = sign_in(browser, demo, "agency", "supervisor", **small)
    supervisor.get_by_role("link", name="Somebody asks to be let in").press("Enter")
    supervisor.get_by_role("button", name="Let them in").press("Enter")
    assert supervisor.get_by_text("let in for three hours").is_visible()

    liaison.reload()
    liaison.get_by_role("link", name="To the record").press("Enter")
    liaison.get_by_text("Synthetic: rings at nine.").wait_for()
    assert liaison.get_by_text("everything is marked").is_visible()

    oversight = sign_in(browser, demo, "agency", "oversight", **small)
    oversight.get_by_role("link", name="judge it").press("Enter")
    assert oversight.get_by_text("Synthetic: missing since noon.").is_visible()
    oversight.get_by_label("justified", exact=True).press("Space")
    oversight.get_by_role("button", name="Write it down").press("Enter")
    assert oversight.get_by_text("justified, says Vera Demo").is_visible()
    assert liaison.goto(f"{site}/shift/{number}/?purpose=protection").status == 404
    for page in (operator, liaison, supervisor, oversight):
        page.context.close()


def test_the_entrance_is_accessible_and_speaks_french(browser, demo):
    context = browser.new_context(locale="fr-BE", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{demo[1]['centre']}/desk/")
    assert page.get_by_role("heading", name="Se connecter").is_visible()
    accessible(page)
    context.close()


def test_a_security_key_is_added_and_opens_the_next_session(browser, demo):
    page = sign_in(browser, demo, "agency", "guardian")
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    site = demo[1]["agency"]
    page.goto(f"{site}/account/second-factor/keys/add/")
    one = next(each for each in accounts(demo[0], "agency") if each["role"] == "guardian")
    page.get_by_label("Password").fill(one["password"])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add a security key").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    page.goto(f"{site}/account/second-factor/keys/")
    assert page.get_by_text("Remove").first.is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/desk/")
    page.get_by_label("Email").fill(one["email"])
    page.get_by_label("Password").fill(one["password"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**/desk/")
    page.context.close()


def test_three_sites_share_nothing(browser, demo):
    """Cookies of one open nothing at another; each has a folder, a database and keys of its own."""
    out, addresses = demo
    page = sign_in(browser, demo, "agency", "liaison")
    page.goto(f"{addresses['centre']}/desk/")
    assert "/account/sign-in/" in page.url
    assert page.goto(f"{addresses['public']}/desk/").status == 404
    page.context.close()
    assert not (out / "sites" / "public" / "site.sqlite3").exists()
    databases = [out / "sites" / role / "site.sqlite3" for role in ("agency", "centre")]
    assert all(database.is_file() for database in databases)
    secrets = {
        path.read_bytes() for path in (out / "sites").rglob("*.key") if "off-line" not in path.parts
    }
    assert len(secrets) == len(
        [path for path in (out / "sites").rglob("*.key") if "off-line" not in path.parts]
    )
    assert not list((out / "sites" / "centre").rglob("recovery.key"))
