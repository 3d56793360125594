"""What policies allow services and roles, as far as templates tell."""

import pytest

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.closed import is_closed
from constructs_lib.review.reading.deliveries import deliveries_to
from constructs_lib.review.reading.permits import document_statements, is_service, permits, trusts
from constructs_lib.review.reading.resource_policies import has_policy, key_of, managed_key_of
from constructs_lib.review.reading.roles import lacks, may
from tests.reviewing import reading_of


def _stack(text: str) -> StackReading:
    return reading_of(text).stacks[0]


def _role(policy: str) -> Node:
    return _stack(
        f"""
        Parameters: {{Arn: {{Type: String}}, Action: {{Type: String}}}}
        Resources:
          Queue: {{Type: AWS::SQS::Queue}}
          Other: {{Type: AWS::SQS::Queue}}
          Role: {{Type: AWS::IAM::Role, Properties: {{{policy}}}}}
        """
    ).nodes["Role"]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("logs.amazonaws.com", True),
        ("logs.eu-west-1.amazonaws.com", True),
        ("logs.cn-north-1.amazonaws.com.cn", True),
        ("*", True),
        ("logsx.amazonaws.com", False),
        ("delivery.logs.amazonaws.com", False),
        ("logs.example.com", False),
    ],
)
def test_a_service_is_the_same_with_its_region(name: str, *, same: bool) -> None:
    assert is_service(name, "logs.amazonaws.com") is same


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("", False),
        (
            "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:Send*', Resource: '*'}]}}]",
            True,
        ),
        (
            "Policies: [{PolicyDocument: {Statement: {Effect: Allow, NotAction: 'iam:*', Resource: '*'}}}]",
            True,
        ),
        (
            "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: !GetAtt Other.Arn}]}}]",
            False,
        ),
        (
            "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::b'}]}}]",
            False,
        ),
        (
            "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: !Ref Arn}]}}]",
            True,
        ),
        (
            "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: !Ref Action, Resource: '*'}]}}]",
            None,
        ),
        ("Policies: [{PolicyDocument: {Statement: [{Effect: Deny, Action: '*', Resource: '*'}]}}]", False),
        ("Policies: [nothing]", None),
        ("ManagedPolicyArns: [!Ref Arn]", None),
        ("ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']", False),
        ("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']", None),
    ],
)
def test_a_role_may_may_not_or_nobody_knows(policy: str, *, allowed: bool | None) -> None:
    role = _role(policy)

    assert may(role, "sqs:SendMessage", role.stack.nodes["Queue"]) is allowed
    assert lacks(role, ["sqs:SendMessage"], role.stack.nodes["Queue"]) == (
        ["sqs:SendMessage"] if allowed is False else []
    )


def test_what_a_role_lacks_is_told_only_of_one_that_is_surely_made() -> None:
    stack = _stack(
        """
        Parameters: {Own: {Type: String}}
        Conditions: {HasOwn: !Equals [!Ref Own, 'yes']}
        Resources: {Role: {Type: AWS::IAM::Role, Condition: HasOwn}}
        """
    )

    assert lacks(stack.nodes["Role"], ["sqs:SendMessage"]) == []


def test_a_policy_of_its_own_and_a_managed_one_of_the_template_count() -> None:
    stack = _stack(
        """
        Resources:
          Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Managed]}}
          Managed:
            Type: AWS::IAM::ManagedPolicy
            Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: 'kms:Decrypt', Resource: '*'}]}}
          Attached:
            Type: AWS::IAM::RolePolicy
            Properties:
              RoleName: !Ref Role
              PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}]}
        """
    )
    role = stack.nodes["Role"]

    assert may(role, "kms:Decrypt") is True
    assert may(role, "sqs:SendMessage") is True
    assert may(role, "sns:Publish") is False


def test_a_trust_policy_names_services_or_nobody_knows() -> None:
    text = (
        "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:*', Principal: {Service: %s}}]}"
    )
    assert trusts(_role(text % "lambda.amazonaws.com"), "lambda.amazonaws.com") is True
    assert trusts(_role(text % "lambda.amazonaws.com"), "scheduler.amazonaws.com") is False
    assert trusts(_role(text % "!Ref Arn"), "scheduler.amazonaws.com") is None
    assert trusts(_role("AssumeRolePolicyDocument: !Ref Arn"), "lambda.amazonaws.com") is None


def test_a_delivery_has_its_sender_its_service_and_its_receiver() -> None:
    stack = _stack(
        """
        Resources:
          Topic: {Type: AWS::SNS::Topic}
          Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Topic], OKActions: [!Ref Topic]}}
          Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !Ref Topic, RoleArn: r}, {Arn: !Ref Topic}]}}
        """
    )
    sent = deliveries_to(stack.nodes["Topic"])

    assert {(each.by.id, each.service) for each in sent} == {
        ("Alarm", "cloudwatch.amazonaws.com"),
        ("Rule", "events.amazonaws.com"),
    }
    assert all(each.certain and not each.dead_letters for each in sent)
    assert has_policy(stack.nodes["Topic"]) is False
    assert permits([], ("sns:Publish",), sent[0]) is False


def test_keys_are_found_behind_aliases_and_those_of_aws_by_their_names() -> None:
    stack = _stack(
        """
        Resources:
          Key: {Type: AWS::KMS::Key}
          Alias: {Type: AWS::KMS::Alias, Properties: {TargetKeyId: !GetAtt Key.Arn}}
          Ours: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Alias}}
          Theirs: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/aws/sqs}}
          Elsewhere: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/ours}}
        """
    )

    assert key_of(stack.nodes["Ours"]) is stack.nodes["Key"]
    assert managed_key_of(stack.nodes["Theirs"]) == "alias/aws/sqs"
    assert key_of(stack.nodes["Elsewhere"]) is None
    assert managed_key_of(stack.nodes["Elsewhere"]) is None


@pytest.mark.parametrize("document", ["text", "{Statement: !Ref Arn}", "{Statement: [!Ref Arn]}", "[]", "{}"])
def test_a_document_that_is_not_all_there_has_unknown_statements(document: str) -> None:
    assert (
        document_statements(_role(f"AssumeRolePolicyDocument: {document}"), "AssumeRolePolicyDocument")
        is None
    )


def test_a_stack_is_closed_unless_a_macro_or_something_not_understood_may_add_to_it() -> None:
    assert is_closed(_stack("Resources: {Role: {Type: AWS::IAM::Role}}"))
    assert is_closed(
        _stack("{Transform: AWS::LanguageExtensions, Resources: {Role: {Type: AWS::IAM::Role}}}")
    )
    assert not is_closed(_stack("{Transform: [Ours], Resources: {Role: {Type: AWS::IAM::Role}}}"))
    assert not is_closed(_stack("Resources: {Connector: {Type: AWS::Serverless::Connector}}"))
