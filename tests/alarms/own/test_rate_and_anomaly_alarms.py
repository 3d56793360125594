from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AnomalyAlarm, RateAlarm
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import MEANS, SILENT, TOPIC, lambda_errors, orders, properties
from tests.synthesis import fresh_stack, number_token, synthesize

PATH = r"^Stack/Alarm: "


def rate_alarm(stack: cdk.Stack, **more: Any) -> RateAlarm:
    given: dict[str, Any] = {
        "failures": orders("Failed"),
        "total": orders("All"),
        "threshold": 5,
        "means": MEANS,
    } | more
    return RateAlarm(stack, "Alarm", **given)


def anomaly_alarm(stack: Construct, **more: Any) -> AnomalyAlarm:
    given: dict[str, Any] = {"metric": orders(), "means": MEANS} | more
    return AnomalyAlarm(stack, "Alarm", **given)


class TestRate:
    def test_it_is_a_percentage_that_is_zero_below_the_minimum_traffic(self) -> None:
        stack = fresh_stack()
        rate_alarm(stack, minimum_traffic=50, period=cdk.Duration.minutes(5))

        rendered = properties(synthesize(stack))

        rate, failures, total = rendered["Metrics"]
        assert rate["Expression"] == "IF(total >= 50, 100 * failures / total, 0)"
        assert [failures["Id"], total["Id"]] == ["failures", "total"]
        assert failures["MetricStat"]["Metric"]["MetricName"] == "Failed"
        assert {query["MetricStat"]["Period"] for query in (failures, total)} == {300}
        assert [query["ReturnData"] for query in rendered["Metrics"]] == [True, False, False]
        assert rendered["TreatMissingData"] == "notBreaching"

    def test_more_than_half_of_its_periods_have_to_breach(self) -> None:
        for periods, expected in ((1, 1), (2, 2), (5, 3)):
            stack = fresh_stack()
            rate_alarm(stack, evaluation_periods=periods, route=SILENT)
            assert properties(synthesize(stack))["DatapointsToAlarm"] == expected

    def test_tokens_are_taken_on_trust(self) -> None:
        stack = fresh_stack()
        token = number_token(stack)
        rate_alarm(stack, minimum_traffic=token, evaluation_periods=token, threshold=token)

        rendered = properties(synthesize(stack))

        assert {"Ref": "Number"} in rendered["Metrics"][0]["Expression"]["Fn::Join"][1]

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            ({"threshold": 101}, r".*never rings on what it watches, which goes from 0 to 100"),
            ({"threshold": 0}, r".*always rings"),
            ({"minimum_traffic": 0}, r"minimum_traffic is 0\. Give a whole number from 1"),
            ({"failures": None}, r"failures is None\. Give a metric of CDK"),
            ({"total": "All"}, r"total is 'All'\. Give a metric of CDK"),
            ({"period": 60}, r"period is 60\. Give Duration"),
            ({"period": cdk.Duration.seconds(90)}, r"CDK refuses it: .*period"),
            ({"datapoints_to_alarm": 9}, r"datapoints_to_alarm is 9"),
            (
                {"failures": lambda_errors(), "period": cdk.Duration.seconds(30)},
                r".*AWS/Lambda mostly has no data",
            ),
        ],
    )
    def test_fails_with_the_value_and_builds_nothing(self, given: dict[str, Any], problem: str) -> None:
        stack = fresh_stack()

        with pytest.raises(ConfigurationError, match=PATH + problem):
            rate_alarm(stack, **given)

        assert stack.node.try_find_child("Alarm") is None


class TestAnomaly:
    @pytest.mark.parametrize(
        ("side", "operator", "words"),
        [
            ("both", "LessThanLowerOrGreaterThanUpperThreshold", "left"),
            ("above", "GreaterThanUpperThreshold", "rose above"),
            ("below", "LessThanLowerThreshold", "fell below"),
        ],
    )
    def test_it_rings_on_the_side_that_it_is_told(self, side: str, operator: str, words: str) -> None:
        stack = fresh_stack()
        anomaly_alarm(stack, side=side, std_devs=3)

        found = synthesize(stack)

        rendered = properties(found)
        band, metric = rendered["Metrics"]
        assert rendered["ComparisonOperator"] == operator
        assert rendered["ThresholdMetricId"] == band["Id"]
        assert band["Expression"] == f"ANOMALY_DETECTION_BAND({metric['Id']}, 3)"
        assert [band["ReturnData"], metric["ReturnData"]] == [True, True]
        assert "Threshold" not in rendered
        assert rendered["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]
        assert rendered["AlarmDescription"] == (
            f"[warning] Orders Sum {words} the band of 3 standard deviations in 3 of 3 periods of 60 s. {MEANS}"
        )

    def test_metric_math_has_a_band_too(self) -> None:
        stack = fresh_stack()
        twice = cloudwatch.MathExpression(expression="2 * a", using_metrics={"a": orders("A")})
        anomaly_alarm(stack, metric=twice, route=SILENT)

        rendered = properties(synthesize(stack))

        assert sum(query.get("ReturnData", False) for query in rendered["Metrics"]) == 2

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            ({"side": "left"}, r"side is 'left'\. Give one of: above, below, both"),
            ({"std_devs": 0}, r"std_devs is 0"),
            ({"std_devs": -1}, r"std_devs is -1\. Give a number from 0"),
            ({"metric": None}, r"metric is None"),
            ({"means": ""}, r"means is ''"),
            ({"evaluation_periods": 2, "datapoints_to_alarm": 3}, r"datapoints_to_alarm is 3"),
            ({"metric": lambda_errors(dimensions_map={"Name": "x"})}, r"nobody publishes AWS/Lambda Errors"),
            ({"metric": lambda_errors(period=cdk.Duration.seconds(10))}, r".*mostly has no data"),
        ],
    )
    def test_fails_with_the_value_and_builds_nothing(self, given: dict[str, Any], problem: str) -> None:
        stack = fresh_stack()

        with pytest.raises(ConfigurationError, match=PATH + problem):
            anomaly_alarm(stack, **given)

        assert stack.node.try_find_child("Alarm") is None

    def test_fails_on_actions_that_scale_or_stop_machines(self) -> None:
        stack = fresh_stack()
        stop = actions.Ec2Action(actions.Ec2InstanceAction.STOP)
        group = autoscaling.AutoScalingGroup.from_auto_scaling_group_name(stack, "Group", "group")
        policy = autoscaling.StepScalingAction(stack, "Policy", auto_scaling_group=group)
        scale = actions.AutoScalingAction(policy)

        for action, name in ((stop, "Ec2Action"), (scale, "AutoScalingAction")):
            with pytest.raises(
                ConfigurationError, match=PATH + rf"one of its actions is {name}, which such an alarm"
            ):
                anomaly_alarm(stack, route=AlarmRoute(alarm=[action]))
            assert stack.node.try_find_child("Alarm") is None
        with pytest.raises(ConfigurationError, match=PATH + "one of its actions is"):
            anomaly_alarm(stack, route=SILENT).add_ok_action(scale)
