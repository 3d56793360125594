"""Executions of Step Functions: tasks, retries, catches, waits, time-outs and stops, and their metrics.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, ref
from tests.local_cloud.state_machines import CODE, Machine, output

SCALE = 0.01
DONE: dict[str, Any] = {"Type": "Succeed"}
CAUGHT = {"Type": "Pass", "End": True}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings={"LOCAL_CLOUD_WAIT_SCALE": str(SCALE)}) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(cloud: LocalCloud) -> dict[str, str]:
    return deploy(cloud, "workflow-tasks", function(CODE), Arn=att("Function"), Live=ref("Live"))


@pytest.fixture
def task(deployed: dict[str, str]) -> dict[str, Any]:
    """A task that gets a number of failures, under an id of its own."""
    parameters = {"id": str(uuid4()), "failures.$": "$.failures"}
    return {"Type": "Task", "Resource": deployed["Arn"], "Parameters": parameters, "End": True}


def by_name(deployed: dict[str, str], **payload: Any) -> dict[str, Any]:
    """A task that invokes an alias and takes its answer."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": deployed["Live"], "Payload": payload},
        "OutputPath": "$.Payload",
        "End": True,
    }


def retry(*errors: str, **settings: float) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(errors), **settings}]


def catch(*errors: str) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(errors), "ResultPath": "$.error", "Next": "Caught"}]


def delays(machine: Machine, execution: str) -> list[float]:
    """Seconds from each failure of a task to its next attempt."""
    failed = machine.history(execution, "TaskFailed")
    again = machine.history(execution, "TaskScheduled")[1:]
    return [
        (after["timestamp"] - before["timestamp"]).total_seconds()
        for before, after in zip(failed, again, strict=False)
    ]


def test_task_runs_a_function_by_its_arn(cloud: LocalCloud, task: dict[str, Any]) -> None:
    described = Machine(cloud, {"Call": task}).run({"failures": 0})

    assert described["status"] == "SUCCEEDED"
    assert output(described) == {"attempts": 1}


def test_task_invokes_an_alias(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    machine = Machine(cloud, {"Call": by_name(deployed, id=str(uuid4()))})

    assert output(machine.run()) == {"attempts": 1}


def test_task_calls_a_service_and_fails_with_the_name_of_its_error(cloud: LocalCloud) -> None:
    resource = "arn:aws:states:::aws-sdk:dynamodb:describeTable"
    call = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": {"TableName": "missing-table"},
        "Catch": catch("DynamoDb.ResourceNotFoundException"),
        "End": True,
    }

    described = Machine(cloud, {"Call": call, "Caught": CAUGHT}).run()

    assert output(described)["error"]["Error"] == "DynamoDb.ResourceNotFoundException"


def test_task_is_tried_again_after_the_error_that_is_named(cloud: LocalCloud, task: dict[str, Any]) -> None:
    again = retry("Broken", IntervalSeconds=1, MaxAttempts=2)
    machine = Machine(cloud, {"Call": {**task, "Retry": again}})

    assert output(machine.run({"failures": 2})) == {"attempts": 3}


def test_task_is_not_tried_again_after_another_error(cloud: LocalCloud, task: dict[str, Any]) -> None:
    again = retry("Other", IntervalSeconds=1, MaxAttempts=2)
    machine = Machine(cloud, {"Call": {**task, "Retry": again}})

    execution = machine.start({"failures": 1})

    described = machine.ended(execution)
    assert described["status"] == "FAILED"
    assert described["error"] == "Broken"
    assert len(machine.history(execution, "TaskScheduled")) == 1


def test_attempts_run_out(cloud: LocalCloud, task: dict[str, Any]) -> None:
    again = retry("Broken", IntervalSeconds=1, MaxAttempts=2)
    machine = Machine(cloud, {"Call": {**task, "Retry": again}})

    execution = machine.start({"failures": 9})

    assert machine.ended(execution)["status"] == "FAILED"
    assert len(machine.history(execution, "TaskScheduled")) == 3


def test_delays_grow_by_their_rate_up_to_the_longest(cloud: LocalCloud, task: dict[str, Any]) -> None:
    again = retry("Broken", IntervalSeconds=30, BackoffRate=3, MaxDelaySeconds=120, MaxAttempts=3)
    machine = Machine(cloud, {"Call": {**task, "Retry": again}})
    execution = machine.start({"failures": 3})
    machine.ended(execution)

    for measured, expected in zip(delays(machine, execution), (30, 90, 120), strict=True):
        assert expected * SCALE - 0.01 <= measured < expected * SCALE + 0.25


def test_full_jitter_waits_no_longer_than_it_says(cloud: LocalCloud, task: dict[str, Any]) -> None:
    again = [{"ErrorEquals": ["Broken"], "IntervalSeconds": 100, "JitterStrategy": "FULL", "MaxAttempts": 1}]
    machine = Machine(cloud, {"Call": {**task, "Retry": again}})
    execution = machine.start({"failures": 1})
    machine.ended(execution)

    (measured,) = delays(machine, execution)
    assert measured < 100 * SCALE + 0.25


def test_caught_error_is_told_to_the_next_state(cloud: LocalCloud, task: dict[str, Any]) -> None:
    machine = Machine(cloud, {"Call": {**task, "Catch": catch("Broken")}, "Caught": CAUGHT})

    described = machine.run({"failures": 1})

    assert described["status"] == "SUCCEEDED"
    assert output(described)["error"]["Error"] == "Broken"
    assert json.loads(output(described)["error"]["Cause"])["errorType"] == "Broken"
    assert output(described)["failures"] == 1


def test_error_of_another_name_is_not_caught(cloud: LocalCloud, task: dict[str, Any]) -> None:
    machine = Machine(cloud, {"Call": {**task, "Catch": catch("Other")}, "Caught": CAUGHT})

    assert machine.run({"failures": 1})["status"] == "FAILED"


def test_errors_of_the_workflow_itself_are_never_caught(cloud: LocalCloud) -> None:
    unknown = {
        "Type": "Task",
        "Resource": "arn:aws:states:::nothing:likeThis",
        "Catch": catch("States.ALL"),
        "End": True,
    }

    described = Machine(cloud, {"Call": unknown, "Caught": CAUGHT}).run()

    assert described["status"] == "FAILED"
    assert described["error"] == "States.Runtime"


def test_function_that_takes_too_long_fails_with_a_timeout(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    slow = {**by_name(deployed, sleep=3), "TimeoutSeconds": 1, "Catch": catch("States.Timeout")}

    described = Machine(cloud, {"Call": slow, "Caught": CAUGHT}).run()

    assert output(described)["error"]["Error"] == "States.Timeout"


def test_function_that_is_throttled_can_be_retried_by_name(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    client = cloud.client("lambda")
    client.put_function_concurrency(FunctionName=deployed["Arn"], ReservedConcurrentExecutions=0)
    call = by_name(deployed, id=str(uuid4()))
    again = retry("Lambda.TooManyRequestsException", IntervalSeconds=1, MaxAttempts=2)
    machine = Machine(cloud, {"Call": {**call, "Retry": again}})
    execution = machine.start()

    described = machine.ended(execution)
    client.delete_function_concurrency(FunctionName=deployed["Arn"])

    assert described["error"] == "Lambda.TooManyRequestsException"
    assert len(machine.history(execution, "TaskScheduled")) == 3


def test_function_that_fails_by_its_own_timeout_says_so(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    client = cloud.client("lambda")
    client.update_function_configuration(FunctionName=deployed["Arn"], Timeout=1)
    task = {"Type": "Task", "Resource": deployed["Arn"], "End": True}

    described = Machine(cloud, {"Call": task}).run({"id": str(uuid4()), "sleep": 3})
    client.update_function_configuration(FunctionName=deployed["Arn"], Timeout=10)

    assert described["error"] == "Sandbox.Timedout"
    assert "output" not in described


def test_wait_takes_its_seconds_from_the_input_and_is_scaled(cloud: LocalCloud) -> None:
    wait = {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"}
    machine = Machine(cloud, {"Wait": wait, "Done": DONE})
    execution = machine.start({"seconds": 100})
    machine.ended(execution)

    entered, left = (machine.history(execution, f"WaitState{kind}")[0] for kind in ("Entered", "Exited"))

    waited = (left["timestamp"] - entered["timestamp"]).total_seconds()
    assert 100 * SCALE - 0.01 <= waited < 100 * SCALE + 1


@pytest.mark.parametrize(
    ("given", "chosen"),
    [({"size": 5}, "small"), ({"size": 50}, "large"), ({"size": 50, "skip": True}, "skipped"), ({}, "none")],
)
def test_choice_goes_where_its_input_says(cloud: LocalCloud, given: dict[str, Any], chosen: str) -> None:
    is_present = {"Variable": "$.size", "IsPresent": True}
    rules = [
        {
            "And": [
                {"Variable": "$.skip", "IsPresent": True},
                {"Variable": "$.skip", "BooleanEquals": True},
            ],
            "Next": "skipped",
        },
        {
            "And": [is_present, {"Variable": "$.size", "NumericGreaterThanEquals": 10}],
            "Next": "large",
        },
        {"Not": {"Variable": "$.size", "IsPresent": False}, "Next": "small"},
    ]
    choice = {"Type": "Choice", "Choices": rules, "Default": "none"}
    ends = {
        name: {"Type": "Pass", "Result": name, "End": True} for name in ("small", "large", "skipped", "none")
    }

    assert output(Machine(cloud, {"Choose": choice, **ends}).run(given)) == chosen


def test_execution_times_out_while_it_waits(cloud: LocalCloud) -> None:
    wait = {"Type": "Wait", "Seconds": 3600, "Next": "Done"}
    machine = Machine(cloud, {"Wait": wait, "Done": DONE}, TimeoutSeconds=60)
    begun = time.monotonic()
    execution = machine.start()

    described = machine.ended(execution)

    assert described["status"] == "TIMED_OUT"
    assert time.monotonic() - begun < 3600 * SCALE
    assert len(machine.history(execution, "ExecutionTimedOut")) == 1
    assert machine.history(execution, "ExecutionFailed") == []


def test_execution_times_out_while_a_task_runs_and_nothing_follows(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    slow = by_name(deployed, id=str(uuid4()), sleep=2, failures=9)
    again = retry("States.ALL", IntervalSeconds=1, MaxAttempts=5)
    caught = catch("States.ALL")
    states = {"Call": {**slow, "Retry": again, "Catch": caught}, "Caught": CAUGHT}
    machine = Machine(cloud, states, TimeoutSeconds=1)

    execution = machine.start()

    assert machine.ended(execution)["status"] == "TIMED_OUT"
    eventually(lambda: machine.history(execution, "TaskFailed"), "the task to end")
    time.sleep(0.2)  # for what must not follow
    assert machine.describe(execution)["status"] == "TIMED_OUT"
    assert len(machine.history(execution, "TaskScheduled")) == 1
    assert machine.history(execution, "PassStateEntered") == []


def test_waits_that_go_by_fast_do_not_hide_a_timeout(cloud: LocalCloud) -> None:
    waits = {f"Wait{n}": {"Type": "Wait", "Seconds": 40, "Next": f"Wait{n + 1}"} for n in range(3)}
    machine = Machine(cloud, {**waits, "Wait3": DONE}, TimeoutSeconds=100)

    execution = machine.start()

    assert machine.ended(execution)["status"] == "TIMED_OUT"
    assert len(machine.history(execution, "WaitStateExited")) == 2


def test_execution_within_its_timeout_succeeds(cloud: LocalCloud) -> None:
    wait = {"Type": "Wait", "Seconds": 40, "Next": "Done"}

    described = Machine(cloud, {"Wait": wait, "Done": DONE}, TimeoutSeconds=100).run()

    assert described["status"] == "SUCCEEDED"


def test_stopped_execution_stops_waiting(cloud: LocalCloud) -> None:
    wait = {"Type": "Wait", "Seconds": 100_000, "Next": "Done"}
    machine = Machine(cloud, {"Wait": wait, "Done": DONE})
    execution = machine.start()
    eventually(lambda: machine.history(execution, "WaitStateEntered"), "the wait to begin")

    machine.client.stop_execution(executionArn=execution, error="Enough", cause="of it")

    described = machine.describe(execution)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "of it")
    time.sleep(0.2)  # for what must not follow
    assert machine.describe(execution) | {"ResponseMetadata": 0} == described | {"ResponseMetadata": 0}
    assert machine.history(execution, "WaitStateExited") == []


def test_stopped_execution_stays_stopped_when_its_task_fails(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    slow = by_name(deployed, id=str(uuid4()), sleep=1, failures=9)
    again = retry("States.ALL", IntervalSeconds=1, MaxAttempts=5)
    machine = Machine(cloud, {"Call": {**slow, "Retry": again}})
    execution = machine.start()
    eventually(lambda: machine.history(execution, "TaskScheduled"), "the task to begin")

    machine.client.stop_execution(executionArn=execution)
    eventually(lambda: machine.history(execution, "TaskFailed"), "the task to end")
    time.sleep(0.2)  # for what must not follow

    assert machine.describe(execution)["status"] == "ABORTED"
    assert len(machine.history(execution, "TaskScheduled")) == 1
    assert machine.history(execution, "ExecutionFailed") == []


def test_branch_of_a_stopped_execution_does_nothing_more(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    key, first = str(uuid4()), by_name(deployed, sleep=1)
    del first["End"]
    states = {"First": {**first, "Next": "Second"}, "Second": by_name(deployed, id=key)}
    parallel = {"Type": "Parallel", "Branches": [{"StartAt": "First", "States": states}], "End": True}
    machine = Machine(cloud, {"All": parallel})
    execution = machine.start()
    eventually(lambda: machine.history(execution, "TaskScheduled"), "the first task to begin")

    machine.client.stop_execution(executionArn=execution)
    eventually(lambda: machine.history(execution, "TaskSucceeded"), "the first task to end")
    eventually(lambda: machine.history(execution, "TaskFailed"), "the second task not to run")

    assert output(Machine(cloud, {"Call": by_name(deployed, id=key)}).run()) == {"attempts": 1}


def test_branches_wait_side_by_side(cloud: LocalCloud) -> None:
    branch = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    parallel = {"Type": "Parallel", "Branches": [branch] * 3, "Next": "Done"}

    described = Machine(cloud, {"All": parallel, "Done": DONE}, TimeoutSeconds=100).run()

    assert described["status"] == "SUCCEEDED"


def _machine_that(cloud: LocalCloud, ends: str) -> Machine:
    wait = {"Type": "Wait", "Seconds": 100_000, "Next": "Done"}
    fail = {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}
    states = {
        "SUCCEEDED": {"Done": DONE},
        "FAILED": {"Fail": fail},
        "TIMED_OUT": {"Wait": wait, "Done": DONE},
        "ABORTED": {"Wait": wait, "Done": DONE},
    }[ends]
    return Machine(cloud, states, **({"TimeoutSeconds": 10} if ends == "TIMED_OUT" else {}))


@pytest.mark.parametrize(
    ("ends", "metric"),
    [
        ("SUCCEEDED", "ExecutionsSucceeded"),
        ("FAILED", "ExecutionsFailed"),
        ("TIMED_OUT", "ExecutionsTimedOut"),
        ("ABORTED", "ExecutionsAborted"),
    ],
)
def test_every_end_is_counted_and_rings_an_alarm(cloud: LocalCloud, ends: str, metric: str) -> None:
    machine, cloudwatch = _machine_that(cloud, ends), cloud.client("cloudwatch")
    dimensions = [{"Name": "StateMachineArn", "Value": machine.arn}]
    cloudwatch.put_metric_alarm(
        AlarmName=machine.name,
        Namespace="AWS/States",
        MetricName=metric,
        Dimensions=dimensions,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    execution = machine.start()
    if ends == "ABORTED":
        machine.client.stop_execution(executionArn=execution)

    assert machine.ended(execution)["status"] == ends

    def rings() -> bool:
        alarm = cloudwatch.describe_alarms(AlarmNames=[machine.name])["MetricAlarms"][0]
        return bool(alarm["StateValue"] == "ALARM")

    eventually(rings, f"the alarm on {metric}")
    now = datetime.now(UTC)
    ends_counted = ("ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    counted = {
        name: sum(
            point["Sum"]
            for point in cloudwatch.get_metric_statistics(
                Namespace="AWS/States",
                MetricName=name,
                Dimensions=dimensions,
                StartTime=now - timedelta(minutes=5),
                EndTime=now + timedelta(minutes=1),
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        )
        for name in ends_counted
    }
    assert counted == {name: float(name == metric) for name in ends_counted}


def test_waits_take_their_full_time_unless_they_are_scaled() -> None:
    with LocalCloud() as cloud:
        wait = {"Type": "Wait", "Seconds": 1, "Next": "Done"}
        machine = Machine(cloud, {"Wait": wait, "Done": DONE})
        execution = machine.start()
        machine.ended(execution)
        events = [machine.history(execution, f"WaitState{kind}")[0] for kind in ("Entered", "Exited")]

    ((waited,),) = [[(b["timestamp"] - a["timestamp"]).total_seconds()] for a, b in pairwise(events)]
    assert waited >= 0.99
