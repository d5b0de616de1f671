"""Somebody reads the figures: with a keyboard, on a phone, in the dark, in four languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = [
    "",
    "figures/",
    "hidden-figure/",
    "published/",
    "release/",
    "methodology/",
    "accessibility/",
]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


FIGURE = "figures/victims_by_form/"


@pytest.fixture
def reader(browser, site):
    """reader(**options) → go(path): a page of a fresh visit, which loads path after path."""
    visits = []

    def visit(**options):
        visits.append(browser.new_context(**options))
        page = visits[-1].new_page()

        def go(path):
            answer = page.goto(f"{site}/{path}")
            assert answer.status == 200, path
            return page

        return go

    yield visit
    for one in visits:
        one.close()


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "de")])
def test_every_kind_of_page_is_accessible(reader, scheme, language):
    go = reader(color_scheme=scheme)
    for path in [*PAGES, FIGURE]:
        # The page itself runs no script; axe is put in from outside, past the security policy.
        results = Axe().run(
            go(f"{language}/{path}"), options={"runOnly": {"type": "tag", "values": LEVELS}}
        )
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"


def test_every_language_has_every_page_without_javascript(reader):
    go = reader(java_script_enabled=False)
    titles = set()
    for language in ("fr", "nl", "de", "en"):
        for path in [*PAGES, FIGURE]:
            page = go(f"{language}/{path}")
            assert page.locator("html").get_attribute("lang") == language
            assert page.get_by_text("SYNTHETIC").first.is_visible()
            titles.add(page.title())
    assert len(titles) == 4 * (len(PAGES) + 1)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(reader, width):
    go = reader(viewport={"width": width, "height": 800})
    for path in [*PAGES, FIGURE]:
        wide = go(f"fr/{path}").evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} pixels wide"


def test_the_keyboard_reaches_everything_and_the_focus_is_seen(reader):
    page = reader()(f"en/{FIGURE}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    reached = set()
    for _ in range(60):
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2
        reached.add(page.evaluate("document.activeElement.outerHTML"))
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    wanted = page.locator("a[href], [tabindex='0']").count()
    assert len(reached) == wanted


def test_a_reader_leaves_no_trace(reader):
    page = reader()("en/figures/")
    assert page.context.cookies() == []
    assert page.locator("script").count() == 0


def test_the_reports_conflict_is_shown_side_by_side(reader):
    page = reader(java_script_enabled=False)("en/published/")
    left, right = page.locator(".conflict .stat").all()
    assert (left.inner_text(), right.inner_text()) == ("769", "789")
    assert left.bounding_box()["y"] == right.bounding_box()["y"]


def test_a_chart_arrives_in_the_light_of_the_screen(reader):
    page = reader(color_scheme="dark")(f"nl/{FIGURE}")
    assert page.locator("figure.chart img").evaluate("image => image.naturalWidth") > 100
