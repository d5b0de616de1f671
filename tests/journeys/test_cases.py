"""A case worker at work with children's files: by keyboard, on a phone, without scripts."""

import pytest

from tests.journeys.test_staff import accessible, demo, sign_in

pytestmark = pytest.mark.browser
__all__ = ["demo"]


def test_a_missing_child_returns_by_keyboard_on_a_phone_without_scripts(browser, demo):
    page = sign_in(
        browser, demo, "agency", "case_worker",
        viewport={"width": 320, "height": 700}, java_script_enabled=False,
    )  # fmt: skip
    page.get_by_role("link", name="Children").press("Enter")
    page.locator(".case-alarm", has_text="Going missing").get_by_role("link").press("Enter")
    assert page.get_by_role("alert").inner_text().startswith("Going missing: missing")
    the_file = page.url
    page.get_by_role("link", name="Child found or returned").press("Enter")
    page.get_by_label("What happened, in your words").fill("Back at the centre (synthetic).")
    page.get_by_role("button", name="Record").press("Enter")
    assert page.get_by_text("Hold the return interview").first.is_visible()
    assert page.get_by_role("alert").count() == 0
    # The same session with scripts, which the check needs; a code opens one session only.
    session = page.context.storage_state()
    page.context.close()
    for width, scheme in ((320, "dark"), (1280, "light")):
        context = browser.new_context(
            storage_state=session, color_scheme=scheme, viewport={"width": width, "height": 800}
        )
        looking = context.new_page()
        for path in ("cases/", "cases/new/"):
            looking.goto(f"{demo[1]['agency']}/{path}")
            accessible(looking)
        looking.goto(the_file)
        accessible(looking)
        looking.get_by_role("link", name="Hearing planned").click()
        accessible(looking)
        context.close()
