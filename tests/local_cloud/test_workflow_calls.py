"""Executions of Step Functions: started twice, with branches, callbacks, calls that are handed over, and logs."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, ref, resource
from tests.local_cloud.state_machines import CODE, Machine, output

WAIT = {"Type": "Wait", "Seconds": 3600, "End": True}
CAUGHT = {"Type": "Pass", "End": True}
TELLING = CODE.replace("    which =", "    print(event)\n    which =", 1)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings={"LOCAL_CLOUD_WAIT_SCALE": "0.001"}) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(cloud: LocalCloud) -> dict[str, str]:
    return deploy(cloud, "workflow-calls", function(TELLING), Arn=att("Function"), Live=ref("Live"))


@pytest.fixture
def queue(cloud: LocalCloud) -> str:
    url: str = cloud.client("sqs").create_queue(QueueName=f"tokens-{uuid4().hex[:8]}")["QueueUrl"]
    return url


def _named(machine: Machine, name: str, given: object) -> str:
    answer = machine.client.start_execution(stateMachineArn=machine.arn, name=name, input=json.dumps(given))
    arn: str = answer["executionArn"]
    return arn


def _express(cloud: LocalCloud, states: dict[str, Any]) -> Machine:
    machine = Machine(cloud, states)
    machine.client.delete_state_machine(stateMachineArn=machine.arn)
    machine.arn = machine.client.create_state_machine(
        name=f"{machine.name}-express",
        definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        roleArn="arn:aws:iam::000000000000:role/any",
        type="EXPRESS",
    )["stateMachineArn"]
    return machine


# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html


def test_running_execution_is_started_once_by_name_and_input(cloud: LocalCloud) -> None:
    machine = Machine(cloud, {"Wait": {**WAIT, "Seconds": 100_000}})

    first, second = (_named(machine, "order-1", {"id": 1}) for _ in range(2))

    listed = machine.client.list_executions(stateMachineArn=machine.arn)["executions"]
    assert first == second
    assert [each["executionArn"] for each in listed] == [first]
    machine.client.stop_execution(executionArn=first)


def test_name_of_a_running_execution_is_refused_with_another_input(cloud: LocalCloud) -> None:
    machine = Machine(cloud, {"Wait": {**WAIT, "Seconds": 100_000}})
    first = _named(machine, "order-1", {"id": 1})

    with pytest.raises(ClientError) as refused:
        _named(machine, "order-1", {"id": 2})

    assert refused.value.response["Error"]["Code"] == "ExecutionAlreadyExists"
    machine.client.stop_execution(executionArn=first)


def test_name_of_an_execution_that_ended_is_refused(cloud: LocalCloud) -> None:
    machine = Machine(cloud, {"Done": {"Type": "Succeed"}})
    machine.ended(_named(machine, "order-1", {"id": 1}))

    with pytest.raises(ClientError) as refused:
        _named(machine, "order-1", {"id": 1})

    assert refused.value.response["Error"]["Code"] == "ExecutionAlreadyExists"


def test_express_execution_is_started_as_often_as_asked(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    key = str(uuid4())
    call = {"Type": "Task", "Resource": deployed["Arn"], "Parameters": {"id": key}, "End": True}
    machine = _express(cloud, {"Call": call})

    for _ in range(2):
        machine.ended(_named(machine, "order-1", {}))

    again = {"Type": "Task", "Resource": deployed["Arn"], "Parameters": {"id": key}, "End": True}
    assert output(Machine(cloud, {"Call": again}).run()) == {"attempts": 3}


def test_standard_execution_emits_events_and_an_express_one_none(cloud: LocalCloud, queue: str) -> None:
    events, rule = cloud.client("events"), f"rule-{uuid4().hex[:8]}"
    done: dict[str, Any] = {"Done": {"Type": "Succeed"}}
    express, standard = _express(cloud, done), Machine(cloud, done)
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [express.arn, standard.arn]}}
    queue_arn = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue_arn["Attributes"]["QueueArn"]}])
    found: list[str] = []

    express.run()
    standard.run()

    def both() -> bool:
        got = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        details = [json.loads(each["Body"])["detail"] for each in got.get("Messages", [])]
        found.extend(detail["stateMachineArn"] for detail in details)
        return found.count(standard.arn) == 2

    eventually(both, "both events of the standard workflow")
    assert express.arn not in found


# https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html


def test_first_branch_that_fails_ends_the_state_and_the_other_branches(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    key = str(uuid4())
    fail = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}}
    slow = {"Type": "Task", "Resource": deployed["Arn"], "Parameters": {"sleep": 1}, "Next": "After"}
    after = {"Type": "Task", "Resource": deployed["Arn"], "Parameters": {"id": key}, "End": True}
    parallel = {
        "Type": "Parallel",
        "Branches": [fail, {"StartAt": "Slow", "States": {"Slow": slow, "After": after}}],
        "Catch": [{"ErrorEquals": ["Broken"], "Next": "Caught"}],
        "End": True,
    }
    begun = time.monotonic()

    described = Machine(cloud, {"All": parallel, "Caught": CAUGHT}).run()

    assert described["status"] == "SUCCEEDED"
    assert output(described)["Error"] == "Broken"
    assert time.monotonic() - begun < 1
    time.sleep(1.2)  # for what must not follow
    once = {"Type": "Task", "Resource": deployed["Arn"], "Parameters": {"id": key}, "End": True}
    assert output(Machine(cloud, {"Call": once}).run()) == {"attempts": 1}


def test_each_branch_waits_for_a_token_of_its_own(cloud: LocalCloud, queue: str) -> None:
    branches = [
        {"StartAt": f"Ask{number}", "States": {f"Ask{number}": _asking(queue, number)}} for number in range(3)
    ]
    machine = Machine(cloud, {"All": {"Type": "Parallel", "Branches": branches, "End": True}})
    execution = machine.start()

    asked = _tokens(cloud, queue, 3)
    assert len(set(asked.values())) == 3
    for number, token in asked.items():
        machine.client.send_task_success(taskToken=token, output=json.dumps({"was": number}))

    assert output(machine.ended(execution)) == [{"was": number} for number in range(3)]


# https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token


def _asking(queue: str, number: int = 0, **settings: Any) -> dict[str, Any]:
    body = {"number": number, "token.$": "$$.Task.Token"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody": body},
        "End": True,
        **settings,
    }


def _tokens(cloud: LocalCloud, queue: str, count: int = 1) -> dict[int, str]:
    found: dict[int, str] = {}

    def all_there() -> bool:
        got = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        bodies = [json.loads(each["Body"]) for each in got.get("Messages", [])]
        found.update({body["number"]: body["token"] for body in bodies})
        return len(found) == count

    eventually(all_there, f"{count} tokens")
    return found


def test_task_goes_on_with_what_is_sent_for_its_token(cloud: LocalCloud, queue: str) -> None:
    machine = Machine(cloud, {"Ask": _asking(queue)})
    execution = machine.start()

    machine.client.send_task_success(taskToken=_tokens(cloud, queue)[0], output='{"agreed": true}')

    assert output(machine.ended(execution)) == {"agreed": True}


def test_task_fails_with_the_error_that_is_sent_for_its_token(cloud: LocalCloud, queue: str) -> None:
    machine = Machine(cloud, {"Ask": _asking(queue)})
    execution = machine.start()

    machine.client.send_task_failure(taskToken=_tokens(cloud, queue)[0], error="Refused", cause="too late")

    described = machine.ended(execution)
    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "Refused", "too late")


def test_task_that_nobody_answers_times_out_and_its_token_with_it(cloud: LocalCloud, queue: str) -> None:
    caught = [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]
    machine = Machine(cloud, {"Ask": _asking(queue, TimeoutSeconds=1, Catch=caught), "Caught": CAUGHT})
    execution = machine.start()
    token = _tokens(cloud, queue)[0]

    assert output(machine.ended(execution))["Error"] == "States.Timeout"
    with pytest.raises(ClientError) as refused:
        machine.client.send_task_success(taskToken=token, output="{}")
    assert refused.value.response["Error"]["Code"] == "TaskTimedOut"


def test_token_that_nobody_was_given_is_invalid(cloud: LocalCloud) -> None:
    with pytest.raises(ClientError) as refused:
        cloud.client("stepfunctions").send_task_heartbeat(taskToken="unknown")

    assert refused.value.response["Error"]["Code"] == "InvalidToken"


@pytest.mark.parametrize("caught_as", ["States.HeartbeatTimeout", "States.Timeout"])
def test_task_that_is_silent_for_too_long_fails(cloud: LocalCloud, queue: str, caught_as: str) -> None:
    caught = [{"ErrorEquals": [caught_as], "Next": "Caught"}]
    ask = _asking(queue, TimeoutSeconds=60, HeartbeatSeconds=1, Catch=caught)
    machine = Machine(cloud, {"Ask": ask, "Caught": CAUGHT})
    begun = time.monotonic()

    described = machine.run()

    assert output(described)["Error"] == "States.HeartbeatTimeout"
    assert time.monotonic() - begun < 10


def test_task_that_beats_goes_on(cloud: LocalCloud, queue: str) -> None:
    machine = Machine(cloud, {"Ask": _asking(queue, TimeoutSeconds=60, HeartbeatSeconds=2)})
    execution = machine.start()
    token = _tokens(cloud, queue)[0]

    for _ in range(4):
        time.sleep(0.8)
        machine.client.send_task_heartbeat(taskToken=token)
    machine.client.send_task_success(taskToken=token, output='"done"')

    assert output(machine.ended(execution)) == "done"


def test_task_fails_when_the_function_that_gets_the_token_fails(
    cloud: LocalCloud, deployed: dict[str, str]
) -> None:
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": deployed["Live"],
            "Payload": {"id": str(uuid4()), "failures": 1, "token.$": "$$.Task.Token"},
        },
        "End": True,
    }

    described = Machine(cloud, {"Ask": ask}).run()

    assert (described["status"], described["error"]) == ("FAILED", "Broken")


def test_execution_that_is_stopped_waits_for_no_token(cloud: LocalCloud, queue: str) -> None:
    machine = Machine(cloud, {"Ask": _asking(queue)})
    execution = machine.start()
    token = _tokens(cloud, queue)[0]

    machine.client.stop_execution(executionArn=execution)

    def closed() -> bool:
        try:
            machine.client.send_task_heartbeat(taskToken=token)
        except ClientError as error:
            return bool(error.response["Error"]["Code"] == "TaskTimedOut")
        return False

    eventually(closed, "the token to be closed")


# https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html


def _invoking(name: str, payload: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": name, "Payload": payload, **parameters},
        "End": True,
    }


def test_event_is_handed_over_without_waiting_for_it(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    key = str(uuid4())
    call = _invoking(deployed["Live"], {"id": key, "sleep": 1}, InvocationType="Event")
    begun = time.monotonic()

    described = Machine(cloud, {"Call": call}).run()

    assert output(described)["StatusCode"] == 202
    assert time.monotonic() - begun < 1
    group = f"/aws/lambda/{deployed['Arn'].rpartition(':')[2]}"
    eventually(
        lambda: cloud.client("logs").filter_log_events(logGroupName=group, filterPattern=f'"{key}"')[
            "events"
        ],
        "the event to be handled",
    )


@pytest.mark.parametrize("kind", ["Event", "RequestResponse"])
def test_function_that_is_not_there_fails_by_name(cloud: LocalCloud, kind: str) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:missing"

    described = Machine(cloud, {"Call": _invoking(arn, {}, InvocationType=kind)}).run()

    assert described["error"] == "Lambda.ResourceNotFoundException"


def test_qualifier_beside_the_name_is_used(cloud: LocalCloud, deployed: dict[str, str]) -> None:
    missing = _invoking(deployed["Arn"], {}, Qualifier="nowhere")
    live = _invoking(deployed["Arn"], {"id": str(uuid4())}, Qualifier=deployed["Live"].rpartition(":")[2])

    assert Machine(cloud, {"Call": missing}).run()["error"] == "Lambda.ResourceNotFoundException"
    assert output(Machine(cloud, {"Call": live}).run())["Payload"] == {"attempts": 1}


# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-task-executions


@pytest.mark.parametrize(("length", "status"), [(262_000, "SUCCEEDED"), (262_200, "FAILED")])
def test_data_that_is_too_long_ends_the_execution_whatever_it_catches(
    cloud: LocalCloud, deployed: dict[str, str], length: int, status: str
) -> None:
    call = {
        "Type": "Task",
        "Resource": deployed["Arn"],
        "Parameters": {"id": str(uuid4()), "text.$": "$.text"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    }

    described = Machine(cloud, {"Call": call, "Caught": CAUGHT}).run({"text": "x" * length})

    assert described["status"] == status
    assert described.get("error") == (None if status == "SUCCEEDED" else "States.DataLimitExceeded")


# https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html


def _logged(cloud: LocalCloud, level: str, *, data: bool) -> list[dict[str, Any]]:
    logs, name = cloud.client("logs"), f"/aws/vendedlogs/states/{uuid4().hex}"
    logs.create_log_group(logGroupName=name)
    group = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["arn"]
    fail = {"Type": "Fail", "Error": "Broken", "Cause": "personal"}
    machine = Machine(cloud, {"Begin": {"Type": "Pass", "Next": "Fail"}, "Fail": fail})
    machine.client.update_state_machine(
        stateMachineArn=machine.arn,
        loggingConfiguration={
            "level": level,
            "includeExecutionData": data,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{group.removesuffix(':*')}:*"}}],
        },
    )
    machine.run({"name": "personal"})
    events = logs.filter_log_events(logGroupName=name)["events"]
    return [json.loads(event["message"]) for event in events]


def test_log_of_every_event_names_the_states_without_their_data(cloud: LocalCloud) -> None:
    logged = _logged(cloud, "ALL", data=False)

    assert [each["type"] for each in logged] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "FailStateEntered",
        "ExecutionFailed",
    ]
    assert logged[3]["details"] == {"name": "Fail"}
    assert "personal" not in json.dumps(logged)


def test_log_of_a_state_machine_in_a_stack_is_as_its_template_says(cloud: LocalCloud) -> None:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    made = {
        "Logs": resource("Logs::LogGroup"),
        "Machine": resource(
            "StepFunctions::StateMachine",
            RoleArn="arn:aws:iam::000000000000:role/any",
            DefinitionString=json.dumps(definition),
            LoggingConfiguration={
                "Level": "ALL",
                "IncludeExecutionData": False,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": att("Logs")}}],
            },
        ),
    }
    outputs = deploy(cloud, "workflow-logs", made, Machine=ref("Machine"), Logs=ref("Logs"))

    cloud.client("stepfunctions").start_execution(stateMachineArn=outputs["Machine"])

    def types() -> list[str]:
        events = cloud.client("logs").filter_log_events(logGroupName=outputs["Logs"])["events"]
        return [json.loads(event["message"])["type"] for event in events]

    eventually(lambda: "ExecutionSucceeded" in types(), "the end of the execution")
    assert types()[:2] == ["ExecutionStarted", "SucceedStateEntered"]


def test_log_includes_data_where_it_is_asked_for(cloud: LocalCloud) -> None:
    assert json.loads(_logged(cloud, "ALL", data=True)[0]["details"]["input"]) == {"name": "personal"}


@pytest.mark.parametrize(
    ("level", "types"),
    [("ERROR", ["FailStateEntered", "ExecutionFailed"]), ("FATAL", ["ExecutionFailed"]), ("OFF", [])],
)
def test_log_has_what_its_level_says(cloud: LocalCloud, level: str, types: list[str]) -> None:
    assert [each["type"] for each in _logged(cloud, level, data=False)] == types
