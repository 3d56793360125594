"""A review as a page: what it says, and that nothing of a template is markup in it."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from constructs_lib.review.finding import Severity
from constructs_lib.review.output.html import html_of
from constructs_lib.review.report import Change, Cost, Coverage, Review
from tests.review.html_cases import (
    NASTY,
    finding,
    hostile_review,
    large_review,
    review_of,
    small_review,
    two_stacks,
)
from tests.reviewing import reading_of

VOID = {"meta", "input", "wbr", "link", "img", "br", "hr"}


class Page(HTMLParser):
    """The elements of a page: tag, attributes, and all text in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.unclosed: list[tuple[str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words: list[str] = []
        self.elements.append((tag, dict(attrs), words))
        if tag not in VOID:
            self.unclosed.append((tag, words))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed
        assert self.unclosed.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, words in self.unclosed:
            words.append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """The text of the elements of a tag that have these attributes."""
        return [
            " ".join("".join(words).split())
            for found, has, words in self.elements
            if found == tag and attributes.items() <= has.items()
        ]

    def values(self, attribute: str) -> list[str]:
        """All values of an attribute."""
        return [has[attribute] or "" for _, has, _ in self.elements if attribute in has]


@pytest.fixture(scope="module")
def text() -> str:
    return html_of(small_review())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed(page: Page) -> None:
    assert page.unclosed == []


def test_the_verdict_says_what_would_break_what_is_caught_and_what_it_costs(page: Page) -> None:
    (headline,) = page.texts("p", **{"class": "headline"})

    assert headline == (
        "1 thing would not work (alarm on unpublished metric) and 10 protections are weak; 33% of its failures are "
        "caught (4 of 12), and it costs $0.70 a month, within the budget of $20.00."
    )
    assert page.texts("h1") == ["Would break Stack1"]


def test_a_stack_without_findings_is_ready() -> None:
    (stack,) = reading_of({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}).stacks
    cost = Cost(region="eu-west-1", prices_of="2026-11-22")
    page = Page(html_of(Review(templates=(review_of(stack, (), (), cost),), budget=0)))

    assert page.texts("h1") == ["Ready Stack1"]
    assert page.texts("p", **{"class": "headline"}) == [
        "Nothing would break; no failure modes are known, and it costs $0.00 a month, within the budget of $0.00."
    ]
    assert "No rule found anything." in page.texts("p", **{"class": "empty"})


def test_several_stacks_have_their_failures_and_cost_together() -> None:
    one, *_ = small_review().templates
    page = Page(html_of(Review(templates=(one, one))))

    (headline,) = page.texts("p", **{"class": "headline"})
    assert "33% of their failures are caught (8 of 24), and they cost $1.40 a month." in headline


@pytest.mark.parametrize(
    ("errors", "warnings", "begins"),
    [
        (0, 1, "Nothing would break and 1 protection is weak; "),
        (0, 2, "Nothing would break and 2 protections are weak; "),
        (1, 0, "1 thing would not work (rule 0); "),
        (5, 1, "5 things would not work (rule 0, rule 1, rule 2 and 2 more) and 1 protection is weak; "),
    ],
)
def test_the_verdict_names_the_first_rules(errors: int, warnings: int, begins: str) -> None:
    review = small_review()
    found = [finding(f"rule-{number}", Severity.ERROR, "Lost", "It breaks.") for number in range(errors)]
    found += [finding("weak", Severity.WARNING, "Lost", "It is weak.") for _ in range(warnings)]
    (template,) = review.templates
    page = Page(html_of(replace(review, templates=(replace(template, findings=tuple(found)),))))

    assert page.texts("p", **{"class": "headline"})[0].startswith(begins)


def test_a_budget_that_is_passed_is_told() -> None:
    page = Page(html_of(replace(small_review(), budget=0.5)))

    assert "over the budget of $0.50" in page.texts("p", **{"class": "headline"})[0]


def test_findings_of_one_rule_are_together_the_worst_first_and_the_acknowledged_last(page: Page) -> None:
    rules = [has["data-rule"] for tag, has, _ in page.elements if tag == "article" and "data-group" in has]

    assert rules == [
        "alarm-on-unpublished-metric",
        "alarm-without-action",
        "queue-without-alarm",
        "short-retention",
        "no-backups",
    ]


def test_many_findings_of_one_rule_are_folded(page: Page) -> None:
    assert "3 more of this rule" in page.texts("summary")
    assert len([each for each in page.values("id") if each.startswith("finding-")]) == 13


def test_a_remedy_that_all_findings_share_stands_once_and_others_at_their_findings() -> None:
    review = small_review()
    first = replace(finding("r", Severity.NOTE, "Lost", "One."), remedy="Do this.")
    second = replace(first, message="Two.", remedy="Do that.")
    (template,) = review.templates
    page = Page(html_of(replace(review, templates=(replace(template, findings=(first, second)),))))

    assert page.texts("p", **{"class": "remedy"}) == ["Do: Do this.", "Do: Do that."]
    shared = Page(html_of(replace(review, templates=(replace(template, findings=(first, first)),))))
    assert shared.texts("p", **{"class": "remedy"}) == ["Do: Do this."]


def test_an_acknowledged_finding_has_its_reason(page: Page) -> None:
    assert page.texts("p", **{"class": "accepted"}) == ["Acknowledged: A cache."]


def test_the_heat_map_tells_each_answer_in_words_and_time(page: Page) -> None:
    cells = [
        "".join(words).split()
        for tag, has, words in page.elements
        if tag == "a" and (has.get("class") or "").startswith("cell")
    ]

    assert len(cells) == 16
    assert cells.count(["caught", "3", "min"]) == cells.count(["gap"]) == cells.count(["unheard"]) == 4


def test_what_points_to_a_part_of_the_page_finds_it_once(page: Page) -> None:
    ids = page.values("id")
    inside = {each.removeprefix("#") for each in page.values("href") if each.startswith("#")}

    assert len(ids) == len(set(ids))
    assert inside - set(ids) == set()
    assert {each.split()[0] for each in page.values("aria-labelledby")} <= set(ids)


def test_costs_at_one_price_are_one_line_with_sums(page: Page) -> None:
    cells = page.texts("td", **{"class": "number"})

    at = cells.index("2 a unit")
    assert cells[at : at + 4] == ["2 a unit", "$0.10", "$0.20", "$0.00"]
    assert {"unknown a unit", "$0.0000002", "unknown", "$0.70"} <= set(cells)


def test_every_alarm_tells_what_it_watches_and_who_hears_it(page: Page) -> None:
    cells = page.texts("td")

    assert "Sum of Errrors of Create (AWS/Lambda)" in cells
    assert "\N{GREATER-THAN OR EQUAL TO} 5 in 2 of 3 periods of 1 min" in cells
    assert "OnCall: Email ops@example.com the composite alarm Service".replace(" the", "the") in cells
    assert page.texts("a", **{"class": "tag error"}) == ["Cannot ring"]


def test_long_lists_are_folded() -> None:
    roles = {
        f"Role{number}": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Policies": [
                    {
                        "PolicyDocument": {
                            "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "a"}
                        }
                    }
                ]
            },
        }
        for number in range(20)
    }
    alarms = {f"Alarm{number}": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}} for number in range(30)}
    (stack,) = reading_of({"Resources": roles | alarms}).stacks
    cost = Cost(region="eu-west-1", prices_of="2026-11-22")
    page = Page(html_of(Review(templates=(review_of(stack, (), (), cost),))))

    assert {"6 more who may do something", "16 more alarms"} <= set(page.texts("summary"))
    assert len(page.texts("li", **{"class": "item", "data-list": "permissions"})) == 20
    assert len(page.texts("tr", **{"class": "item", "data-list": "alarms"})) == 30


def test_who_may_do_more_than_is_needed_comes_first(page: Page) -> None:
    assert page.texts("h3")[-3:] == ["Create", "The service apigateway", "The service cloudwatch"]
    assert [each for each in page.texts("span", **{"class": "tag warning"}) if each.startswith("Wide")] == [
        "Wide: it is for every resource of the account",
        "Wide: any account can have the service do it",
    ]


def test_several_stacks_begin_with_a_table(page: Page) -> None:
    several = Page(html_of(two_stacks()))

    assert "Stacks" in several.texts("h2")
    assert "Stacks" not in page.texts("h2")
    assert [each for each in several.texts("th", scope="row") if each.startswith("Stack")] == [
        "Stack1Stack1.json",
        "Stack2Stack2.json",
    ]


def test_stacks_of_one_name_are_told_apart() -> None:
    review = two_stacks()
    first, second = review.templates
    same = Page(html_of(replace(review, templates=(first, replace(second, stack="Stack1")))))
    twins = Page(html_of(replace(review, templates=(first, first))))

    assert set(same.texts("h3", **{"class": "stack"})) == {"Stack1 (eu-west-1)", "Stack1 (us-east-1)"}
    assert set(twins.texts("h3", **{"class": "stack"})) == {"Stack1 (eu-west-1) 1", "Stack1 (eu-west-1) 2"}
    assert len(twins.values("id")) == len(set(twins.values("id")))


def test_what_changed_is_told_where_it_was_compared(page: Page) -> None:
    change = Change(
        kind="alarm-gone",
        severity=Severity.WARNING,
        stack="Stack1",
        logical_id="Errors",
        construct_path="Create/Errors",
        message="The alarm Create/Errors is gone.",
    )
    compared = Page(html_of(replace(small_review(), changes=(change,))))
    same = Page(html_of(replace(small_review(), changes=())))

    assert "What changed 1" in compared.texts("h2")
    assert "The alarm Create/Errors is gone." in compared.texts("p")
    assert "Nothing changed that resilience depends on." in same.texts("p")
    assert not [each for each in page.texts("h2") if each.startswith("What changed")]


def test_nothing_of_a_template_is_markup() -> None:
    text = html_of(hostile_review())
    page = Page(text)

    assert page.unclosed == []
    assert "<script>alert" not in text
    assert text.count("</script>") == text.count("<script") == 2
    assert text.count("</style>") == 1
    assert not page.values("onclick")
    assert "49gnp" not in text
    assert not [each for each in page.values("href") if not each.startswith(("#", "https://"))]
    assert NASTY.replace("\u202e", "[U+202E]") in page.texts("td")


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u200b", "\x00", "\x1b", "\ud800"])
def test_a_mark_that_nobody_sees_is_shown(mark: str) -> None:
    review = small_review()
    (template,) = review.templates
    text = html_of(replace(review, templates=(replace(template, stack=f"Pay{mark}ments"),)))

    assert mark not in text
    assert f"Pay[U+{ord(mark):04X}]ments" in text
    text.encode("utf-8")


def test_it_loads_nothing(text: str, page: Page) -> None:
    assert not [
        tag for tag, _, _ in page.elements if tag in ("link", "iframe", "img", "object", "base", "embed")
    ]
    assert not {"src", "srcset", "data", "poster", "action"} & {
        key for _, has, _ in page.elements for key in has
    }
    (policy,) = [has["content"] for _, has, _ in page.elements if "http-equiv" in has]
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert not re.search(r"@import|url\((?!#)", text)


def test_headings_leave_out_no_level() -> None:
    for review in (small_review(), two_stacks(), large_review()):
        levels = [int(tag[1]) for tag, _, _ in Page(html_of(review)).elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_large_review_is_a_small_page(text: str) -> None:
    assert len(text.encode()) < 100_000
    assert len(html_of(large_review()).encode()) < 300_000


def test_a_stack_of_nothing_still_has_a_page() -> None:
    (stack,) = reading_of(
        {"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
    ).stacks
    template = review_of(stack, (), (), Cost(region="eu-west-1", prices_of="2026-11-22"))
    page = Page(html_of(Review(templates=(replace(template, coverage=Coverage()),))))

    assert page.unclosed == []
    assert len(page.texts("p", **{"class": "empty"})) >= 5


def test_a_review_of_no_template_still_has_a_page() -> None:
    assert Page(html_of(Review(templates=()))).texts("h1") == ["Ready 0 stacks"]
