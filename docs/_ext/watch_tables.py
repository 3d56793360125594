"""What `Watch` gives to one plain resource of each type, with what it costs, and what it says."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, RateAlarmSettings
from constructs_lib.alarms.watch import Select, Watch
from constructs_lib.alarms.watch.kinds import KINDS
from constructs_lib.alarms.watch.planning import Options, Plan, Survey
from constructs_lib.checks import Check
from docs._ext.alarm_tables import price_of
from docs._ext.costs import PRICES
from docs._ext.failures import Failure, said
from docs._ext.pieces import code_block, table
from docs._ext.sample import fresh_stack
from docs._ext.tables import arguments

__all__ = ["texts"]

_ARN = "arn:aws:kinesis:us-east-1:111111111111:stream/orders"
_PROPERTIES: dict[str, dict[str, object]] = {
    "AWS::Lambda::EventSourceMapping": {
        "functionName": "",
        "eventSourceArn": _ARN,
        "startingPosition": "LATEST",
    },
    "AWS::ApiGateway::RestApi": {"name": "orders"},
    "AWS::ApiGatewayV2::Api": {"name": "orders", "protocolType": "HTTP"},
    "AWS::DynamoDB::Table": {"billingMode": "PAY_PER_REQUEST"},
    "AWS::DynamoDB::GlobalTable": {"billingMode": "PAY_PER_REQUEST"},
}


def _plain() -> list[Plan]:
    """The sets of alarms of one plain resource of each type."""
    stack = fresh_stack()
    function = ""
    for resource_type in KINDS:
        properties = dict(_PROPERTIES.get(resource_type, {}))
        if "functionName" in properties:
            properties["functionName"] = function
        name = resource_type.split("::", 1)[1].replace("::", "")
        made = cdk.CfnResource(stack, name, type=resource_type, properties=properties)
        function = function or made.ref
    options = Options(include=(), exclude=(), settings={}, helpers=False)
    return Survey(stack.node.root, "", options, Check(stack, "Watch")).plans


def _kinds() -> str:
    rows = []
    for plan in _plain():
        cost = sum(price_of(row) for row in plan.rows) + PRICES["composite"].usd
        alarms = ", ".join(f"`{row.name}`" for row in plan.rows)
        count = len(plan.rows) + 1
        rows.append([f"`{plan.resource.type}`", alarms, str(count), f"${cost:.2f}"])
    return table(["type", "alarms of a plain one", "resources", "a month"], rows)


def _function(scope: Construct, name: str = "Take") -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline("handler = None"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )


def _unused(stack: cdk.Stack) -> None:
    _function(stack)
    cdk.Aspects.of(stack.node.root).add(Watch(exclude=["Shop/Takes"]))


def _stage(stack: cdk.Stack) -> None:
    app = cdk.App.of(stack)
    if app is None:
        raise AssertionError("the stack is in no app")
    _function(cdk.Stack(cdk.Stage(app, "Prod"), "Shop"))
    Watch().visit(app)  # by itself: what is raised in an aspect, CDK makes a RuntimeError of


def _full(stack: cdk.Stack) -> None:
    _function(stack)
    for number in range(497):
        cdk.CfnResource(stack, f"Other{number}", type="AWS::CloudFormation::WaitConditionHandle")
    cdk.Aspects.of(stack.node.root).add(Watch())


_FAILURES = (
    Failure("a route that is no function", lambda _: Watch(route=AlarmRoute.silent())),  # type: ignore[arg-type]  # the point
    Failure("a type that is not watched", lambda _: Watch(include=[Select(type="AWS::S3::Bucket")])),
    Failure(
        "a setting that can never ring",
        lambda _: Watch(settings={"**": FunctionAlarmSettings(error_rate=RateAlarmSettings(threshold=101))}),
    ),
    Failure("a `Stage` that it does not reach", _stage),
    Failure("a stack without room", _full, warns="watch-no-room"),
    Failure("a pattern that means nothing", _unused, warns="watch-unused"),
)


def _summary() -> str:
    stack = fresh_stack()
    _function(stack)
    seen = _function(stack, "Seen")
    seen.metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)
    cdk.Aspects.of(stack.node.root).add(Watch())
    cdk.App.of(stack).synth()  # type: ignore[union-attr]  # fresh_stack made one
    (text,) = [str(entry.data) for entry in stack.node.metadata if entry.type == "aws:cdk:info"]
    return code_block(text)


def texts() -> dict[str, str]:
    """The tables, a summary and what is said."""
    return {
        "watch-kinds": _kinds(),
        "watch-summary": _summary(),
        "arguments-Watch": arguments(Watch),
        "failures-watch": "\n\n".join(map(said, _FAILURES)),
    }
