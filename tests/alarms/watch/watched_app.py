"""Apps that know nothing of this library, and what became of them."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import cloudformation_include as include
from constructs import Construct

from constructs_lib.alarms.watch import Watch
from tests.synthesis import Synthesized, fresh_app, read_template, some_code

ALARM = "AWS::CloudWatch::Alarm"
FUNCTION_ID = "Function76856677"
"""The logical id of ``Stack/Function``; those of its alarms are made of it."""
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
ROLE = "arn:aws:iam::111111111111:role/role"
SUMMARY = "constructs-lib:watch-summary"

FUNCTION = {
    "Code": {"ZipFile": "handler = None"},
    "Handler": "index.handler",
    "Runtime": "python3.14",
    "Role": ROLE,
    "Timeout": 10,
}
KEY = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
EVERY_KIND: dict[str, dict[str, Any]] = {
    "Function": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION},
    "Failed": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 1209600}},
    "Queue": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "RedrivePolicy": {
                "deadLetterTargetArn": {"Fn::GetAtt": ["Failed", "Arn"]},
                "maxReceiveCount": 5,
            }
        },
    },
    "Table": {"Type": "AWS::DynamoDB::Table", "Properties": KEY},
    "Global": {
        "Type": "AWS::DynamoDB::GlobalTable",
        "Properties": {**KEY, "Replicas": [{"Region": "us-east-1"}, {"Region": "us-west-2"}]},
    },
    "Http": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "http", "ProtocolType": "HTTP"}},
    "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "rest"}},
    "Machine": {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": ROLE,
            "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        },
    },
    "Rule": {
        "Type": "AWS::Events::Rule",
        "Properties": {"ScheduleExpression": "rate(1 day)", "State": "ENABLED"},
    },
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
    "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "group"}},
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
    "Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]},
            "StartingPosition": "LATEST",
        },
    },
}
"""One resource of every kind that is watched, and what these need, which comes first."""

WATCHED: dict[str, set[tuple[str, str, str]]] = {
    "Function": {("AWS/Lambda", metric, "FunctionName") for metric in ("Errors", "Throttles", "Duration")},
    "Queue": {("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName")},
    "Failed": {("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName")},
    "Machine": {("AWS/States", "ExecutionsFailed", "StateMachineArn")},
    "Rule": {("AWS/Events", "FailedInvocations", "RuleName")},
    "Topic": {("AWS/SNS", "NumberOfNotificationsFailed", "TopicName")},
    "Group": {("AWS/Scheduler", "InvocationDroppedCount", "ScheduleGroup")},
    "Http": {("AWS/ApiGateway", "5xx", "ApiId")},
    "Rest": {("AWS/ApiGateway", "5XXError", "ApiName")},
    "Mapping": {("AWS/Lambda", "IteratorAge", "FunctionName")},
}
"""What is among the alarms of a resource: namespace, metric, first dimension."""


def included(stack: cdk.Stack, resources: dict[str, Any], folder: Path, **more: Any) -> include.CfnInclude:
    """`resources` as an app has them that includes a template, and `more` sections of it."""
    path = folder / "included.json"
    path.write_text(json.dumps({"Resources": resources, **more}))
    return include.CfnInclude(stack, "Included", template_file=str(path))


def raw(stack: cdk.Stack, resources: dict[str, Any]) -> None:
    """`resources` as `CfnResource`, which knows of no type's properties."""
    made: dict[str, cdk.CfnResource] = {}
    for name, resource in resources.items():
        properties = {key: _named(value, made) for key, value in resource["Properties"].items()}
        made[name] = cdk.CfnResource(stack, name, type=resource["Type"], properties=properties)


def _named(value: Any, made: dict[str, cdk.CfnResource]) -> Any:
    match value:
        case {"Ref": name}:
            return made[name].ref
        case {"Fn::GetAtt": [name, attribute]}:
            return made[name].get_att(attribute)
        case dict():
            return {key: _named(inner, made) for key, inner in value.items()}
        case _:
            return value


def a_function(scope: Construct, name: str = "Function", **properties: Any) -> lambda_.Function:
    """A function as any app has it."""
    return lambda_.Function(
        scope,
        name,
        code=some_code(),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **properties,
    )


def a_queue(scope: Construct, name: str = "Queue", **properties: Any) -> sqs.Queue:
    """A queue as any app has it."""
    return sqs.Queue(scope, name, **properties)


def new_stack(name: str = "Stack", **properties: Any) -> cdk.Stack:
    """A stack in an app of its own; the findings of CDK's validator about the sample are not the point here."""
    return cdk.Stack(fresh_app({}), name, **properties)


def watch(stack: cdk.Stack, **arguments: Any) -> None:
    """Add a `Watch` to the app of `stack`."""
    cdk.Aspects.of(stack.node.root).add(Watch(**arguments))


def template(stack: cdk.Stack) -> Synthesized:
    """The template of `stack` once its app is synthesized."""
    assembly = app_of(stack).synth(force=True)
    return read_template(Path(assembly.directory) / stack.template_file)


def app_of(stack: cdk.Stack) -> cdk.App:
    """The app of `stack`."""
    app = stack.node.root
    assert isinstance(app, cdk.App)
    return app


def watched(stack: cdk.Stack, **arguments: Any) -> Synthesized:
    """The template of `stack` with a `Watch` on its app."""
    watch(stack, **arguments)
    return template(stack)


def alarms_of(found: Synthesized, name: str) -> dict[str, Any]:
    """Logical id to properties of the alarms that `Watch` made for the resource with the logical id `name`."""
    alarms = found.of_type(ALARM, under=f"Watch{name}")
    return {key: alarm["Properties"] for key, alarm in alarms.items()}


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm looks at, by themselves or in metric math."""
    queries = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return queries or [alarm]


def dimensions_of(alarm: dict[str, Any]) -> list[tuple[str, Any]]:
    """Name and value of all dimensions that an alarm looks at."""
    return [
        (each["Name"], each["Value"]) for metric in metrics_of(alarm) for each in metric.get("Dimensions", [])
    ]


def looks_at(alarm: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Namespace, metric and first dimension of what an alarm looks at."""
    return {
        (each["Namespace"], each["MetricName"], each["Dimensions"][0]["Name"])
        for each in metrics_of(alarm)
        if each.get("Dimensions")
    }


def notes(stack: cdk.Stack, kind: str = "info") -> list[str]:
    """The annotations of `stack` and what is below it, once its app is synthesized."""
    app_of(stack).synth(force=True)
    return [
        str(entry.data)
        for construct in stack.node.find_all()
        for entry in construct.node.metadata
        if entry.type == f"aws:cdk:{kind}"
    ]


def summary(stack: cdk.Stack) -> str:
    """The one summary of `stack`."""
    (found,) = [note for note in notes(stack) if SUMMARY in note]
    return found
