"""Somebody tells, without an account: each door, without scripts, by keyboard, on a small phone."""

import re

import pytest

from tests.journeys.test_staff import accessible, demo

pytestmark = pytest.mark.browser
__all__ = ["demo"]

DOORS = {
    "child": "I am a child or young person",
    "worried": "I am worried about a child",
    "travel": "I saw something while travelling",
    "images": "I found images or a site",
}


@pytest.fixture
def visitor(browser, demo):
    """visitor(**options) → a page at the front door of the agency's site."""
    contexts = []

    def come(language="en", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{demo[1]['agency']}/{language}/report/")
        return page

    yield come
    for context in contexts:
        context.close()


def to_the_end(page):
    """Answer what must be answered, pass the rest, by keyboard, until everything is shown."""
    page.get_by_role("button", name="Begin").press("Enter")
    for _ in range(20):
        if page.locator(".way-back").count():
            return
        text = page.locator("textarea[name=answer], input[type=text][name=answer]")
        if page.locator("select[name=answer]").count():
            page.locator("select[name=answer]").select_option("TH")
        elif text.count():
            text.fill("(synthetic) nothing of this happened")
        page.locator("button[value=next]").press("Enter")
        page.wait_for_load_state()
    raise AssertionError("the questions do not end")


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_passed_by_keyboard_on_a_phone_without_scripts(visitor, door):
    page = visitor(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    page.get_by_role("link", name=DOORS[door]).press("Enter")
    assert page.get_by_role("link", name="Leave this page").is_visible()
    assert page.locator("a[href='tel:112']").first.is_visible()
    to_the_end(page)
    assert page.context.cookies() == []
    page.get_by_role("button", name="Send").press("Enter")
    assert page.get_by_role("heading", name="We have it").is_visible()
    assert page.context.cookies() == []


def test_the_way_back_leads_to_a_conversation_without_cookies(visitor):
    page = visitor(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    page.get_by_role("link", name=DOORS["child"]).click()
    to_the_end(page)
    page.get_by_role("button", name="Send").click()
    shown = " ".join(page.locator(".receipt-words").text_content().split())
    lookup, secret = re.fullmatch(r"First words: (.*) Secret words: (.*)", shown).groups()
    page.get_by_role("link", name="Try it now").click()
    page.get_by_label("Your first two words").fill(lookup)
    page.get_by_label("Your secret words, or your own sentence").fill(secret)
    page.keyboard.press("Enter")
    page.get_by_label("Write to the hotline").fill("(synthetic) one thing more")
    page.get_by_role("button", name="Send").press("Enter")
    assert page.get_by_text("(synthetic) one thing more").is_visible()
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("fr", 320, "dark"), ("nl", 320, "light"), ("de", 1280, "dark")],
)
def test_the_front_door_is_accessible(visitor, language, width, scheme):
    page = visitor(language, color_scheme=scheme, viewport={"width": width, "height": 800})
    accessible(page)
    here = page.url
    for path in ("picture/", "return/", "child/", "images/"):
        page.goto(f"{here}{path}")
        accessible(page)
    page.goto(f"{here}child/")
    page.locator("button[value=next]").click()
    page.locator("form.question").wait_for()
    accessible(page)
    if language == "en":
        page.goto(f"{here}worried/")
        to_the_end(page)
        accessible(page)
