"""From the queue to the acknowledged handover: by keyboard, on a phone, without scripts."""

import pytest

from tests.journeys.test_staff import accessible, demo, sign_in

pytestmark = pytest.mark.browser
__all__ = ["demo"]
PHONE = {"viewport": {"width": 320, "height": 700}, "java_script_enabled": False}


def looking(browser, page, site, paths, wide):
    """The same session with scripts, which the check needs: on a phone, the main ones wide."""
    session = page.context.storage_state()
    for width, scheme, some in ((320, "dark", paths), (1280, "light", wide)):
        context = browser.new_context(
            storage_state=session, color_scheme=scheme, viewport={"width": width, "height": 800}
        )
        seen = context.new_page()
        for path in some:
            assert seen.goto(f"{site}{path}").status == 200, path
            accessible(seen)
        context.close()


def test_from_the_queue_to_the_acknowledged_handover(browser, demo):
    site = demo[1]["agency"]
    page = sign_in(browser, demo, "agency", "operator", **PHONE)
    page.get_by_role("link", name="Reports", exact=True).press("Enter")
    # Present danger stands first, with the reason.
    assert "Present danger" in page.locator(".case-list li").first.inner_text()
    page.goto(f"{site}/desk/queue/?door=travel")
    page.locator(".case-list li").first.get_by_role("link").press("Enter")
    page.wait_for_url("**/desk/reports/**")
    report = page.url
    page.get_by_role("button", name="Take it").press("Enter")
    page.get_by_role("button", name="Put it back").wait_for()
    page.get_by_text("reaches Europol, INTERPOL").wait_for()
    page.get_by_label("What the receiver should know").fill("Please tell your counterparts.")
    page.get_by_role("button", name="Pass it on").press("Enter")
    page.get_by_text("sent, not acknowledged").wait_for()

    police = sign_in(browser, demo, "agency", "liaison", **PHONE)
    police.get_by_role("link", name="A report was handed over to you.").press("Enter")
    police.get_by_text("Please tell your counterparts.").wait_for()
    police.get_by_role("button", name="Acknowledge").press("Enter")
    police.locator(".page-head", has_text="Leo Demo").wait_for()
    looking(browser, police, site, ["/desk/received/"], [police.url.removeprefix(site)])
    police.context.close()

    page.goto(report)
    page.get_by_text("acknowledged", exact=True).wait_for()
    here = report.removeprefix(site)
    number = here.strip("/").split("/")[-1]
    page.goto(f"{site}/desk/call/")
    page.get_by_label("What is said").fill("She whispers and hangs up (synthetic).")
    page.get_by_role("button", name="Only as a draft").press("Enter")
    page.wait_for_url("**/desk/drafts/**")
    assert page.get_by_label("What is said").input_value().startswith("She whispers")
    draft = page.url.removeprefix(site)
    page.locator("input[name=danger][value=yes]").check()
    page.get_by_role("button", name="Keep it").press("Enter")
    page.get_by_role("alert").filter(has_text="Present danger.").wait_for()
    paths = ["queue/", "drafts/", "rest/", "outside/"]
    looking(
        browser, page, site,
        [*(f"/desk/{path}" for path in paths), here, draft, f"/desk/children/{number}/"],
        [here, "/desk/queue/"],
    )  # fmt: skip
    page.context.close()


def test_a_supervisor_reads_the_figures_and_declares_a_channel(browser, demo):
    page = sign_in(browser, demo, "agency", "supervisor", **PHONE)
    site = demo[1]["agency"]
    page.goto(f"{site}/desk/outside/")
    page.get_by_label("Its age public key").fill("no key")
    page.get_by_label("Channel:").select_option("folder")
    page.get_by_role("button", name="Declare").press("Enter")
    page.get_by_text("This is not an age public key.").wait_for()
    looking(browser, page, site, ["/desk/outside/"], ["/desk/figures/"])
    page.context.close()
