"""Services say in metrics what becomes of messages, events, executions and requests."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, ref, resource, role


def _sum(cloud: LocalCloud, namespace: str, name: str, **dimensions: str) -> float:
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))


def _bodies(cloud: LocalCloud, queue: str) -> list[Any]:
    answer = cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def _body(cloud: LocalCloud, queue: str) -> Any:
    (body,) = _bodies(cloud, queue)
    return body


GONE = "arn:aws:sqs:us-east-1:000000000000:gone"


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("sqs", GONE),
        ("lambda", "arn:aws:lambda:us-east-1:000000000000:function:gone"),
    ],
)
def test_message_that_a_subscriber_cannot_get_goes_to_its_dead_letter_queue(
    cloud: LocalCloud, protocol: str, endpoint: str
) -> None:
    subscription = resource(
        "SNS::Subscription",
        TopicArn=ref("Topic"),
        Protocol=protocol,
        Endpoint=endpoint,
        RedrivePolicy={"deadLetterTargetArn": att("Dead")},
    )
    resources = {"Topic": resource("SNS::Topic"), "Dead": resource("SQS::Queue"), "Lost": subscription}
    stack = deploy(
        cloud,
        f"lost-{protocol}",
        resources,
        Topic=ref("Topic"),
        Dead=ref("Dead"),
        Name=att("Topic", "TopicName"),
    )

    cloud.client("sns").publish(TopicArn=stack["Topic"], Message="hello")

    assert _body(cloud, stack["Dead"])["Message"] == "hello"
    name = {"TopicName": stack["Name"]}
    eventually(lambda: _sum(cloud, "AWS/SNS", "NumberOfNotificationsRedrivenToDlq", **name), "the redrive")
    assert _sum(cloud, "AWS/SNS", "NumberOfMessagesPublished", **name) == 1
    assert _sum(cloud, "AWS/SNS", "NumberOfNotificationsFailed", **name) == 1
    assert _sum(cloud, "AWS/SNS", "NumberOfNotificationsDelivered", **name) == 0


def test_delivered_filtered_and_lost_messages_are_counted(cloud: LocalCloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="counted")["TopicArn"]
    url = sqs.create_queue(QueueName="counted")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"FilterPolicy": '{"kind": ["wanted"]}'}
    )
    lost = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": GONE})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=GONE, Attributes=lost)

    sns.publish(TopicArn=topic, Message="unwanted")
    wanted = {"kind": {"DataType": "String", "StringValue": "wanted"}}
    sns.publish(TopicArn=topic, Message="wanted", MessageAttributes=wanted)

    assert _body(cloud, url)["Message"] == "wanted"
    counts = {
        "NumberOfMessagesPublished": 2,
        "NumberOfNotificationsDelivered": 1,
        "NumberOfNotificationsFilteredOut": 1,
        "NumberOfNotificationsFailed": 2,
        "NumberOfNotificationsFailedToRedriveToDlq": 2,
    }
    assert {name: _sum(cloud, "AWS/SNS", name, TopicName="counted") for name in counts} == counts


def test_event_that_a_target_cannot_get_goes_to_its_dead_letter_queue(cloud: LocalCloud) -> None:
    lost = {"Id": "lost", "Arn": GONE, "DeadLetterConfig": {"Arn": att("Dead")}}
    targets = [{"Id": "there", "Arn": att("There")}, lost]
    resources = {
        "There": resource("SQS::Queue"),
        "Dead": resource("SQS::Queue"),
        "Rule": resource("Events::Rule", EventPattern={"source": ["counted"]}, Targets=targets),
    }
    names: dict[str, Any] = {name: ref(name) for name in resources}
    stack = deploy(cloud, "lost-event", resources, **names)

    event = {"Source": "counted", "DetailType": "x", "Detail": '{"order": 7}'}
    cloud.client("events").put_events(Entries=[event])

    assert _body(cloud, stack["There"])["detail"] == {"order": 7}
    assert _body(cloud, stack["Dead"])["detail"] == {"order": 7}
    counts = {
        "MatchedEvents": 1,
        "TriggeredRules": 1,
        "Invocations": 2,
        "FailedInvocations": 1,
        "InvocationsSentToDlq": 1,
    }
    assert {name: _sum(cloud, "AWS/Events", name, RuleName=stack["Rule"]) for name in counts} == counts


def test_schedule_that_cannot_reach_its_target_is_counted_in_its_group(cloud: LocalCloud) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    schedule = resource(
        "Scheduler::Schedule",
        GroupName=ref("Group"),
        ScheduleExpression=f"at({soon})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": GONE,
            "RoleArn": att("Role"),
            "Input": '{"warm": true}',
            "DeadLetterConfig": {"Arn": att("Dead")},
        },
    )
    resources = {
        "Role": role(),
        "Dead": resource("SQS::Queue"),
        "Group": resource("Scheduler::ScheduleGroup"),
        "Schedule": schedule,
    }
    stack = deploy(cloud, "lost-schedule", resources, Group=ref("Group"), Dead=ref("Dead"))

    assert eventually(lambda: _bodies(cloud, stack["Dead"]), "the dead letter") == [{"warm": True}]
    counts = {
        "InvocationAttemptCount": 1,
        "TargetErrorCount": 1,
        "InvocationDroppedCount": 1,
        "InvocationsSentToDeadLetterCount": 1,
    }
    found = {name: _sum(cloud, "AWS/Scheduler", name, ScheduleGroup=stack["Group"]) for name in counts}
    assert found == counts


def test_executions_are_counted_by_how_they_end(cloud: LocalCloud) -> None:
    states = {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.good", "BooleanEquals": True, "Next": "Good"}],
            "Default": "Bad",
        },
        "Good": {"Type": "Succeed"},
        "Bad": {"Type": "Fail", "Error": "Bad"},
    }
    definition = json.dumps({"StartAt": "Which", "States": states})
    machine = resource("StepFunctions::StateMachine", RoleArn=att("Role"), DefinitionString=definition)
    stack = deploy(cloud, "counted-machine", {"Role": role(), "Machine": machine}, Machine=ref("Machine"))

    for good in (True, True, False):
        cloud.client("stepfunctions").start_execution(
            stateMachineArn=stack["Machine"], input=json.dumps({"good": good})
        )

    def count(name: str) -> float:
        return _sum(cloud, "AWS/States", name, StateMachineArn=stack["Machine"])

    eventually(lambda: count("ExecutionsFailed") + count("ExecutionsSucceeded") == 3, "the executions")
    names = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsAborted")
    assert [count(name) for name in names] == [3, 2, 1, 0]
    assert count("ExecutionTime") > 0


def test_requests_of_an_api_are_counted_by_their_status(cloud: LocalCloud) -> None:
    code = "def handler(event, context):\n    return {'statusCode': int(event['rawPath'].strip('/'))}"
    arn = deploy(cloud, "counted-api", function(code), Arn=att("Function"))["Arn"]
    client = cloud.client("apigatewayv2")
    api = client.create_api(Name="counted", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    client.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration}")
    client.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)

    http = URLLib3Session()
    for status in (200, 404, 404, 500):
        address = cloud.url(f"https://{api}.execute-api.us-east-1.amazonaws.com/{status}")
        assert http.send(AWSRequest("GET", address).prepare()).status_code == status

    counts = {"Count": 4, "4xx": 2, "5xx": 1}
    dimensions = {"ApiId": api, "Stage": "$default"}
    assert {name: _sum(cloud, "AWS/ApiGateway", name, **dimensions) for name in counts} == counts
    assert {name: _sum(cloud, "AWS/ApiGateway", name, ApiId=api) for name in counts} == counts
    assert _sum(cloud, "AWS/ApiGateway", "Latency", **dimensions) > 0


def test_requests_to_a_table_are_measured(cloud: LocalCloud) -> None:
    client = cloud.client("dynamodb")
    key = {"AttributeName": "id", "KeyType": "HASH"}
    client.create_table(
        TableName="measured",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    before = _sum(cloud, "AWS/DynamoDB", "UserErrors")

    item = {"id": {"S": "1"}}
    new = {"TableName": "measured", "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
    client.put_item(**new)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        client.put_item(**new)
    with pytest.raises(ClientError, match="ValidationException"):
        client.put_item(TableName="measured", Item={"other": {"S": "1"}})

    latency = _sum(
        cloud, "AWS/DynamoDB", "SuccessfulRequestLatency", TableName="measured", Operation="PutItem"
    )
    assert latency > 0
    assert _sum(cloud, "AWS/DynamoDB", "ConditionalCheckFailedRequests", TableName="measured") == 1
    assert _sum(cloud, "AWS/DynamoDB", "UserErrors") - before == 1
