from typing import Any

import pytest
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, Profile
from constructs_lib.alarms.services import AccountAlarms, AccountAlarmSettings
from constructs_lib.checks import ConfigurationError
from tests.synthesis import fresh_stack, number_token, synthesize

ALARM = "AWS::CloudWatch::Alarm"


def test_the_share_of_the_account_is_one_of_its_present_quota() -> None:
    stack = fresh_stack()
    alarms = AccountAlarms(stack, "Alarms")

    properties = synthesize(stack).only(ALARM)

    assert alarms.names == ("claimed_share",)
    share, claimed, executions = properties["Metrics"]
    assert share["Expression"] == "100 * claimed / SERVICE_QUOTA(executions)"
    for query, metric in ((claimed, "ClaimedAccountConcurrency"), (executions, "ConcurrentExecutions")):
        assert query["MetricStat"] == {
            "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric},
            "Period": 60,
            "Stat": "Maximum",
        }
    assert (properties["Threshold"], properties["DatapointsToAlarm"]) == (90, 10)


def test_a_quota_that_is_given_takes_its_place() -> None:
    stack = fresh_stack()
    alarms = AccountAlarms(stack, "Alarms", concurrency_quota=3_000)

    properties = synthesize(stack).only(ALARM)

    assert alarms.names == ("claimed_concurrency",)
    assert (properties["MetricName"], properties["Threshold"]) == ("ClaimedAccountConcurrency", 2_700)
    assert "Dimensions" not in properties


def test_throttles_of_any_function_are_in_the_standard_profile() -> None:
    stack = fresh_stack()
    settings = AccountAlarmSettings(profile=Profile.STANDARD)

    assert AccountAlarms(stack, "Alarms", settings=settings).names == ("claimed_share", "throttles")


def test_a_stack_has_them_once_however_often_they_are_asked_for() -> None:
    stack = fresh_stack()
    inner = Construct(stack, "Inner")

    first, second = AccountAlarms.of(stack), AccountAlarms.of(inner)

    assert first is second
    assert len(synthesize(stack).of_type(ALARM)) == 1


def test_the_first_to_ask_says_where_they_lead() -> None:
    stack = fresh_stack()
    topic = sns.Topic(stack, "Topic")
    AccountAlarms.of(stack, route=AlarmRoute.to_topic(topic))

    found = synthesize(stack)

    assert found.only("AWS::CloudWatch::CompositeAlarm")["AlarmActions"] == [
        {"Ref": found.only_id("AWS::SNS::Topic")}
    ]


def test_fails_where_something_else_has_their_id() -> None:
    stack = fresh_stack()
    Construct(stack, AccountAlarms.ID)

    with pytest.raises(
        ConfigurationError, match=r"^Stack/AccountAlarms: this id is taken by another construct"
    ):
        AccountAlarms.of(stack)


@pytest.mark.parametrize("quota", [0, -1, 2.5, "many"])
def test_fails_on_a_quota_that_no_account_has(quota: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: concurrency_quota is .* Give a whole number"
    ):
        AccountAlarms(fresh_stack(), "Alarms", concurrency_quota=quota)


def test_fails_on_a_quota_known_only_at_deployment() -> None:
    stack = fresh_stack()

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: concurrency_quota is known only at deployment"
    ):
        AccountAlarms(stack, "Alarms", concurrency_quota=number_token(stack))
