"""Asynchronous invocation in the local cloud follows the settings of the qualifier that was invoked."""

import json
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, invoke_config, ref, resource


def _receive(cloud: LocalCloud, url: str, seconds: int = 10) -> dict[str, Any] | None:
    messages = cloud.client("sqs").receive_message(
        QueueUrl=url, WaitTimeSeconds=seconds, MessageAttributeNames=["All"]
    )
    found: list[dict[str, Any]] = messages.get("Messages", [])
    return found[0] if found else None


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    resources = {
        **function(),
        "LiveQueue": resource("SQS::Queue"),
        "LatestQueue": resource("SQS::Queue"),
        "LiveConfig": invoke_config("live", "LiveQueue", MaximumRetryAttempts=1),
        "LatestConfig": invoke_config("$LATEST", "LatestQueue"),
    }
    return deploy(
        cloud,
        "asynchronous",
        resources,
        Function=ref("Function"),
        Live=ref("LiveQueue"),
        Latest=ref("LatestQueue"),
    )


def _invoke(cloud: LocalCloud, name: str, event: dict[str, Any], **qualifier: str) -> None:
    answer = cloud.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(event), **qualifier
    )
    assert answer["StatusCode"] == 202


def test_failure_through_the_alias_reaches_its_destination_in_the_envelope_of_lambda(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    _invoke(cloud, stack["Function"], {"fail": "no stock"}, Qualifier="live")

    message = _receive(cloud, stack["Live"])

    assert message is not None
    record = json.loads(message["Body"])
    context = record["requestContext"]
    assert record["version"] == "1.0"
    assert record["timestamp"].endswith("Z")
    assert context["functionArn"].endswith(f":function:{stack['Function']}:live")
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", 2)
    assert record["requestPayload"] == {"fail": "no stock"}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "1",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorType"] == "ValueError"
    assert record["responsePayload"]["errorMessage"] == "no stock"
    assert "/var/task/index.py" in record["responsePayload"]["stackTrace"][0]
    assert record["responsePayload"]["requestId"] == context["requestId"]
    assert _receive(cloud, stack["Latest"], seconds=1) is None


def test_unqualified_failure_ignores_the_settings_of_the_alias(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    _invoke(cloud, stack["Function"], {"fail": "unqualified"})

    message = _receive(cloud, stack["Latest"])

    assert message is not None
    context = json.loads(message["Body"])["requestContext"]
    assert context["functionArn"].endswith(":$LATEST")
    assert context["approximateInvokeCount"] == 1
    assert _receive(cloud, stack["Live"], seconds=1) is None


def test_event_older_than_its_maximum_age_is_not_tried_again(cloud: LocalCloud) -> None:
    config = invoke_config("live", "Queue", MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60)
    resources = {**function(), "Queue": resource("SQS::Queue"), "Config": config}
    stack = deploy(cloud, "aged", resources, Function=ref("Function"), Queue=ref("Queue"))

    _invoke(cloud, stack["Function"], {"fail": "again"}, Qualifier="live")

    message = _receive(cloud, stack["Queue"])
    assert message is not None
    context = json.loads(message["Body"])["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("EventAgeExceeded", 1)


def test_dead_letter_queue_of_the_function_gets_the_bare_event(cloud: LocalCloud) -> None:
    config = resource(
        "Lambda::EventInvokeConfig",
        depends_on=["Live"],
        FunctionName=ref("Function"),
        Qualifier="live",
        MaximumRetryAttempts=0,
    )
    resources = {
        **function(DeadLetterConfig={"TargetArn": att("Queue")}),
        "Queue": resource("SQS::Queue"),
        "Config": config,
    }
    stack = deploy(cloud, "dead-letters", resources, Function=ref("Function"), Queue=ref("Queue"))

    _invoke(cloud, stack["Function"], {"fail": "dead"}, Qualifier="live")

    message = _receive(cloud, stack["Queue"])
    assert message is not None
    assert json.loads(message["Body"]) == {"fail": "dead"}
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "dead"
    assert message["MessageAttributes"]["ErrorCode"]["StringValue"] == "200"


def test_function_without_concurrency_sends_its_events_to_the_destination_at_once(cloud: LocalCloud) -> None:
    resources = {
        **function(ReservedConcurrentExecutions=0),
        "Queue": resource("SQS::Queue"),
        "Config": invoke_config("live", "Queue"),
    }
    stack = deploy(cloud, "no-concurrency", resources, Function=ref("Function"), Queue=ref("Queue"))

    _invoke(cloud, stack["Function"], {}, Qualifier="live")

    message = _receive(cloud, stack["Queue"])
    assert message is not None
    record = json.loads(message["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record
    with pytest.raises(cloud.client("lambda").exceptions.TooManyRequestsException):
        cloud.client("lambda").invoke(FunctionName=stack["Function"], Qualifier="live")


def test_destination_that_takes_nothing_is_counted(cloud: LocalCloud) -> None:
    resources = {
        **function(),
        "Queue": resource("SQS::Queue", FifoQueue=True),
        "Config": invoke_config("live", "Queue"),
    }
    stack = deploy(cloud, "fifo-destination", resources, Function=ref("Function"))

    _invoke(cloud, stack["Function"], {"fail": "lost"}, Qualifier="live")

    def failures() -> list[Any] | None:
        listed = cloud.client("cloudwatch").list_metrics(
            Namespace="AWS/Lambda",
            MetricName="DestinationDeliveryFailures",
            Dimensions=[
                {"Name": "FunctionName", "Value": stack["Function"]},
                {"Name": "Resource", "Value": f"{stack['Function']}:live"},
            ],
        )
        found: list[Any] = listed["Metrics"]
        return found

    assert eventually(failures, "the metric of failed deliveries")


def test_failure_is_written_to_a_bucket(cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    resources = {
        **function(),
        "Bucket": resource("S3::Bucket"),
        "Config": invoke_config("live", "Bucket", MaximumRetryAttempts=0),
    }
    stack = deploy(cloud, "to-bucket", resources, Function=ref("Function"), Bucket=ref("Bucket"))
    _invoke(cloud, stack["Function"], {"fail": "no stock"}, Qualifier="live")
    s3, prefix = cloud.client("s3"), f"aws/lambda/async/{stack['Function']}/"

    found = eventually(
        lambda: s3.list_objects_v2(Bucket=stack["Bucket"], Prefix=prefix).get("Contents"), "an object"
    )

    record = json.load(s3.get_object(Bucket=stack["Bucket"], Key=found[0]["Key"])["Body"])
    assert record["requestPayload"] == {"fail": "no stock"}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
