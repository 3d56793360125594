"""The simulation of failover goes by the same figures as the constructs."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from failover_controller.model import Settings

from constructs_lib.failover import CalculatedHealthCheck, FailoverRecord, TakeOverHealthCheck
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.failover_plan import FailoverPlan
from constructs_lib.failover.primary_probe import PrimaryProbe
from constructs_lib.failover.published import NAMESPACE
from constructs_lib.failover.standby import Capacity, ColdStandby, WarmStandby
from local_cloud.simulation.metrics import PRIMARY_ANSWERS, TAKEN_OVER
from local_cloud.simulation.setups import COLD, CONTROLLER, HOT, WARM, Setup, steps, worst_case
from tests.failover.parts import EU, US, health, stack_in, zone
from tests.functions import hardened
from tests.policies import flat
from tests.synthesis import synthesize


class Built:
    """A set-up as the constructs build it."""

    def __init__(self, setup: Setup) -> None:
        stack = self.stack = stack_in("us-west-2")
        endpoint = health(stack, "Primary")
        options: dict[str, Any] = {"detected_by": endpoint}
        if setup.controller:
            self.take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
            self.probe = PrimaryProbe(stack, "Probe", host=endpoint.node.id.lower() + ".example.com")
            function = hardened(stack).alias
            standby = (
                WarmStandby(function=function, reduced=Capacity(reserved=3), full=Capacity(reserved=10))
                if setup.asleep
                else ColdStandby(function=function)
            )
            self.controller = FailoverController(
                stack,
                "Controller",
                decided_by=self.probe.alarm,
                standby=[standby],
                take_over=self.take_over,
            )
            options = {
                "detected_by": CalculatedHealthCheck(
                    stack, "Both", children=[endpoint, self.take_over], at_least=2
                ),
                "controller": self.controller,
                "alarm_time": self.probe.alarm_time,
                "secondary_health": None if setup.asleep else health(stack, "Standby"),
            }
        record = FailoverRecord(
            stack,
            "Name",
            zone=zone(stack),
            record_name="orders",
            primary=EU,
            secondary=US,
            primary_health=options["detected_by"],
        )
        self.plan = FailoverPlan(stack, "Plan", record=record, **options)


@pytest.mark.parametrize("setup", [HOT, WARM, COLD], ids=["hot", "warm", "cold"])
def test_the_worst_case_is_that_of_the_plan(setup: Setup) -> None:
    planned = Built(setup).plan.recovery_time

    assert steps(setup) == [(step.what, step.seconds) for step in planned.steps]
    assert worst_case(setup) == planned.seconds


def test_the_controller_decides_as_the_construct_sets_it() -> None:
    functions = synthesize(Built(COLD).stack).of_type("AWS::Lambda::Function", under="Controller").values()
    (text,) = (flat(each["Properties"]["Environment"]["Variables"]["CONTROLLER"]) for each in functions)
    given = json.loads(text)
    made = Settings.from_json(given["settings"])

    names = {"name", "alarm", "sleepers"}
    assert {**asdict(made), **dict.fromkeys(names)} == {**asdict(CONTROLLER), **dict.fromkeys(names)}


def test_the_alarms_are_those_of_the_constructs() -> None:
    built = Built(COLD)
    alarms = synthesize(built.stack).of_type("AWS::CloudWatch::Alarm").values()
    by_metric = {
        each["Properties"].get("MetricName"): each["Properties"]
        for each in alarms
        if each["Properties"].get("Statistic") in ("Minimum", "Maximum")
        and each["Properties"].get("Namespace") == NAMESPACE
    }
    for name, ours in (("PrimaryAnswers", PRIMARY_ANSWERS), ("TakeOver", TAKEN_OVER)):
        assert {key: by_metric[name][key] for key in ours} == dict(ours)
