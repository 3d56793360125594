"""A walk through the state machine of a restore test as it is deployed, in a world of its own."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import RestoreTest
from tests.backup.restore_world import EXECUTION, ORDERS, RUN, KilledError, StoppedError, World
from tests.policies import flat
from tests.synthesis import fresh_stack, synthesize


@cache
def definition(*, verifier: bool = False, hours: int = 12) -> dict[str, Any]:
    """The state machine as the construct deploys it."""
    stack = fresh_stack()
    orders = dynamodb.Table.from_table_name(stack, "Orders", "orders")
    function = lambda_.Function.from_function_attributes(
        stack,
        "Verifier",
        function_arn="arn:aws:lambda:us-east-1:111122223333:function:verifier",
        same_environment=True,
    )
    RestoreTest(
        stack,
        "Restores",
        tables=[orders],
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        verifier=function if verifier else None,
        timeout=cdk.Duration.hours(hours),
    )
    machine = synthesize(stack).only("AWS::StepFunctions::StateMachine")
    found: dict[str, Any] = json.loads(flat(machine["DefinitionString"]))
    return found


Verifier = Callable[[Mapping[str, Any]], Any]


@dataclass
class Execution:
    """One walk through the state machine, which reads the definition as Step Functions does."""

    world: World
    arn: str = EXECUTION
    run: str = RUN
    verifier: Verifier | None = None
    table: str = ORDERS
    hours: int = 12
    path: list[str] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    events: int = 0

    def go(self) -> tuple[str, Any]:
        """How it ends, and its output or cause."""
        self.world.executions[self.arn] = {"status": "RUNNING"}
        status, output = "ABORTED", None
        try:
            status, output = self._walk()
        except StoppedError:
            pass
        finally:
            self.world.executions[self.arn] = {
                "status": status,
                "stopDate": datetime.fromtimestamp(self.world.now, UTC),
            }
        return status, output

    def _walk(self) -> tuple[str, Any]:
        machine = definition(verifier=self.verifier is not None, hours=self.hours)
        state: Any = {"table": self.table, "scheduled": self.run}
        began, name = self.world.now, machine["StartAt"]
        while True:
            if self.world.now - began > machine["TimeoutSeconds"]:
                return "TIMED_OUT", None
            here = machine["States"][name]
            self.path.append(name)
            match here["Type"]:
                case "Task":
                    name, state = self._task(here, state)
                case "Choice":
                    name = next(
                        (each["Next"] for each in here["Choices"] if _holds(each, state)), here["Default"]
                    )
                case "Wait":
                    self.waits.append(_at(here["SecondsPath"], state))
                    self.world.now += self.waits[-1]
                    name = here["Next"]
                case "Succeed":
                    return "SUCCEEDED", _at(here["OutputPath"], state)
                case "Fail":
                    (path,) = re.findall(r"States.JsonToString\((.*)\)", here["CausePath"])
                    return "FAILED", _at(path, state)
            self.events += 5 if here["Type"] == "Task" else 2

    def _task(self, here: Any, state: Any) -> tuple[str, Any]:
        (retry,) = here["Retry"]
        for attempt in range(retry["MaxAttempts"] + 1):
            try:
                answer = self._invoke(here, state)
            except (Exception, KilledError) as error:  # noqa: BLE001 - whatever a function raises
                problem = {"Error": type(error).__name__, "Cause": str(error)}
                known = retry["ErrorEquals"] == ["States.ALL"] or problem["Error"] in retry["ErrorEquals"]
                if not known:
                    break
                self.world.now += min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, 60)
            else:
                # As JSON takes it, and within what a state can pass on.
                text = json.dumps(answer)
                assert len(text) < 262_144
                return here["Next"], state | {here["ResultPath"][2:]: json.loads(text)}
        if "Catch" not in here:
            raise StoppedError
        (catch,) = here["Catch"]
        return catch["Next"], state | {catch["ResultPath"][2:]: problem}

    def _invoke(self, here: Any, state: Any) -> Any:
        if "InputPath" in here:
            assert self.verifier is not None
            return self.verifier(_at(here["InputPath"], state))
        asked = here["Parameters"]
        assert (asked["execution.$"], asked["given.$"]) == ("$$.Execution.Id", "$")
        steps, test = self.world.steps(), (state["table"], state["scheduled"], self.arn)
        match asked["step"]:
            case "heard":
                return steps.heard(*test, state)
            case "tear_down":
                return steps.tear_down(*test, state)
            case step:
                return getattr(steps, step)(*test)


def _at(path: str, state: Any) -> Any:
    for part in path.split(".")[1:]:
        state = state[part]
    return state


def _holds(choice: Any, state: Any) -> bool:
    wanted = choice.get("StringEquals", choice.get("BooleanEquals"))
    return bool(_at(choice["Variable"], state) == wanted)
