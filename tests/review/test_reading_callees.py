"""Which function a text names."""

import pytest

from constructs_lib.review.reading.functions import callee_of, functions_of
from tests.reviewing import reading_of

_STACK = """
Resources:
  Handler: {Type: AWS::Lambda::Function}
  Published: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Handler}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Handler, FunctionVersion: "1", Name: live}}
  Itself: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Itself, FunctionVersion: "1", Name: live}}
  There: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Back, FunctionVersion: "1", Name: live}}
  Back: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref There}}
"""


@pytest.mark.parametrize(
    ("text", "qualifier", "node"),
    [
        ("${Handler}", "$LATEST", "Handler"),
        ("${Handler.Arn}", "$LATEST", "Handler"),
        ("${Handler.Arn}:live", "live", "Handler"),
        ("${Live.AliasArn}", "live", "Live"),
        ("${Published.FunctionArn}", None, "Published"),
    ],
)
def test_a_reference_names_a_function_its_alias_or_its_version(
    text: str, qualifier: str | None, node: str
) -> None:
    (stack,) = reading_of(_STACK).stacks

    found = callee_of(stack, text)

    assert found is not None
    assert (found.function.id, found.qualifier, found.node.id) == ("Handler", qualifier, node)


@pytest.mark.parametrize(
    "text", ["${Itself.AliasArn}", "${There.AliasArn}", "${Nobody}", "", 7, None, ["${Handler}"]]
)
def test_what_leads_back_to_itself_or_is_no_function_names_none(text: object) -> None:
    (stack,) = reading_of(_STACK).stacks

    assert callee_of(stack, text) is None


@pytest.mark.parametrize(
    ("written", "modes"),
    [
        ("{PreSignUp: !GetAtt Handler.Arn}", ["synchronous"]),
        ("{CustomEmailSender: {LambdaArn: !GetAtt Handler.Arn}}", ["asynchronous"]),
        ("{CustomSMSSender: {LambdaArn: !GetAtt Handler.Arn}}", ["asynchronous"]),
        (
            "{PreSignUp: !GetAtt Handler.Arn, CustomSMSSender: {LambdaArn: !GetAtt Handler.Arn}}",
            ["asynchronous", "synchronous"],
        ),
    ],
)
def test_a_user_pool_does_not_wait_for_what_sends_its_messages(written: str, modes: list[str]) -> None:
    pool = f"  Users: {{Type: AWS::Cognito::UserPool, Properties: {{LambdaConfig: {written}}}}}\n"
    (function,) = functions_of(reading_of(_STACK + pool))

    assert sorted(each.mode for each in function.invocations) == modes


@pytest.mark.parametrize(
    ("type_", "properties", "mode"),
    [
        ("AWS::SecretsManager::RotationSchedule", "{RotationLambdaARN: !GetAtt Handler.Arn}", "synchronous"),
        ("AWS::Config::ConfigRule", "{Source: {SourceIdentifier: !GetAtt Handler.Arn}}", "asynchronous"),
        (
            "AWS::CodeCommit::Repository",
            "{Triggers: [{DestinationArn: !GetAtt Handler.Arn}]}",
            "asynchronous",
        ),
        (
            "AWS::AppSync::GraphQLApi",
            "{LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt Handler.Arn}}",
            "synchronous",
        ),
        ("AWS::VpcLattice::TargetGroup", "{Targets: [{Id: !GetAtt Handler.Arn}]}", "synchronous"),
    ],
)
def test_who_waits_for_a_function(type_: str, properties: str, mode: str) -> None:
    (function,) = functions_of(reading_of(f"{_STACK}  Caller: {{Type: {type_}, Properties: {properties}}}\n"))

    assert [(each.by.id, str(each.mode)) for each in function.invocations] == [("Caller", mode)]


_OF_HANDLER = '!Sub "${Handler.Arn}"'
_INVOKES = "arn:aws:scheduler:::aws-sdk:lambda:invoke"


@pytest.mark.parametrize(
    ("type_", "properties", "calls"),
    [
        ("AWS::Scheduler::Schedule", "{Target: {Arn: !GetAtt Handler.Arn}}", True),
        ("AWS::Scheduler::Schedule", f"{{Target: {{Arn: !GetAtt Queue.Arn, Input: {_OF_HANDLER}}}}}", False),
        ("AWS::Scheduler::Schedule", f"{{Target: {{Arn: '{_INVOKES}', Input: {_OF_HANDLER}}}}}", True),
        ("AWS::Events::Rule", f"{{Targets: [{{Arn: !GetAtt Queue.Arn, Input: {_OF_HANDLER}}}]}}", False),
        (
            "AWS::Events::Rule",
            f"{{Targets: [{{Arn: !GetAtt Queue.Arn, InputTransformer: {{InputTemplate: {_OF_HANDLER}}}}}]}}",
            False,
        ),
        ("AWS::Events::Rule", "{Targets: [{Arn: !GetAtt Handler.Arn, Input: '{}'}]}", True),
    ],
)
def test_what_a_target_is_handed_calls_nothing_unless_the_target_is_universal(
    type_: str,
    properties: str,
    calls: bool,  # noqa: FBT001 - what is expected
) -> None:
    resources = f"  Queue: {{Type: AWS::SQS::Queue}}\n  Caller: {{Type: {type_}, Properties: {properties}}}\n"
    (function,) = functions_of(reading_of(_STACK + resources))

    assert [each.by.id for each in function.invocations] == (["Caller"] if calls else [])
