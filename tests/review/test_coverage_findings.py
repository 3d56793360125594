"""Gaps become findings: few enough to act on."""

from typing import Any, ClassVar

import pytest

from constructs_lib.review.coverage import coverage_findings, coverage_of
from constructs_lib.review.coverage.modes import MODES
from constructs_lib.review.finding import Severity
from constructs_lib.review.report import Caught, Coverage
from tests.review.coverage_cases import CALLED, FUNCTION, findings, function_alarm, mode, modes
from tests.reviewing import reading_of

HANDLER = {**FUNCTION, "Properties": {"Timeout": 900}}


def test_a_stack_without_alarms_has_one_finding_that_counts_its_resources() -> None:
    (found,) = findings(
        {
            "Orders": FUNCTION,
            "Called": CALLED,
            "Jobs": {"Type": "AWS::SQS::Queue"},
            "More": {"Type": "AWS::SQS::Queue"},
        }
    )

    assert found.rule == "failure-not-covered"
    assert found.severity is Severity.WARNING
    assert found.logical_id == ""
    assert found.message == "No alarm watches any resource of this stack: 1 function, 2 queues."


def test_a_stack_without_alarms_counts_also_what_nobody_is_known_to_call() -> None:
    (found,) = findings({"Orders": FUNCTION, "Called": CALLED, "Spare": FUNCTION})

    assert found.message == "No alarm watches any resource of this stack: 2 functions."


def test_otherwise_each_resource_has_one_that_names_its_essential_gaps() -> None:
    found = findings({"Orders": FUNCTION, "Called": CALLED, "Watching": function_alarm()})

    assert [(each.rule, each.logical_id, each.severity) for each in found] == [
        ("failure-not-covered", "Orders", Severity.WARNING)
    ]
    assert found[0].message == (
        "No alarm tells of the function Orders when: invocations are throttled, "
        "invocations come close to the timeout."
    )
    assert found[0].remedy == "Alarm on the sum of Throttles; on p99 of Duration near the timeout."
    assert found[0].source.startswith("https://docs.aws.amazon.com/")
    assert found[0].family == "coverage"


def test_an_alarm_that_wants_too_much_is_explained() -> None:
    (found,) = findings({"Orders": FUNCTION, "Called": CALLED, "Watching": function_alarm(threshold=500)})

    assert "Sum of Errors comes to" in found.message
    assert "Watching wants at least 500" in found.message


def test_what_rings_unheard_is_another_finding() -> None:
    found = findings({"Orders": FUNCTION, "Called": CALLED, "Watching": function_alarm(AlarmActions=None)})

    assert {each.rule for each in found} == {"failure-not-covered", "failure-unheard"}
    (unheard,) = (each for each in found if each.rule == "failure-unheard")
    assert unheard.message == (
        "Alarms of the function Orders ring unheard when: invocations fail (Watching)."
    )


def test_alarms_that_ring_unheard_are_called_by_their_paths() -> None:
    watching = {
        **function_alarm(AlarmActions=None),
        "Metadata": {"aws:cdk:path": "Shop/Orders/Errors/Resource"},
    }

    found = findings({"Orders": FUNCTION, "Called": CALLED, "Watching": watching})

    (unheard,) = (each for each in found if each.rule == "failure-unheard")
    assert unheard.message.endswith("invocations fail (Orders/Errors).")


def test_what_is_unknown_is_no_finding() -> None:
    unknown = [
        function_alarm(metric, Threshold={"Fn::ImportValue": "elsewhere"})
        for metric in ("Errors", "Throttles", "Duration")
    ]
    alarms = {f"Watching{number}": each for number, each in enumerate(unknown)}

    assert findings({"Orders": FUNCTION, "Called": CALLED, **alarms}) == []


def test_silence_is_only_in_the_matrix() -> None:
    watching = {
        metric: function_alarm(metric, **more)
        for metric, more in {
            "Errors": {},
            "Throttles": {},
            "Duration": {"Statistic": "Maximum", "threshold": 8_000},
        }.items()
    }
    resources = {"Orders": FUNCTION, "Called": CALLED, **watching}

    assert mode(resources, "Orders", "silence").caught is Caught.NO
    assert findings(resources) == []


def test_a_function_that_nobody_is_known_to_call_is_not_asked_for_alarms() -> None:
    assert findings({"Orders": FUNCTION}) == []
    assert mode({"Orders": FUNCTION}, "Orders", "errors").caught is Caught.NO


def test_a_policy_that_lets_somebody_call_it_makes_it_called() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": [{"Fn::GetAtt": ["Orders", "Arn"]}, {"Fn::Sub": "${Orders.Arn}:*"}],
    }
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}

    assert len(findings({"Orders": FUNCTION, "Policy": policy})) == 1
    assert mode({"Orders": FUNCTION, "Policy": policy}, "Orders", "errors").why == (
        "No alarm watches Errors of it ($LATEST)."
    )


def test_a_policy_on_one_version_is_for_trying_it_out() -> None:
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Orders"}}}
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": "Version"}}
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}

    assert findings({"Orders": FUNCTION, "Version": version, "Policy": policy}) == []


class TestDeployment:
    """What only deployments call is left out."""

    CUSTOM: ClassVar[dict[str, Any]] = {
        "Type": "Custom::LogRetention",
        "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}},
    }

    @pytest.mark.parametrize("type_", ["Custom::LogRetention", "AWS::CloudFormation::CustomResource"])
    def test_the_handler_of_a_custom_resource(self, type_: str) -> None:
        resources = {"Handler": HANDLER, "Custom": {**self.CUSTOM, "Type": type_}}

        assert modes(reading_of({"Resources": resources})) == {}

    def test_what_the_framework_of_cdk_calls(self) -> None:
        variables = {
            "USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["OnEvent", "Arn"]},
            "WAITER_STATE_MACHINE_ARN": {"Ref": "Waiter"},
            "TABLE": {"Ref": "Table"},
        }
        resources = {
            "Handler": {**HANDLER, "Properties": {"Environment": {"Variables": variables}}},
            "OnEvent": HANDLER,
            "Waiter": {"Type": "AWS::StepFunctions::StateMachine"},
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "Custom": self.CUSTOM,
        }

        assert {id_ for id_, _ in modes(reading_of({"Resources": resources}))} == {"Table"}

    @pytest.mark.parametrize("hook", ["BeforeAllowTrafficHook", "AfterAllowTrafficHook"])
    def test_what_codedeploy_calls_around_a_shift_of_traffic(self, hook: str) -> None:
        alias = {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Ref": "Orders"}, "Name": "live", "FunctionVersion": "1"},
            "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {hook: {"Ref": "Handler"}}},
        }
        resources = {"Handler": HANDLER, "Orders": FUNCTION, "Live": alias}

        assert {id_ for id_, _ in modes(reading_of({"Resources": resources}))} == {"Orders"}

    def test_a_handler_that_something_else_calls_too_stays(self) -> None:
        rule = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "ScheduleExpression": "rate(1 day)",
                "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Handler", "Arn"]}}],
            },
        }
        resources = {"Handler": HANDLER, "Custom": self.CUSTOM, "Rule": rule}

        assert ("Handler", "errors") in modes(reading_of({"Resources": resources}))


def test_a_stack_in_which_nothing_can_fail_has_no_share_and_no_finding() -> None:
    (stack,) = reading_of({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}).stacks
    coverage = coverage_of(stack)

    assert coverage == Coverage()
    assert coverage.share is None
    assert coverage_findings(stack, coverage) == []


@pytest.mark.parametrize(
    ("kind", "mode_id"), [(kind, each.id) for kind, rows in MODES.items() for each in rows]
)
def test_each_failure_mode_says_what_happens_what_to_do_and_where_that_is_written(
    kind: str, mode_id: str
) -> None:
    (row,) = (each for each in MODES[kind] if each.id == mode_id)

    assert row.title[0].isupper()
    assert not row.happens.endswith(".")
    assert not row.remedy.endswith(".")
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.metrics


def test_coverage_of_other_stacks_is_not_mixed_in() -> None:
    first: dict[str, Any] = {"Resources": {"Orders": FUNCTION, "Called": CALLED}}
    reading = reading_of(first, {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}})

    assert {id_ for id_, _ in modes(reading, 0)} == {"Orders"}
    assert {id_ for id_, _ in modes(reading, 1)} == {"Jobs"}
