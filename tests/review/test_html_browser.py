"""The page of a review in a browser: what filters, keys, printing and a missing script do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.output.html import html_of
from constructs_lib.review.report import Review
from tests.review.browser import Browser, Page
from tests.review.html_cases import hostile_review, large_review, small_review, two_stacks
from tests.review.page_pictures import take

REVIEWS: dict[str, Callable[[], Review]] = {
    "small": small_review,
    "two-stacks": two_stacks,
    "large": large_review,
    "hostile": hostile_review,
}
FINDINGS = "document.querySelectorAll('#findings .item:not(.off)').length"
SHOWN = "document.getElementById('found').textContent"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file for each of the reviews."""
    folder = tmp_path_factory.mktemp("pages")
    for name, review in REVIEWS.items():
        (folder / f"{name}.html").write_text(html_of(review()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in REVIEWS}


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """Opens pages that are closed after the test, and fails where one of them had a problem."""
    pages: list[Page] = []

    def open_(name: str = "small", **given: Any) -> Page:
        pages.append(browser.open(files[name], **given))
        return pages[-1]

    yield open_
    problems = [problem for each in pages for problem in each.problems]
    for each in pages:
        each.close()
    assert problems == []


def choose(page: Page, name: str, value: str) -> None:
    page.call("select", f"[name={name}]", value)


def test_the_browser_needs_no_library_of_the_machine(browser: Browser) -> None:
    cryptography = {
        each.parent.name for each in browser.libraries if each.name.startswith(("libnss", "libnspr"))
    }
    assert cryptography == {"lib"}
    assert all(".cache/chromium" in str(each) for each in browser.libraries if each.name.startswith("libnss"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(REVIEWS))
def test_axe_finds_nothing_inaccessible(opened: Callable[..., Page], name: str, scheme: str) -> None:
    assert opened(name, scheme=scheme).axe() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_inaccessible_with_all_unfolded(opened: Callable[..., Page], scheme: str) -> None:
    page = opened("two-stacks", scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert page.axe() == []


@pytest.mark.parametrize("width", [375, 768, 1280, 1920])
@pytest.mark.parametrize("name", list(REVIEWS))
def test_nothing_overflows(opened: Callable[..., Page], name: str, width: int) -> None:
    assert opened(name, width=width).evaluate("document.documentElement.scrollWidth") <= width


def test_a_search_leaves_what_has_all_of_its_words(opened: Callable[..., Page]) -> None:
    page = opened()
    page.click("#search")
    page.write("payments WAITS 8")
    assert page.evaluate(FINDINGS) == 1
    assert page.evaluate("document.querySelector('#findings details').open") is True
    assert page.evaluate(SHOWN).startswith("Shown: 1 of 13 findings, 0 of 4 covered resources, 0 of 3 alarms")
    assert page.evaluate("document.getElementById('alarms').checkVisibility()") is False
    for _ in "payments WAITS 8":
        page.press("Backspace")
    assert page.evaluate(FINDINGS) == 12
    assert page.evaluate("document.querySelector('#findings details').open") is False
    assert page.evaluate("document.getElementById('alarms').checkVisibility()") is True


def test_a_search_that_finds_nothing_says_so(opened: Callable[..., Page]) -> None:
    page = opened()
    page.click("#search")
    page.write("zebra")
    assert page.evaluate("document.getElementById('nothing').checkVisibility()") is True
    assert page.evaluate("document.querySelectorAll('.item:not(.off)').length") == 0


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("state", "", 13),
        ("state", "acknowledged", 1),
        ("rule", "queue-without-alarm", 9),
        ("family", "queues", 10),
        ("family", "data", 0),
    ],
)
def test_each_filter_leaves_what_it_says(
    opened: Callable[..., Page], name: str, value: str, count: int
) -> None:
    page = opened()
    choose(page, name, value)
    assert page.evaluate(FINDINGS) == count
    assert page.evaluate("document.querySelector('[data-count=findings]').textContent") == str(count)
    assert page.evaluate(SHOWN).startswith(f"Shown: {count} of 13 findings")
    shown = "document.querySelector('[data-empty]').checkVisibility()"
    assert page.evaluate(shown) is (count == 0)


@pytest.mark.parametrize(("severity", "left"), [("error", 11), ("warning", 2), ("note", 11)])
def test_a_severity_can_be_left_out(opened: Callable[..., Page], severity: str, left: int) -> None:
    page = opened()
    page.click(f".chip [value={severity}]")
    assert page.evaluate(FINDINGS) == left
    page.click("[type=reset]")
    page.call("waitForFunction", f"{FINDINGS} === 12", {"timeout": 5_000})


def test_a_stack_can_be_seen_alone(opened: Callable[..., Page]) -> None:
    page = opened("two-stacks")
    choose(page, "stack", "1")
    assert page.evaluate(FINDINGS) == 0
    seen = "[...document.querySelectorAll('.part')].filter((each) => each.checkVisibility())"
    assert set(page.evaluate(f"{seen}.map((each) => each.dataset.stack)")) == {"1"}
    choose(page, "stack", "0")
    assert page.evaluate(FINDINGS) == 12


def test_an_address_keeps_the_filters(opened: Callable[..., Page]) -> None:
    page = opened()
    choose(page, "rule", "queue-without-alarm")
    page.click("#search")
    page.write("Message")
    fragment = page.evaluate("location.hash.slice(1)")
    again = opened(fragment=fragment)
    assert again.evaluate(FINDINGS) == 9
    assert again.evaluate("document.getElementById('search').value") == "Message"


def test_a_link_to_a_finding_shows_it_whatever_hides_it(opened: Callable[..., Page]) -> None:
    seen = "document.querySelector('#findings [id=%s]').checkVisibility({ contentVisibilityAuto: true })"
    folded, acknowledged = "finding-11", "finding-13"
    assert opened().evaluate(seen % folded) is False
    assert opened(fragment=folded).evaluate(seen % folded) is True
    assert opened().evaluate(seen % acknowledged) is False
    assert opened(fragment=acknowledged).evaluate(seen % acknowledged) is True


def test_the_tab_key_reaches_everything_once_and_leaves_the_page(opened: Callable[..., Page]) -> None:
    page = opened()
    visible = (
        "[...document.querySelectorAll('a, button, input, select, summary, [tabindex=\"0\"]')]"
        ".filter((each) => each.tabIndex >= 0 && each.checkVisibility({ contentVisibilityAuto: true }))"
    )
    wanted = page.evaluate(f"{visible}.filter((each) => each.type !== 'radio' || each.checked).length")
    page.evaluate("void (globalThis.seen = new Set())")
    reached = "(seen.add(document.activeElement), document.activeElement === document.body)"
    steps = 0
    while steps <= wanted:
        page.press("Tab")
        if page.evaluate(reached):
            break
        steps += 1
    assert (
        page.evaluate(f"{visible}.filter((each) => each.type !== 'radio' && !seen.has(each)).map(String)")
        == []
    )
    assert steps == wanted > 40


@pytest.mark.parametrize("fragment", ["nowhere", "%", "findings?severity=%&stack=9", "finding-1%00"])
def test_an_address_that_leads_nowhere_shows_the_page(opened: Callable[..., Page], fragment: str) -> None:
    page = opened(fragment=fragment)
    assert page.evaluate("document.querySelector('h1').checkVisibility()") is True


def test_the_first_tab_leads_past_the_menu(opened: Callable[..., Page]) -> None:
    page = opened()
    page.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_can_be_seen(opened: Callable[..., Page]) -> None:
    page = opened()
    for _ in range(8):
        page.press("Tab")
        # A check box or a radio button is drawn by what stands behind it.
        focused = "(document.activeElement.matches('[type=checkbox], [type=radio]') ? document.activeElement."
        style = f"getComputedStyle({focused}nextElementSibling : document.activeElement))"
        assert page.evaluate(f"{style}.outlineStyle") == "solid"


def test_arrows_go_through_the_heat_map_and_each_cell_is_explained(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate("document.querySelector('.matrix a.cell').focus()")
    tip = "document.getElementById('tip').textContent"
    assert page.evaluate(tip) == (
        "Invocations fail: caught after 3 minCreate. "
        "Invocations fail at Create: told by its alarms. By CreateErrors, replayed."
    )
    page.press("ArrowRight", "ArrowDown")
    assert "Pay. Calls are throttled at Pay" in page.evaluate(tip)
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "tip"
    page.press("End", "ArrowUp", "Home")
    assert "Invocations fail at Create" in page.evaluate(tip)
    page.press("Escape")
    assert page.evaluate("document.getElementById('tip').hidden") is True
    page.press("Enter")
    page.call("waitForFunction", "document.querySelector('tr:target')?.checkVisibility()", {"timeout": 5_000})


def test_the_mouse_gets_the_same_explanation(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate("document.getElementById('coverage').scrollIntoView({ behavior: 'instant' })")
    page.call("hover", ".matrix a.cell.gap")
    page.call("waitForFunction", "!document.getElementById('tip').hidden", {"timeout": 5_000})
    assert page.evaluate("document.getElementById('tip').textContent").startswith("Slow answers: gapCreate.")
    box = "document.getElementById('tip').getBoundingClientRect()"
    assert (
        page.evaluate(f"{box}.left >= 0 && {box}.right <= innerWidth && {box}.bottom <= innerHeight") is True
    )


def test_a_box_of_the_picture_lights_what_it_is_linked_to(opened: Callable[..., Page]) -> None:
    page = opened()
    page.call("hover", ".box[data-actor$='//Api']")
    assert page.evaluate("document.querySelectorAll('.flow.hot').length") == 1
    assert page.evaluate(
        "[...document.querySelectorAll('.box.hot .label')].map((each) => each.textContent)"
    ) == [
        "Api",
        "Create",
    ]


@pytest.mark.parametrize(("scheme", "chosen"), [("light", "dark"), ("dark", "light")])
def test_the_colours_can_be_chosen_and_are_kept(
    opened: Callable[..., Page], scheme: str, chosen: str
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = opened(scheme=scheme)
    before = page.evaluate(ground)
    page.click(f".themes [value={chosen}]")
    assert page.evaluate(ground) != before
    assert page.evaluate(ground) == opened(scheme=chosen).evaluate(ground)
    page.call("reload")
    assert page.evaluate(ground) != before
    page.click(".themes [value=auto]")
    assert page.evaluate(ground) == before


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_has_everything_and_no_filters(opened: Callable[..., Page], *, scripts: bool) -> None:
    page = opened("large", scripts=scripts)
    if scripts:
        page.click("#search")
        page.write("Team07")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.show_on_paper()
    hidden = "[...document.querySelectorAll('.item')].filter((each) => !each.getClientRects().length).length"
    assert page.evaluate(hidden) == 0
    assert page.evaluate("document.querySelector('.filters').checkVisibility()") is False
    assert page.evaluate("document.querySelector('nav').checkVisibility()") is False
    document = page.pdf()
    assert document.startswith(b"%PDF-")
    assert document.count(b"/Type /Page\n") > 5


def test_all_can_be_read_without_a_script(opened: Callable[..., Page]) -> None:
    page = opened(scripts=False)
    assert page.evaluate("document.querySelectorAll('.item.off').length") == 0
    assert (
        page.evaluate("[...document.querySelectorAll('.scripted')].some((each) => each.checkVisibility())")
        is False
    )
    page.click("#findings summary")
    assert page.evaluate("document.querySelector('#findings details').open") is True
    assert page.evaluate("document.querySelectorAll('main section').length") == 7


def test_hostile_names_run_nothing(opened: Callable[..., Page]) -> None:
    page = opened("hostile")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    page.evaluate("document.querySelector('.matrix a.cell').focus()")
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.evaluate("document.querySelectorAll('#tip *').length") == 1
    assert page.evaluate("document.querySelectorAll('[onclick]').length") == 0


def test_the_pictures_for_the_documentation_are_small(tmp_path: Path) -> None:
    taken = take(html_of(small_review()), tmp_path)

    assert [each.name for each in taken] == [
        "review-page.png",
        "review-coverage.png",
        "review-architecture.png",
        "review-phone.png",
    ]
    assert all(5_000 < each.stat().st_size < 150_000 for each in taken)
