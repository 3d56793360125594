"""What resources refer to, as the templates have it."""

from constructs_lib.review.reading.dependencies import (
    Reference,
    condition_holds,
    dependencies_of,
    references_in,
)
from tests.reviewing import parsed, reading_of

_CONDITIONS = """
Parameters: {Stage: {Type: String}, Kind: {Type: String, Default: dev}}
Conditions:
  Open: !Equals [!Ref Stage, prod]
  Held: !Equals [!Ref Kind, dev]
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""


def _named(text: str) -> set[tuple[str, str, bool]]:
    (stack,) = reading_of(_CONDITIONS).stacks
    return {(each.name, each.by, each.certain) for each in references_in(stack, parsed(text))}


def test_references_attributes_and_texts_are_found_at_any_depth() -> None:
    text = "{a: [{b: !Ref A}, !GetAtt B.Arn], c: !Sub '${C} ${D.Arn}', d: !Join ['', [!Ref E]]}"

    assert _named(text) == {
        ("A", "Ref", True),
        ("B", "Fn::GetAtt", True),
        ("C", "Fn::Sub", True),
        ("D", "Fn::Sub", True),
        ("E", "Ref", True),
    }


def test_literals_and_own_names_of_a_text_are_no_references_and_what_fills_them_is() -> None:
    assert _named("!Sub ['${!A} ${B}', {B: !Ref C}]") == {("C", "Ref", True)}


def test_only_the_branch_that_is_taken_counts() -> None:
    assert _named("!If [Held, !Ref A, !Ref B]") == {("A", "Ref", True)}


def test_both_branches_of_an_open_condition_count_and_are_not_certain() -> None:
    assert _named("!If [Open, !Ref A, {x: !Ref B}]") == {("A", "Ref", False), ("B", "Ref", False)}


def test_what_is_not_written_as_cloudformation_takes_it_refers_to_nothing() -> None:
    assert (
        _named("{a: {Ref: [x]}, b: {'Fn::GetAtt': []}, c: {'Fn::Sub': 7}, d: {'Fn::If': 1}, e: {}}") == set()
    )


def test_properties_orders_and_update_policies_of_a_resource_count_and_its_metadata_does_not() -> None:
    (stack,) = reading_of("""
Resources:
  Live:
    Type: AWS::Lambda::Alias
    DependsOn: [A]
    Metadata: {Mine: !Ref B}
    UpdatePolicy: {CodeDeployLambdaAliasUpdate: {DeploymentGroupName: !Ref C}}
    Properties: {FunctionName: !Ref D}
""").stacks

    assert set(dependencies_of(stack)[stack.nodes["Live"]]) == {
        Reference(name="A", by="DependsOn", certain=True),
        Reference(name="C", by="Ref", certain=True),
        Reference(name="D", by="Ref", certain=True),
    }


def test_a_condition_that_leads_back_to_itself_or_is_no_name_is_open() -> None:
    (stack,) = reading_of("""
Conditions: {A: {Condition: B}, B: {Condition: A}}
Resources: {Topic: {Type: AWS::SNS::Topic}}
""").stacks

    assert condition_holds(stack, "A") is None
    assert condition_holds(stack, ["A"]) is None
