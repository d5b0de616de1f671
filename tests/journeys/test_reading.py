"""Somebody reads the figures: with a keyboard, on a phone, in the dark, in four languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = ["", "figures/", "published/", "release/", "methodology/", "accessibility/"]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def open_page(browser, address, **options):
    context = browser.new_context(**options)
    page = context.new_page()
    answer = page.goto(address)
    assert answer.status == 200
    return context, page


def first_figure(browser, site):
    context, page = open_page(browser, f"{site}/en/figures/", java_script_enabled=False)
    link = page.locator("main a[href*='/en/figures/']").first.get_attribute("href")
    context.close()
    return link.removeprefix("/en/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_accessible(browser, site, scheme):
    for path in [*PAGES, first_figure(browser, site)]:
        context, page = open_page(browser, f"{site}/en/{path}", color_scheme=scheme)
        # The page itself runs no script; axe is put in from outside, past the security policy.
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
        context.close()
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_language_has_every_page(browser, site, language):
    titles = set()
    for path in PAGES:
        context, page = open_page(browser, f"{site}/{language}/{path}", java_script_enabled=False)
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_text("SYNTHETIC").first.is_visible()
        titles.add(page.title())
        context.close()
    assert len(titles) == len(PAGES)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(browser, site, width):
    for path in [*PAGES, first_figure(browser, site)]:
        context, page = open_page(
            browser, f"{site}/fr/{path}", viewport={"width": width, "height": 800}
        )
        wide = page.evaluate("document.documentElement.scrollWidth")
        context.close()
        assert wide <= width, f"{path} is {wide} pixels wide"


def test_the_keyboard_reaches_the_content_first(browser, site):
    context, page = open_page(browser, f"{site}/en/", java_script_enabled=True)
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused.startswith("#")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    context.close()


def test_a_reader_leaves_no_trace(browser, site):
    context, page = open_page(browser, f"{site}/en/figures/")
    assert context.cookies() == []
    assert page.locator("script").count() == 0
    context.close()


def test_the_reports_conflict_is_shown_side_by_side(browser, site):
    context, page = open_page(browser, f"{site}/en/published/", java_script_enabled=False)
    text = page.locator("main").inner_text()
    assert "769" in text
    assert "789" in text
    context.close()
