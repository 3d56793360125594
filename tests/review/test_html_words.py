"""Policies and alarms in plain words."""

from typing import Any

import pytest

from constructs_lib.review.finding import Severity
from constructs_lib.review.output.alarm_catalogue import CatalogueEntry, catalogue_of
from constructs_lib.review.output.iam_words import Permission, permissions_of
from constructs_lib.review.output.words import quantity
from tests.review.html_cases import finding, small_review
from tests.reviewing import reading_of


def permissions(*statements: dict[str, Any], managed: tuple[str, ...] = ()) -> list[Permission]:
    """What a function may do whose role has these statements."""
    return [each for each in _permissions(statements, managed) if each.who == "CreateOrder"]


def _permissions(statements: tuple[dict[str, Any], ...], managed: tuple[str, ...]) -> list[Permission]:
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}]
    role = {"Policies": policies, "ManagedPolicyArns": list(managed)}
    function = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    (stack,) = reading_of(
        {
            "Resources": {
                "CreateOrder": {"Type": "AWS::Lambda::Function", "Properties": function},
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Orders": {"Type": "AWS::DynamoDB::Table"},
                "Payments": {"Type": "AWS::SQS::Queue"},
                "Files": {"Type": "AWS::S3::Bucket"},
            }
        }
    ).stacks
    return permissions_of(stack)


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    """A statement that allows something."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


ORDERS = {"Fn::GetAtt": ["Orders", "Arn"]}
FILES = {"Fn::Sub": "${Files.Arn}/incoming/*"}


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (allow("dynamodb:PutItem", ORDERS), "CreateOrder may write to the table Orders."),
        (allow("dynamodb:BatchGetItem", ORDERS), "CreateOrder may read from the table Orders."),
        (allow("dynamodb:BatchWriteItem", ORDERS), "CreateOrder may write to the table Orders."),
        (allow("dynamodb:DeleteItem", ORDERS), "CreateOrder may delete from the table Orders."),
        (
            allow("sqs:SendMessage", {"Fn::GetAtt": ["Payments", "Arn"]}),
            "CreateOrder may send to the queue Payments.",
        ),
        (allow("s3:GetObject", FILES), "CreateOrder may read from the bucket Files, incoming/*."),
        (
            allow("dynamodb:*", ORDERS),
            "CreateOrder may do everything that dynamodb offers with the table Orders.",
        ),
        (allow("*", "*"), "CreateOrder may do everything with every resource."),
        (allow("ses:Frobnicate", "*"), "CreateOrder may use ses on every resource."),
        (
            {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": ORDERS},
            "CreateOrder may not delete from the table Orders.",
        ),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            "CreateOrder may do all but these actions with every resource.",
        ),
        (
            {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": {"Fn::GetAtt": ["Files", "Arn"]}},
            "CreateOrder may read from everything but the bucket Files.",
        ),
        (
            allow("kms:Decrypt", "*", Condition={"StringEquals": {"kms:ViaService": "sqs.amazonaws.com"}}),
            "CreateOrder may decrypt with every resource, if kms:ViaService is sqs.amazonaws.com.",
        ),
        (
            allow(
                "kms:Decrypt",
                "*",
                Condition={"StringNotEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            ),
            "CreateOrder may decrypt with every resource, if aws:SourceAccount is not 111111111111.",
        ),
    ],
)
def test_a_statement_in_words(statement: dict[str, Any], sentence: str) -> None:
    assert [each.sentence for each in permissions(statement)] == [sentence]


def test_actions_of_one_kind_are_one_sentence_and_all_are_named() -> None:
    found = permissions(allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"], ORDERS))

    assert {each.verb: each.actions for each in found} == {
        "write to": ("dynamodb:PutItem", "dynamodb:UpdateItem"),
        "read from": ("dynamodb:GetItem",),
    }


def test_more_resources_than_one_reads_are_counted() -> None:
    (one,) = permissions(allow("dynamodb:PutItem", [f"arn:aws:dynamodb:::table/{n}" for n in range(5)]))
    (two,) = permissions(allow("dynamodb:PutItem", [ORDERS, "arn:aws:dynamodb:::table/Other"]))

    assert one.what.endswith("table/2 and 2 more")
    assert two.what == "the table Orders and arn:aws:dynamodb:::table/Other"


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        (allow("s3:GetObject", "*"), "it is for every resource of the account"),
        (allow("xray:PutTraceSegments", "*"), ""),
        (allow(["xray:PutTraceSegments", "s3:PutObject"], "*"), "it is for every resource of the account"),
        (allow("dynamodb:*", ORDERS), "all actions"),
        (allow("dynamodb:PutItem", ORDERS), ""),
        (allow("s3:GetObject", "*", Condition={"StringEquals": {"aws:ResourceTag/app": "shop"}}), ""),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, ""),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": ORDERS},
            "it allows all that it does not name",
        ),
    ],
)
def test_what_is_wider_than_needed_says_why(statement: dict[str, Any], wide: str) -> None:
    assert wide in {each.wide for each in permissions(statement)}


def test_managed_policies_are_named_and_the_administrators_is_wide() -> None:
    found = permissions(
        managed=(
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        )
    )

    assert [(each.sentence, bool(each.wide)) for each in found] == [
        ("CreateOrder may do what the managed policy AdministratorAccess allows.", True),
        ("CreateOrder may do what the managed policy AWSLambdaBasicExecutionRole allows.", False),
    ]
    assert "logs:PutLogEvents" in found[1].actions


def test_a_role_that_nobody_at_hand_has_speaks_for_itself() -> None:
    (stack,) = reading_of(
        {
            "Resources": {
                "Deployer": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "Policies": [
                            {"PolicyDocument": {"Statement": allow("lambda:UpdateFunctionCode", "*")}}
                        ]
                    },
                }
            }
        }
    ).stacks

    assert [each.sentence for each in permissions_of(stack)] == ["role Deployer may write to every resource."]


def test_policies_of_resources_tell_who_may() -> None:
    stack = small_review().templates[0].reading
    found = {each.who: each for each in permissions_of(stack)}

    assert found["The service cloudwatch"].sentence == (
        "The service cloudwatch may publish to the topic OnCall, if aws:SourceAccount is 111111111111."
    )
    assert (
        found["The service apigateway"].sentence == "The service apigateway may invoke the function Create."
    )
    assert found["The service apigateway"].wide == "any account can have the service do it"


@pytest.mark.parametrize("written", [{"Ref": "Pay"}, {"Fn::GetAtt": ["Pay", "Arn"]}, "pay"])
def test_a_function_that_a_service_may_invoke_is_found_by_name_too(written: Any) -> None:
    (stack,) = reading_of(
        {
            "Resources": {
                "Pay": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "pay"}},
                "Permission": {
                    "Type": "AWS::Lambda::Permission",
                    "Properties": {
                        "FunctionName": written,
                        "Principal": "s3.amazonaws.com",
                        "SourceAccount": "1",
                    },
                },
            }
        }
    ).stacks

    assert [each.sentence for each in permissions_of(stack)] == [
        "The service s3 may invoke the function Pay, if it does so for 1."
    ]


def test_a_queue_open_to_anybody_is_wide() -> None:
    policy = {
        "Queues": [{"Ref": "Payments"}],
        "PolicyDocument": {
            "Statement": [
                allow("sqs:SendMessage", "*", Principal="*"),
                {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Principal": {"AWS": "*"}},
            ]
        },
    }
    (stack,) = reading_of(
        {
            "Resources": {
                "Payments": {"Type": "AWS::SQS::Queue"},
                "Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
            }
        }
    ).stacks

    assert [(each.sentence, each.wide) for each in permissions_of(stack)] == [
        ("Anybody may send to the queue Payments.", "anybody may"),
        ("Anybody may not do anything that sqs offers with the queue Payments.", ""),
    ]


@pytest.fixture(scope="module")
def catalogue() -> dict[str, CatalogueEntry]:
    """The alarms of the small stack, of which one can not ring."""
    wrong = finding("alarm-on-unpublished-metric", Severity.ERROR, "CreateErrors", "No.", family="firing")
    weak = finding("short-window", Severity.WARNING, "Slow", "Weak.", family="firing")
    stack = small_review().templates[0].reading
    found = catalogue_of(stack, {"CreateErrors": [(wrong, "finding-1")], "Slow": [(weak, "finding-2")]})
    return {each.path: each for each in found}


def test_a_metric_alarm_in_words(catalogue: dict[str, CatalogueEntry]) -> None:
    errors = catalogue["CreateErrors"]

    assert (errors.kind, errors.watches) == ("metric", "Sum of Errrors of Create (AWS/Lambda)")
    assert errors.rings == "\N{GREATER-THAN OR EQUAL TO} 5 in 2 of 3 periods of 1 min"
    assert errors.missing == "counts as fine"
    assert errors.told == ["OnCall: Email ops@example.com", "the composite alarm Service"]
    assert errors.silent == ""


def test_metric_math_in_words(catalogue: dict[str, CatalogueEntry]) -> None:
    slow = catalogue["Slow"]

    assert slow.kind == "metric math"
    assert slow.watches == (
        "rate = slow / calls; slow = p99 of Duration of Pay (AWS/Lambda); "
        "calls = Sum of Invocations of Pay (AWS/Lambda)"
    )
    assert slow.rings == "> 1,000 in 1 of 1 periods of 5 min"
    assert slow.missing == "no data: no answer"


def test_a_composite_in_words(catalogue: dict[str, CatalogueEntry]) -> None:
    service = catalogue["Service"]

    assert (service.kind, service.watches, service.rings) == (
        "composite",
        "CreateErrors, Slow",
        "any of them rings",
    )
    assert service.missing == ""


def test_an_alarm_that_cannot_ring_is_marked(catalogue: dict[str, CatalogueEntry]) -> None:
    assert {path: each.cannot_ring for path, each in catalogue.items()} == {
        "CreateErrors": "finding-1",
        "Slow": None,
        "Service": None,
    }


def alarm(**properties: Any) -> CatalogueEntry:
    """The only alarm of a stack."""
    (stack,) = reading_of(
        {
            "Resources": {
                "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties},
                "Topic": {"Type": "AWS::SNS::Topic"},
            },
            "Parameters": {"Limit": {"Type": "Number"}},
        }
    ).stacks
    (found,) = catalogue_of(stack, {})
    return found


def test_an_alarm_without_actions_or_with_actions_off_tells_nobody() -> None:
    assert alarm().silent == "it has no action"
    assert alarm(AlarmActions=[{"Ref": "Topic"}], ActionsEnabled=False).silent == "its actions are off"
    assert alarm(AlarmActions=[{"Ref": "Topic"}]).told == ["Topic: nobody at hand subscribes"]
    assert alarm(AlarmActions=["arn:aws:sns:eu-west-1:1:on-call"]).told == ["arn:aws:sns:eu-west-1:1:on-call"]


def test_what_is_not_known_is_told_as_that() -> None:
    found = alarm(Threshold={"Ref": "Limit"}, MetricName={"Ref": "Limit"}, Period={"Ref": "Limit"})

    assert found.rings == "known at deployment ? in ? of ? periods of known at deployment"
    assert found.watches == "a statistic of a metric (known at deployment)"


def test_an_anomaly_alarm_has_a_band_for_a_threshold() -> None:
    metric = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Stat": "Sum", "Period": 300}
    found = alarm(
        ThresholdMetricId="band",
        ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold",
        EvaluationPeriods=3,
        Metrics=[
            {"Id": "m", "MetricStat": metric},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
        ],
    )

    assert found.kind == "anomaly"
    assert found.rings == "outside of the band in 3 of 3 periods of 5 min"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (1, "1"),
        (0.2, "0.2"),
        (1234.5, "1,234.5"),
        (3e6, "3,000,000"),
        (1234567.8, "1,234,568"),
        (0.00001, "0.00001"),
    ],
)
def test_a_quantity_has_no_exponent(amount: float, said: str) -> None:
    assert quantity(amount) == said
