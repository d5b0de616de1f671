"""A reader asks about the law: by keyboard, on a small phone, in the dark, without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_reading import LEVELS

pytestmark = pytest.mark.browser

PAGES = (
    "law/", "law/ask/qualify/", "law/ask/status/", "law/timeline/", "law/gaps/",
    "law/offences/?find=grooming", "law/offences/be22-417_24/",
)  # fmt: skip


def accessible(page):
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1280, "light"), ("de", 320, "dark")]
)
def test_law_pages_are_accessible(browser, site, language, width, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{site}/{language}/{path}")
        accessible(page)
    context.close()


def test_a_question_is_answered_by_keyboard_and_the_answer_is_accessible(browser, site):
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{site}/fr/law/ask/qualify/")
    page.locator("input[name=answer]").fill("2023-05-01")
    page.keyboard.press("Enter")
    page.locator("input[value=rape]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Quel âge avait la victime").wait_for()
    accessible(page)
    page.get_by_role("button", name="Je ne sais pas").press("Enter")
    page.get_by_role("button", name="Montrer la réponse à ce que j’ai dit").press("Enter")
    page.get_by_role("heading", name="Parler à une personne").wait_for()
    assert page.locator(".law-person a[href^='tel:']").count() > 0
    accessible(page)
    # Nothing of it in the address.
    assert page.url == f"{site}/fr/law/ask/qualify/"
    assert context.cookies() == []
    context.close()


def test_an_answer_prints_with_its_reasons_and_without_buttons(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/law/ask/status/")
    page.locator("input[value=unaccompanied_minor]").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Show the answer").click()
    page.emulate_media(media="print")
    assert not page.get_by_role("button").first.is_visible()
    assert page.locator(".law-why").nth(1).is_visible()
    context.close()
