"""What a macro puts into a resource is not known: no property is surely absent then."""

import pytest

from tests.reviewing import reading_of

INCLUDED = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://bucket/part.yaml}}}"


@pytest.mark.parametrize("properties", [INCLUDED, INCLUDED.replace("{Fn", "{Name: nightly, Fn", 1)])
def test_a_property_that_a_macro_may_put_in_counts_as_there(properties: str) -> None:
    reading = reading_of(f"Resources: {{Rule: {{Type: AWS::Events::Rule, Properties: {properties}}}}}")
    rule = reading.stacks[0].nodes["Rule"]

    assert rule.has("Targets")
    assert rule.text("EventPattern") is None
    assert rule.count("Targets") is None
    assert not rule.known("Targets")


def test_what_is_written_beside_a_macro_is_known() -> None:
    properties = INCLUDED.replace("{Fn", "{Name: nightly, Fn", 1)
    reading = reading_of(f"Resources: {{Rule: {{Type: AWS::Events::Rule, Properties: {properties}}}}}")

    assert reading.stacks[0].nodes["Rule"].text("Name") == "nightly"


def test_a_macro_within_a_property_leaves_the_others_alone() -> None:
    reading = reading_of(
        f"Resources: {{Rule: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {INCLUDED}}}}}}}"
    )
    rule = reading.stacks[0].nodes["Rule"]

    assert rule.text("EventPattern") is None
    assert rule.has("EventPattern")
    assert not rule.has("Targets")
