"""Functions run as Lambda runs them: versions, errors, timeouts, logs and metrics."""

import json
import time
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import HANDLER, att, function, ref, resource

POWERTOOLS = """
import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

logger, metrics, tracer = Logger(service="shop"), Metrics(namespace="Shop", service="shop"), Tracer(service="shop")
table = boto3.resource("dynamodb").meta.client

@tracer.capture_method
def count_tables():
    return len(table.list_tables()["TableNames"])

@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event, context):
    logger.info("an order came in", order=7)
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=2)
    return {"tables": count_tables(), "trace": tracer.provider.current_segment().trace_id}
"""


def _invoke(
    cloud: LocalCloud, name: str, event: dict[str, Any] | None = None, **arguments: str
) -> dict[str, Any]:
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}), **arguments)
    body = json.loads(answer["Payload"].read())
    return {"error": answer.get("FunctionError"), "executed": answer["ExecutedVersion"], "body": body}


def _sum(cloud: LocalCloud, name: str, namespace: str = "AWS/Lambda", **dimensions: str) -> float | None:
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    data = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=[query], StartTime=time.time() - 600, EndTime=time.time() + 60
    )
    values: list[float] = data["MetricDataResults"][0]["Values"]
    return sum(values) if values else None


@pytest.fixture(scope="module")
def name(cloud: LocalCloud) -> str:
    return deploy(cloud, "functions", function(Timeout=1), Function=ref("Function"))["Function"]


def test_alias_runs_the_environment_of_its_published_version(cloud: LocalCloud) -> None:
    old = function(Environment={"Variables": {"WHO": "old"}})
    stack = deploy(cloud, "versions", old, Function=ref("Function"))
    assert _invoke(cloud, stack["Function"], Qualifier="live")["body"]["who"] == "old"

    cloud.client("lambda").update_function_configuration(
        FunctionName=stack["Function"], Environment={"Variables": {"WHO": "changed by hand"}}
    )
    assert _invoke(cloud, stack["Function"], Qualifier="live")["body"]["who"] == "old"
    assert _invoke(cloud, stack["Function"])["body"]["who"] == "changed by hand"

    new = function(HANDLER + "#", Environment={"Variables": {"WHO": "new"}})
    new["NextVersion"] = new.pop("Version")
    new["Live"]["Properties"]["FunctionVersion"] = att("NextVersion", "Version")
    deployment = {"ApplicationName": ref("Application"), "DeploymentGroupName": ref("Group")}
    new["Live"]["UpdatePolicy"] = {"CodeDeployLambdaAliasUpdate": deployment}
    new["Application"] = resource("CodeDeploy::Application", ComputePlatform="Lambda")
    new["Group"] = resource("CodeDeploy::DeploymentGroup", ApplicationName=ref("Application"))
    deploy(cloud, "versions", new, Function=ref("Function"))

    result = _invoke(cloud, stack["Function"], Qualifier="live")
    assert (result["body"]["who"], result["executed"]) == ("new", "2")


def test_exception_comes_back_with_its_type_message_and_trace(cloud: LocalCloud, name: str) -> None:
    result = _invoke(cloud, name, {"fail": "no stock"}, Qualifier="live")

    assert result["error"] == "Unhandled"
    assert (result["body"]["errorType"], result["body"]["errorMessage"]) == ("ValueError", "no stock")
    assert 'File "/var/task/index.py", line 7, in handler' in result["body"]["stackTrace"][0]


def test_timeout_ends_the_invocation_and_not_the_next_one(cloud: LocalCloud, name: str) -> None:
    result = _invoke(cloud, name, {"sleep": 5}, Qualifier="live")

    assert result["body"]["errorType"] == "Sandbox.Timedout"
    assert result["body"]["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert _invoke(cloud, name, Qualifier="live")["error"] is None


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("import nothing_like_it", "Runtime.ImportModuleError", "Unable to import module 'index'"),
        ("def other(): pass", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
        ("def handler(event, context): return {1, 2}", "Runtime.MarshalError", "Unable to marshal response"),
        ("def handler(event, context): raise SystemExit(3)", "Runtime.ExitError", "exit status 3"),
        ("this is no Python", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index'"),
    ],
)
def test_broken_function_says_what_is_wrong(cloud: LocalCloud, code: str, kind: str, message: str) -> None:
    stack = deploy(cloud, f"broken-{kind.replace('.', '-')}", function(code), Function=ref("Function"))

    for _ in range(2):
        result = _invoke(cloud, stack["Function"])
        assert result["body"]["errorType"] == kind
        assert message in result["body"]["errorMessage"]


def test_metrics_carry_the_dimensions_of_function_alias_and_version(cloud: LocalCloud) -> None:
    stack = deploy(cloud, "metrics", function(), Function=ref("Function"))["Function"]
    _invoke(cloud, stack, {"fail": "once"}, Qualifier="live")
    _invoke(cloud, stack, Qualifier="live")
    _invoke(cloud, stack)
    live, bare = f"{stack}:live", stack

    def figures(metric: str) -> list[float | None]:
        return [
            _sum(cloud, metric, FunctionName=stack),
            _sum(cloud, metric, FunctionName=stack, Resource=live),
            _sum(cloud, metric, FunctionName=stack, Resource=live, ExecutedVersion="1"),
            _sum(cloud, metric, FunctionName=stack, Resource=bare),
        ]

    assert figures("Invocations") == [3, 2, 2, 1]
    assert figures("Errors") == [1, 1, 1, 0]
    assert figures("Throttles") == [0, 0, 0, 0]
    assert all(value is not None and value > 0 for value in figures("Duration"))


def test_claimed_concurrency_counts_what_is_reserved_and_what_runs(cloud: LocalCloud) -> None:
    region = "ap-southeast-2"  # where no other test has functions
    reserved = function(ReservedConcurrentExecutions=7)
    free = function()
    resources = {"Role": free["Role"], "Reserved": reserved["Function"], "Function": free["Function"]}
    stack = deploy(cloud, "claimed", resources, region, Function=ref("Function"))

    cloud.client("lambda", region).invoke(FunctionName=stack["Function"])

    answer = cloud.client("cloudwatch", region).get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="ClaimedAccountConcurrency",
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Maximum"],
    )
    assert [point["Maximum"] for point in answer["Datapoints"]] == [8]


def test_throttled_call_counts_as_throttle_and_as_nothing_else(cloud: LocalCloud) -> None:
    stack = deploy(cloud, "throttled", function(ReservedConcurrentExecutions=0), Function=ref("Function"))[
        "Function"
    ]
    with pytest.raises(cloud.client("lambda").exceptions.TooManyRequestsException):
        _invoke(cloud, stack, Qualifier="live")
    live = {"FunctionName": stack, "Resource": f"{stack}:live"}
    assert _sum(cloud, "Throttles", **live) == 1
    assert _sum(cloud, "Invocations", **live) is None
    assert _sum(cloud, "Errors", **live) is None


def test_powertools_logs_traces_and_publishes_metrics(cloud: LocalCloud) -> None:
    resources = {
        **function(
            POWERTOOLS,
            TracingConfig={"Mode": "Active"},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": ref("Log")},
        ),
        "Log": resource("Logs::LogGroup", RetentionInDays=7),
    }
    stack = deploy(cloud, "powertools", resources, Function=ref("Function"), Log=ref("Log"))

    result = _invoke(cloud, stack["Function"], Qualifier="live")

    assert result["error"] is None, result["body"]
    assert result["body"]["trace"].startswith("1-")
    assert eventually(lambda: _sum(cloud, "Orders", "Shop", service="shop"), "the metric") == 2
    events = cloud.client("logs").filter_log_events(logGroupName=stack["Log"])["events"]
    lines = [json.loads(event["message"]) for event in events]
    (order,) = [line for line in lines if line.get("message") == "an order came in"]
    assert (order["order"], order["service"], order["level"]) == (7, "shop", "INFO")
    types = [line["type"] for line in lines if "type" in line]
    assert types == ["platform.initStart", "platform.start", "platform.report"]
    assert order["function_request_id"] == lines[1]["record"]["requestId"]


def test_handler_sees_what_lambda_sets_and_nothing_of_the_server(cloud: LocalCloud) -> None:
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    stack = deploy(cloud, "environment", function(code, MemorySize=512), Function=ref("Function"))["Function"]

    seen = _invoke(cloud, stack, Qualifier="live")["body"]

    assert seen["AWS_ENDPOINT_URL"] == cloud.endpoint
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == stack
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "1"
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.14"
    assert {"LOG_LEVEL", "PYTEST_CURRENT_TEST", "AWS_PROFILE", "PYTHONPATH"}.isdisjoint(seen)
