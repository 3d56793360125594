"""Which alarms catch which failures of queues, tables, APIs, state machines, schedules, rules, topics and consumers."""

from typing import Any, ClassVar

import pytest

from constructs_lib.review.report import Caught, FailureMode
from tests.review.coverage_cases import FUNCTION, alarm, mode, modes
from tests.reviewing import reading_of

QUEUE = {"Type": "AWS::SQS::Queue"}
NAME = {"Fn::GetAtt": ["Jobs", "QueueName"]}


def queue_alarm(metric: str, threshold: float, **more: Any) -> dict[str, Any]:
    return alarm("AWS/SQS", metric, {"QueueName": NAME}, threshold=threshold, Statistic="Maximum", **more)


class TestQueues:
    """A message that nobody takes is deleted in the end."""

    def found(self, watching: dict[str, Any], retention: Any = 86_400) -> FailureMode:
        jobs = {**QUEUE, "Properties": {"MessageRetentionPeriod": retention}}
        return mode({"Jobs": jobs, "Watching": watching}, "Jobs", "stalled")

    def test_an_alarm_on_the_age_rings_when_a_message_has_it(self) -> None:
        found = self.found(queue_alarm("ApproximateAgeOfOldestMessage", 3_600))

        assert found.caught is Caught.YES
        assert 3_600 <= (found.seconds or 0) <= 3_720

    @pytest.mark.parametrize(("retention", "caught"), [(86_400, Caught.NO), (345_600, Caught.YES)])
    def test_it_has_to_ring_before_the_message_is_deleted(self, retention: int, caught: Caught) -> None:
        found = self.found(queue_alarm("ApproximateAgeOfOldestMessage", 172_800), retention)

        assert found.caught is caught

    def test_a_queue_that_says_nothing_keeps_messages_for_four_days(self) -> None:
        watching = queue_alarm("ApproximateAgeOfOldestMessage", 300_000)

        assert mode({"Jobs": QUEUE, "Watching": watching}, "Jobs", "stalled").caught is Caught.YES

    def test_an_alarm_on_the_backlog_catches_it_too(self) -> None:
        assert self.found(queue_alarm("ApproximateNumberOfMessagesVisible", 600)).caught is Caught.YES

    def test_a_retention_known_only_at_deployment_is_unknown(self) -> None:
        watching = queue_alarm("ApproximateAgeOfOldestMessage", 3_600)

        assert self.found(watching, {"Fn::ImportValue": "retention"}).caught is Caught.UNKNOWN

    @pytest.mark.parametrize("reference", [{"Ref": "Jobs"}, {"Fn::GetAtt": ["Jobs", "Arn"]}])
    def test_address_and_arn_are_no_names(self, reference: Any) -> None:
        watching = queue_alarm(
            "ApproximateAgeOfOldestMessage", 3_600, Dimensions=[{"Name": "QueueName", "Value": reference}]
        )

        assert self.found(watching).caught is Caught.NO


class TestDeadLetters:
    """Each dead letter counts."""

    SOURCE: ClassVar[dict[str, Any]] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Jobs", "Arn"]}, "maxReceiveCount": 5}
        },
    }

    def found(self, watching: dict[str, Any]) -> FailureMode:
        return mode({"Jobs": QUEUE, "Source": self.SOURCE, "Watching": watching}, "Jobs", "arrival")

    def test_the_first_one_rings(self) -> None:
        found = self.found(queue_alarm("ApproximateNumberOfMessagesVisible", 1))

        assert found.caught is Caught.YES
        assert found.kind == "dead-letter queue"

    def test_an_alarm_that_wants_ten_hears_of_no_few(self) -> None:
        found = self.found(queue_alarm("ApproximateNumberOfMessagesVisible", 10))

        assert found.caught is Caught.NO
        assert "wants at least 10" in found.why

    def test_messages_that_a_redrive_policy_moves_do_not_count_as_sent(self) -> None:
        assert self.found(queue_alarm("NumberOfMessagesSent", 1)).caught is Caught.NO


GLOBAL_TABLE = {
    "Type": "AWS::DynamoDB::GlobalTable",
    "Properties": {"Replicas": [{"Region": "eu-west-1"}, {"Region": "us-east-1"}, {"Region": "us-west-2"}]},
}


class TestTables:
    """Reads and writes are throttled each for themselves."""

    def table_alarm(self, metric: str, **more: Any) -> dict[str, Any]:
        dimensions = {"TableName": {"Ref": "Orders"}, **more.pop("dimensions", {})}
        return alarm("AWS/DynamoDB", metric, dimensions, **more)

    def found(self, watching: dict[str, Any], mode_id: str, table: Any = None) -> FailureMode:
        made = table or {"Type": "AWS::DynamoDB::Table"}
        return mode({"Orders": made, "Watching": watching}, "Orders", mode_id)

    @pytest.mark.parametrize(("kind", "other"), [("Read", "Write"), ("Write", "Read")])
    def test_an_alarm_on_one_of_them_says_nothing_of_the_other(self, kind: str, other: str) -> None:
        watching = self.table_alarm(f"{kind}ThrottleEvents")

        assert self.found(watching, f"{kind.lower()}s-throttled").caught is Caught.YES
        assert self.found(watching, f"{other.lower()}s-throttled").caught is Caught.NO

    def test_throttled_requests_are_published_by_operation_only(self) -> None:
        by_table = self.table_alarm("ThrottledRequests")
        by_operation = self.table_alarm("ThrottledRequests", dimensions={"Operation": "GetItem"})

        assert "sees nothing of it" in self.found(by_table, "reads-throttled").why
        assert self.found(by_operation, "reads-throttled").caught is Caught.YES

    def test_each_receiving_region_has_to_be_watched(self) -> None:
        def late(region: str) -> dict[str, Any]:
            return self.table_alarm(
                "ReplicationLatency",
                dimensions={"ReceivingRegion": region},
                Statistic="Average",
                Period=300,
                threshold=180_000,
            )

        resources = {"Orders": GLOBAL_TABLE, "Virginia": late("us-east-1")}
        half = mode(resources, "Orders", "replication")
        all_ = mode({**resources, "Oregon": late("us-west-2")}, "Orders", "replication")

        assert half.caught is Caught.NO
        assert "us-west-2" in half.why
        assert all_.caught is Caught.YES

    def test_a_table_in_one_region_replicates_nothing(self) -> None:
        plain = modes(reading_of({"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}}}))

        assert ("Orders", "replication") not in plain


class TestApis:
    """A REST API is watched by its name, an HTTP API by its id, each by stage."""

    REST: ClassVar[dict[str, Any]] = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "shop"}}
    STAGE: ClassVar[dict[str, Any]] = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"},
    }
    HTTP: ClassVar[dict[str, Any]] = {
        "Type": "AWS::ApiGatewayV2::Api",
        "Properties": {"ProtocolType": "HTTP", "Name": "shop"},
    }

    def rest(self, dimensions: dict[str, Any], **more: Any) -> FailureMode:
        watching = alarm("AWS/ApiGateway", "5XXError", dimensions, **more)
        return mode({"Api": self.REST, "Stage": self.STAGE, "Watching": watching}, "Api", "server-errors")

    def test_by_name(self) -> None:
        assert self.rest({"ApiName": "shop"}).caught is Caught.YES

    def test_not_by_id(self) -> None:
        assert self.rest({"ApiName": {"Ref": "Api"}}).caught is Caught.NO

    @pytest.mark.parametrize("stage", ["v1", {"Ref": "Stage"}])
    def test_its_stage(self, stage: Any) -> None:
        assert self.rest({"ApiName": "shop", "Stage": stage}).caught is Caught.YES

    def test_not_another_stage(self) -> None:
        found = self.rest({"ApiName": "shop", "Stage": "v2"})

        assert found.caught is Caught.NO
        assert "it watches Stage v2, and not v1" in found.why

    def test_the_average_is_a_share(self) -> None:
        assert self.rest({"ApiName": "shop"}, Statistic="Average", threshold=0.05).caught is Caught.YES
        assert self.rest({"ApiName": "shop"}, Statistic="Average", threshold=0.9).caught is Caught.NO

    def test_an_http_api_by_id(self) -> None:
        watching = alarm("AWS/ApiGateway", "5xx", {"ApiId": {"Ref": "Api"}})

        assert mode({"Api": self.HTTP, "Watching": watching}, "Api", "server-errors").caught is Caught.YES

    def test_the_names_of_its_metrics_are_not_those_of_a_rest_api(self) -> None:
        watching = alarm("AWS/ApiGateway", "5XXError", {"ApiId": {"Ref": "Api"}})

        assert mode({"Api": self.HTTP, "Watching": watching}, "Api", "server-errors").caught is Caught.NO

    def test_slowness_and_silence(self) -> None:
        slow = alarm(
            "AWS/ApiGateway", "Latency", {"ApiId": {"Ref": "Api"}}, Statistic="Average", threshold=2_000
        )
        silent = alarm(
            "AWS/ApiGateway",
            "Count",
            {"ApiId": {"Ref": "Api"}},
            Period=3_600,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
        )
        resources = {"Api": self.HTTP, "Slow": slow, "Silent": silent}

        assert mode(resources, "Api", "slow").caught is Caught.YES
        assert mode(resources, "Api", "silence").caught is Caught.YES
        assert mode(resources, "Api", "client-errors").caught is Caught.NO

    def test_a_web_socket_api_is_left_out(self) -> None:
        api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}}

        assert modes(reading_of({"Resources": {"Api": api}})) == {}


class TestStateMachines:
    """Executions fail in ways that have metrics of their own."""

    def machine(self, **properties: Any) -> dict[str, Any]:
        return {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}

    def test_a_failed_execution_is_none_that_timed_out(self) -> None:
        watching = alarm("AWS/States", "ExecutionsFailed", {"StateMachineArn": {"Ref": "Refund"}})
        resources = {"Refund": self.machine(), "Watching": watching}

        assert mode(resources, "Refund", "failed").caught is Caught.YES
        assert mode(resources, "Refund", "timed-out").caught is Caught.NO

    @pytest.mark.parametrize(
        ("properties", "may"),
        [
            ({"DefinitionString": '{"StartAt": "A"}'}, False),
            ({"DefinitionString": '{"StartAt": "A", "TimeoutSeconds": 60}'}, True),
            ({"Definition": {"StartAt": "A"}}, False),
            ({"DefinitionString": {"Fn::ImportValue": "definition"}}, True),
            ({"DefinitionString": '{"StartAt": "A"}', "StateMachineType": "EXPRESS"}, True),
        ],
    )
    def test_a_standard_workflow_without_a_timeout_never_times_out(
        self,
        properties: dict[str, Any],
        may: bool,  # noqa: FBT001 - what is expected
    ) -> None:
        found = modes(reading_of({"Resources": {"Refund": self.machine(**properties)}}))

        assert (("Refund", "timed-out") in found) is may

    @pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
    def test_nobody_can_stop_an_express_workflow(self, kind: str) -> None:
        found = modes(reading_of({"Resources": {"Refund": self.machine(StateMachineType=kind)}}))

        assert (("Refund", "aborted") in found) is (kind == "STANDARD")


class TestSchedules:
    """Scheduler publishes for groups."""

    def schedule(self, **more: Any) -> dict[str, Any]:
        target = {"Arn": {"Fn::GetAtt": ["Orders", "Arn"]}, **more.pop("target", {})}
        properties = {"ScheduleExpression": "rate(1 hour)", "Target": target, **more}
        return {"Type": "AWS::Scheduler::Schedule", "Properties": properties}

    def group_alarm(self, group: Any, metric: str = "InvocationDroppedCount") -> dict[str, Any]:
        return alarm("AWS/Scheduler", metric, {"ScheduleGroup": group})

    def found(
        self, schedule: dict[str, Any], watching: dict[str, Any], mode_id: str = "dropped", **more: Any
    ) -> Any:
        resources = {"Orders": FUNCTION, "Hourly": schedule, "Watching": watching, **more}
        return mode(resources, "Hourly", mode_id)

    def test_one_without_a_group_is_in_the_default_one(self) -> None:
        assert self.found(self.schedule(), self.group_alarm("default")).caught is Caught.YES
        assert self.found(self.schedule(), self.group_alarm("other")).caught is Caught.NO

    def test_its_own_group_by_reference(self) -> None:
        group = {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {}}
        schedule = self.schedule(GroupName={"Ref": "Group"})

        assert self.found(schedule, self.group_alarm({"Ref": "Group"}), Group=group).caught is Caught.YES

    def test_its_dead_letter_queue_tells_too(self) -> None:
        schedule = self.schedule(target={"DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Jobs", "Arn"]}}})
        watching = queue_alarm("ApproximateNumberOfMessagesVisible", 1)

        assert self.found(schedule, watching, Jobs=QUEUE).caught is Caught.YES

    @pytest.mark.parametrize(
        ("expression", "hours", "caught"),
        [
            ("rate(1 hour)", 3, Caught.YES),
            ("rate(1 day)", 3, Caught.NO),
            ("rate(1 day)", 30, Caught.YES),
            ("cron(0 4 * * ? *)", 30, Caught.YES),
            ("cron(0 * * * ? *)", 3, Caught.YES),
        ],
    )
    def test_no_run_is_caught_where_the_alarm_waits_longer_than_from_run_to_run(
        self, expression: str, hours: int, caught: Caught
    ) -> None:
        heartbeat = alarm(
            "AWS/Lambda",
            "Invocations",
            {"FunctionName": {"Ref": "Orders"}},
            Period=3_600,
            EvaluationPeriods=hours,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
        )

        assert self.found(self.schedule(ScheduleExpression=expression), heartbeat, "no-run").caught is caught

    def successes(self, qualifier: str) -> dict[str, Any]:
        """An alarm that rings after three hours without a run that succeeded, of one alias."""
        dimensions = [
            {"Name": "FunctionName", "Value": {"Ref": "Orders"}},
            {"Name": "Resource", "Value": {"Fn::Sub": f"${{Orders}}:{qualifier}"}},
        ]
        read = [
            {
                "Id": name.lower(),
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions},
                    "Period": 3_600,
                    "Stat": "Sum",
                },
                "ReturnData": False,
            }
            for name in ("Invocations", "Errors")
        ]
        properties = {
            "Metrics": [{"Id": "runs", "Expression": "invocations - errors"}, *read],
            "Threshold": 1,
            "EvaluationPeriods": 3,
            "ComparisonOperator": "LessThanThreshold",
            "TreatMissingData": "breaching",
            "AlarmActions": ["arn:aws:sns:eu-west-1:111111111111:team"],
        }
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}

    @pytest.mark.parametrize(("qualifier", "caught"), [("live", Caught.YES), ("old", Caught.NO)])
    def test_the_runs_of_the_alias_that_it_calls_tell_of_it(self, qualifier: str, caught: Caught) -> None:
        schedule = self.schedule(target={"Arn": {"Fn::Sub": "${Orders.Arn}:live"}})

        assert self.found(schedule, self.successes(qualifier), "no-run").caught is caught

    def test_the_runs_of_a_function_that_others_call_too_tell_little_of_it(self) -> None:
        hourly = self.schedule(target={"Arn": {"Fn::Sub": "${Orders.Arn}:live"}})

        found = self.found(hourly, self.successes("live"), "no-run", Another=hourly)

        assert found.caught is Caught.NO
        assert "comes to 1, and Watching wants less than 1" in found.why

    def test_one_of_something_else_than_a_function_has_nothing_that_tells_of_its_runs(self) -> None:
        schedule = self.schedule(target={"Arn": {"Fn::GetAtt": ["Jobs", "Arn"]}})

        assert self.found(schedule, self.successes("live"), "no-run", Jobs=QUEUE).caught is Caught.NO

    def test_one_that_is_switched_off_cannot_fail(self) -> None:
        schedule = self.schedule(State="DISABLED")

        assert ("Hourly", "dropped") not in modes(reading_of({"Resources": {"Hourly": schedule}}))


class TestRules:
    """A rule on a bus of its own is published with the name of the bus."""

    def rule(self, **more: Any) -> dict[str, Any]:
        target = {"Id": "t", "Arn": {"Fn::GetAtt": ["Orders", "Arn"]}}
        return {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target], "EventPattern": {}, **more}}

    def found(self, rule: dict[str, Any], dimensions: dict[str, Any]) -> Caught:
        watching = alarm("AWS/Events", "FailedInvocations", dimensions)
        resources = {"Orders": FUNCTION, "OnOrder": rule, "Watching": watching}
        return mode(resources, "OnOrder", "failed-invocations").caught

    def test_on_the_default_bus(self) -> None:
        assert self.found(self.rule(), {"RuleName": {"Ref": "OnOrder"}}) is Caught.YES

    def test_on_a_bus_of_its_own(self) -> None:
        rule = self.rule(EventBusName="orders", Name="on-order")

        assert self.found(rule, {"RuleName": "on-order"}) is Caught.NO
        assert self.found(rule, {"EventBusName": "orders", "RuleName": "on-order"}) is Caught.YES

    def test_a_reference_to_a_rule_on_a_bus_of_its_own_is_not_its_name(self) -> None:
        dimensions = {"EventBusName": "orders", "RuleName": {"Ref": "OnOrder"}}

        assert self.found(self.rule(EventBusName="orders"), dimensions) is Caught.NO

    def test_whether_a_bus_is_its_own_may_be_known_only_at_deployment(self) -> None:
        bus = {"Ref": "AnyBus"}
        dimensions = {"EventBusName": bus, "RuleName": {"Ref": "OnOrder"}}

        assert self.found(self.rule(EventBusName=bus), dimensions) is Caught.YES


class TestTopics:
    """A topic that machines read loses what they do not get."""

    TOPIC: ClassVar[dict[str, Any]] = {"Type": "AWS::SNS::Topic"}

    def subscription(self, protocol: str) -> dict[str, Any]:
        properties = {"TopicArn": {"Ref": "News"}, "Protocol": protocol, "Endpoint": "x"}
        return {"Type": "AWS::SNS::Subscription", "Properties": properties}

    def test_failed_notifications(self) -> None:
        name = {"TopicName": {"Fn::GetAtt": ["News", "TopicName"]}}
        resources = {"News": self.TOPIC, "Reader": self.subscription("sqs")}

        assert mode(resources, "News", "failed-notifications").caught is Caught.NO
        watching = alarm("AWS/SNS", "NumberOfNotificationsFailed", name)
        assert mode({**resources, "Watching": watching}, "News", "failed-notifications").caught is Caught.YES

    @pytest.mark.parametrize("protocol", ["email", "sms"])
    def test_what_people_read_is_left_out(self, protocol: str) -> None:
        resources = {"News": self.TOPIC, "Reader": self.subscription(protocol)}

        assert modes(reading_of({"Resources": resources})) == {}


class TestStreamConsumers:
    """A record that is not read in time is gone."""

    def mapping(self, **more: Any) -> dict[str, Any]:
        properties = {
            "FunctionName": {"Ref": "Orders"},
            "EventSourceArn": {"Fn::GetAtt": ["Clicks", "Arn"]},
            **more,
        }
        return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}

    def found(self, watching: dict[str, Any], mode_id: str, hours: int = 24, **more: Any) -> FailureMode:
        stream = {"Type": "AWS::Kinesis::Stream", "Properties": {"RetentionPeriodHours": hours}}
        resources = {
            "Orders": FUNCTION,
            "Clicks": stream,
            "Reads": self.mapping(**more),
            "Watching": watching,
        }
        return mode(resources, "Reads", mode_id)

    @pytest.mark.parametrize(("hours", "caught"), [(24, Caught.NO), (168, Caught.YES)])
    def test_the_age_of_the_iterator_before_records_are_gone(self, hours: int, caught: Caught) -> None:
        age = alarm(
            "AWS/Lambda",
            "IteratorAge",
            {"FunctionName": {"Ref": "Orders"}},
            Statistic="Maximum",
            threshold=48 * 3_600_000,
        )

        found = self.found(age, "iterator-age", hours)

        assert found.caught is caught
        assert found.seconds is None or abs(found.seconds - 48 * 3_600) <= 120

    def test_records_that_are_dropped_are_counted_by_mapping(self) -> None:
        by_mapping = alarm("AWS/Lambda", "DroppedEventCount", {"EventSourceMappingUUID": {"Ref": "Reads"}})
        by_function = alarm("AWS/Lambda", "DroppedEventCount", {"FunctionName": {"Ref": "Orders"}})

        assert self.found(by_mapping, "records-dropped", MaximumRetryAttempts=3).caught is Caught.YES
        assert self.found(by_function, "records-dropped", MaximumRetryAttempts=3).caught is Caught.NO

    def test_without_a_limit_on_retries_none_is_dropped(self) -> None:
        resources = {"Orders": FUNCTION, "Clicks": {"Type": "AWS::Kinesis::Stream"}, "Reads": self.mapping()}

        assert {each for id_, each in modes(reading_of({"Resources": resources})) if id_ == "Reads"} == {
            "iterator-age"
        }

    def test_a_queue_is_no_stream(self) -> None:
        mapping = self.mapping(EventSourceArn={"Fn::GetAtt": ["Jobs", "Arn"]})
        resources = {"Orders": FUNCTION, "Jobs": QUEUE, "Reads": mapping}

        assert "Reads" not in {id_ for id_, _ in modes(reading_of({"Resources": resources}))}
