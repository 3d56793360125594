"""Names in an account are those of resources of the templates that a text refers to."""

from collections.abc import Mapping

import pytest

from constructs_lib.template import NamePatterns, template_of
from constructs_lib.template.physical import name_in

RANDOM = "1AB2CD3EF4GH"
NAMES = {
    "Shop": f"Shop-Queue-{RANDOM}",
    "Shop/Orders": f"Shop-Orders-{RANDOM}-Queue-{RANDOM}",
    "Shop/Orders/Inner": f"Shop-Orders-{RANDOM}-Inner-{RANDOM}-Queue-{RANDOM}",
    "Mail": f"Mail-Queue-{RANDOM}",
}


def shop(names: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, NamePatterns]:
    """A stack, one nested in it, one nested in that, and another stack; each has a queue."""
    body = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    templates = [
        template_of(body, name="Shop"),
        template_of(body, name="Shop-Orders", key="Shop/Orders", parent=("Shop", "Orders")),
        template_of(body, name="Shop-Orders-Inner", key="Shop/Orders/Inner", parent=("Shop/Orders", "Inner")),
        template_of(body, name="Mail"),
    ]
    patterns: dict[str, NamePatterns] = {}
    for each in templates:
        patterns[each.key] = NamePatterns(each, names=(names or {}).get(each.key), others=patterns)
    return patterns


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("here", NAMES)
def test_a_resource_of_another_template_has_the_name_that_its_own_stack_gives_it(here: str, key: str) -> None:
    text = "${Queue}" if here == key else f"${{{key}//Queue}}"
    pattern = shop()[here].of(text)

    assert [other for other, name in NAMES.items() if pattern.fullmatch(name)] == [key]
    assert pattern.fullmatch(text)
    assert pattern.fullmatch("Queue")


def test_an_attribute_of_a_resource_of_another_template_may_end_with_its_name() -> None:
    pattern = shop()["Mail"].of("${Shop//Queue.Arn}")

    assert pattern.fullmatch(f"arn:aws:sqs:eu-west-1:111122223333:Shop-Queue-{RANDOM}")
    assert not pattern.fullmatch(f"arn:aws:sqs:eu-west-1:111122223333:Mail-Queue-{RANDOM}")


@pytest.mark.parametrize("text", ["${Else//Queue}", "${Shop//Else}"])
def test_what_is_not_there_is_known_by_its_placeholder_alone(text: str) -> None:
    pattern = shop()["Mail"].of(text)

    assert pattern.fullmatch(text)
    assert not pattern.fullmatch("Else")
    assert not pattern.fullmatch(f"Shop-Queue-{RANDOM}")


@pytest.mark.parametrize("text", ["${AWS::StackName}-q", "${Shop/Orders//AWS::StackName}-q"])
def test_pseudo_parameters_are_any_name(text: str) -> None:
    assert shop()["Shop"].of(text).fullmatch(f"Shop-Orders-{RANDOM}-q")


@pytest.mark.parametrize(
    ("physical", "name"),
    [
        ("orders", "orders"),
        ("/aws/lambda/orders", "/aws/lambda/orders"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "orders"),
        ("arn:aws:sns:eu-west-1:111122223333:orders", "orders"),
        ("arn:aws:states:eu-west-1:111122223333:stateMachine:orders", "orders"),
    ],
)
def test_a_name_that_is_given_is_the_only_one_that_the_account_has(physical: str, name: str) -> None:
    patterns = shop({"Shop": {"Queue": physical}})

    assert name_in(physical) == name
    for pattern in (patterns["Shop"].of("${Queue}"), patterns["Mail"].of("${Shop//Queue}")):
        assert pattern.fullmatch(name)
        assert pattern.fullmatch(physical)
        assert pattern.fullmatch("Queue")
        assert not pattern.fullmatch(NAMES["Shop"])
    assert not patterns["Shop"].of("${Mail//Queue}").fullmatch(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Shop", "Shop"),
        (f"Shop-Orders-{RANDOM}", "Shop/Orders"),
        (f"Shop-Orders-{RANDOM}-Inner-{RANDOM}", "Shop/Orders/Inner"),
        (f"Shop-{RANDOM}", None),
        ("Shop-Orders", None),
        (f"Shop-OrdersDlq-{RANDOM}", None),
    ],
)
def test_a_stack_is_known_by_the_name_that_it_gets(name: str, key: str | None) -> None:
    assert [other for other, each in shop().items() if each.is_stack(name)] == ([key] if key else [])


def test_the_longest_stacks_within_stacks_have_patterns() -> None:
    patterns: dict[str, NamePatterns] = {}
    queue, inner = "Q" * 255, "N" * 255
    parent, key = "", "S" * 128
    for _ in range(10):
        body = {"Resources": {queue: {"Type": "AWS::SQS::Queue"}}}
        template = template_of(body, name=key, key=key, parent=(parent, inner) if parent else None)
        patterns[key] = NamePatterns(template, others=patterns)
        parent, key = key, f"{key}/{inner}"

    assert patterns[parent].of(f"${{{queue}}}").fullmatch(f"{'S' * 20}-{'Q' * 30}-{RANDOM}")
