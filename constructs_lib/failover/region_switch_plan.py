"""A plan of ARC Region switch: people take over and fail back by executing it, step by step, with approvals."""

import math
from collections.abc import Sequence
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_arcregionswitch as arc
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.calculated_health_check import CalculatedHealthCheck
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.failover_plan import FailoverPlan
from constructs_lib.failover.failover_record import FailoverRecord
from constructs_lib.failover.health_check import check_health_check
from constructs_lib.failover.publisher import AnyAlarm, arn_of
from constructs_lib.failover.region_switch_role import execution_role, let_approve, let_read
from constructs_lib.failover.region_switch_steps import (
    ManualApproval,
    Tries,
    approval_step,
    check_approval,
    check_tries,
    step_function,
    switch_step,
)
from constructs_lib.failover.regions import REGION
from constructs_lib.function import FunctionLogs

__all__ = ["RegionSwitchPlan"]

# https://docs.aws.amazon.com/arc-region-switch/latest/api/API_CreatePlan.html
_LONGEST_OBJECTIVE = 10_080
_LONGEST_NAME = 32


class RegionSwitchPlan(Construct):
    """Lets people fail over and back by Region switch of Amazon Application Recovery Controller (ARC).

    An active/passive plan with two workflows. The one that activates the standby's Region lets `controller` take over;
    the one that activates the primary's gives it the guarded command to fail back. Either may wait for an approval
    first. Traffic is moved by the controller's own health check, which the record counts already; the plan has no Route
    53 block, whose health checks would take the place of those. See the page on Region switch for the reasons.

    The plan has no trigger: the controller goes on deciding by its alarm, and two deciders would overrule each other.

    Attributes:
        controller: what takes over and fails back.
        regions: the primary's Region, and the standby's.
        take_over_function: the step that lets the standby take over.
        fail_back_function: the step that lets it fail back.
        role: what Region switch does the steps as.
        plan: the plan, as CloudFormation has it.
        plan_arn: its ARN, by which it is executed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controller: FailoverController,
        record: FailoverRecord,
        detected_by: route53.IHealthCheck,
        primary_region: str,
        approve_takeover: ManualApproval | None = None,
        approve_fail_back: ManualApproval | None = None,
        failover_plan: FailoverPlan | None = None,
        application_health: Sequence[AnyAlarm] = (),
        step_timeout: cdk.Duration | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Plan to switch `record` between two Regions.

        Args:
            scope: the parent, in a stack of the standby's Region.
            construct_id: the id in `scope`.
            controller: what takes over and fails back, with the health check by which it leads names.
            record: the name that fails over.
            detected_by: the health check of the record's primary, which that health check has a say in.
            primary_region: the Region that the standby takes over from.
            approve_takeover: somebody has to approve a takeover first. Left out: nobody.
            approve_fail_back: somebody has to approve failing back first. Left out: nobody.
            failover_plan: its worst case of the recovery time, in whole minutes, is the plan's recovery time objective.
                Left out: the plan has none.
            application_health: alarms of both Regions that are silent while users are served, by which Region switch
                measures the time to recover. Left out: it measures how long the steps took.
            step_timeout: for how long a step is tried again, from one try of the controller up to a day. Left out: half
                an hour.
            log_settings: retention and encryption of the steps' logs. Left out: `FunctionLogs()`.
            removal_policy: what becomes of these logs with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: executing the plan would not move the record, or AWS would refuse it; nothing has been
                built then.
        """
        check = Check(scope, construct_id)
        check.instance("controller", controller, FailoverController)
        check.instance("record", record, FailoverRecord)
        _check_led(check, controller, record, detected_by)
        standby_region = _check_regions(check, controller, primary_region)
        approvals = {"approve_takeover": approve_takeover, "approve_fail_back": approve_fail_back}
        for name, approval in approvals.items():
            check_approval(check, name, approval)
        objective = _objective_minutes(check, failover_plan, record)
        alarms = _check_alarms(check, application_health)
        tries = check_tries(check, controller, step_timeout)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.controller = controller
            self.regions = (primary_region, standby_region)
            options: dict[str, Any] = {"log_settings": log_settings, "removal_policy": removal_policy}
            self.take_over_function = step_function(
                self, "TakeOver", controller, step="take_over", options=options
            )
            self.fail_back_function = step_function(
                self, "FailBack", controller, step="fail_back", options=options
            )
            approvers = list({each.role.role_arn: each.role for each in approvals.values() if each}.values())
            functions = (self.take_over_function, self.fail_back_function)
            self.role, steps = execution_role(self, functions, approvers=approvers, alarms=alarms)
            self.plan = arc.CfnPlan(
                self,
                "Plan",
                name=cdk.Names.unique_resource_name(self, max_length=_LONGEST_NAME),
                description=f"Switches {record.domain_name} between its primary and its standby Region",
                execution_role=self.role.role_arn,
                recovery_approach="activePassive",
                regions=list(self.regions),
                primary_region=primary_region,
                recovery_time_objective_minutes=objective,
                associated_alarms={
                    f"health-{number}": arc.CfnPlan.AssociatedAlarmProperty(
                        alarm_type="applicationHealth", resource_identifier=arn
                    )
                    for number, arn in enumerate(alarms, start=1)
                }
                or None,
                workflows=self._workflows(approve_takeover, approve_fail_back, tries),
            )
            # Region switch evaluates a plan as soon as it is made.
            self.plan.node.add_dependency(steps)
            self.plan_arn = self.plan.attr_arn
            let_read(self.role, self.plan_arn)
            let_approve(self, approvers, self.plan_arn)

    def _workflows(
        self, takeover: ManualApproval | None, fail_back: ManualApproval | None, tries: Tries
    ) -> list[arc.CfnPlan.WorkflowProperty]:
        primary, standby = self.regions
        return [
            arc.CfnPlan.WorkflowProperty(
                workflow_target_action="activate",
                workflow_target_region=standby,
                workflow_description="The standby takes over, and stays",
                steps=[
                    *approval_step("approve-takeover", "the takeover", takeover),
                    switch_step(
                        "take-over",
                        "Wakes the standby and leads names to it",
                        self.take_over_function,
                        region_to_run="activatingRegion",
                        tries=tries,
                    ),
                ],
            ),
            arc.CfnPlan.WorkflowProperty(
                workflow_target_action="activate",
                workflow_target_region=primary,
                workflow_description="The standby fails back to the primary",
                steps=[
                    *approval_step("approve-fail-back", "failing back", fail_back),
                    switch_step(
                        "fail-back",
                        "Leads names to the primary; the standby sleeps once they have drained",
                        self.fail_back_function,
                        region_to_run="deactivatingRegion",  # where the controller is
                        tries=tries,
                    ),
                ],
            ),
        ]


def _check_led(
    check: Check, controller: FailoverController, record: FailoverRecord, detected_by: route53.IHealthCheck
) -> None:
    """Fail unless the controller's own health check alone takes the primary out of `record`."""
    check_health_check(check, "detected_by", detected_by)
    take_over = controller.take_over
    if take_over is None:
        check.fail(
            f"{controller.node.path} has no take_over: it wakes the standby and leads no name to it.",
            remedy="Executing the plan would move nobody: give the controller a TakeOverHealthCheck.",
        )
    check.require(
        all(_health_check_id(each) == detected_by.health_check_id for each in record.primary),
        f"detected_by is {detected_by.node.path}, which is not the health check of the primary of {record.node.path}.",
        remedy="Give the one that the record has as primary_health.",
    )
    counted = isinstance(detected_by, CalculatedHealthCheck) and take_over in detected_by.children
    check.require(
        detected_by is take_over or counted,
        f"{detected_by.node.path} does not count {take_over.node.path}, by which the controller leads names.",
        remedy="Executing the plan would move nobody: make it a CalculatedHealthCheck with both as children.",
    )
    if isinstance(detected_by, CalculatedHealthCheck):
        check.require(
            detected_by.at_least == len(detected_by.children),
            f"{detected_by.node.path} is healthy with {detected_by.at_least} of {len(detected_by.children)} children.",
            remedy="A takeover by the plan would move nobody while the primary answers: let at_least be their number.",
        )


def _health_check_id(record: route53.RecordSet) -> str | None:
    return cast("route53.CfnRecordSet", record.node.default_child).health_check_id


def _check_regions(check: Check, controller: FailoverController, primary: str) -> str:
    """The standby's Region, which is the controller's."""
    check.instance("primary_region", primary, str)
    check.require(
        is_token(primary) or bool(REGION.fullmatch(primary)),
        f"primary_region is {primary!r}.",
        remedy="Give the name of a Region, such as 'eu-west-1'.",
    )
    standby, here = cdk.Stack.of(controller).region, cdk.Stack.of(check.scope).region
    check.require(
        is_token(standby) or is_token(here) or standby == here,
        f"this stack is in {here}, and {controller.node.path} in {standby}.",
        remedy="The steps must not need the Region that has failed: make the plan in a stack of the standby's Region.",
    )
    check.require(
        is_token(standby) or is_token(primary) or standby != primary,
        f"primary_region is {primary!r}, the Region of the standby.",
        remedy="Give the Region that it takes over from.",
    )
    return standby


def _objective_minutes(check: Check, plan: FailoverPlan | None, record: FailoverRecord) -> int | None:
    check.instance("failover_plan", plan, FailoverPlan, None)
    if plan is None:
        return None
    name = plan.to_json()["name"]
    check.require(
        name == record.domain_name,
        f"failover_plan is of {name}, and record of {record.domain_name}.",
        remedy="Give the FailoverPlan of this record.",
    )
    minutes = max(1, math.ceil(plan.recovery_time.seconds / 60))
    check.require(
        minutes <= _LONGEST_OBJECTIVE,
        f"failover_plan recovers in {minutes:,} minutes.",
        remedy=f"Region switch has objectives of up to {_LONGEST_OBJECTIVE:,} minutes: leave it out, or shorten it.",
    )
    return minutes


def _check_alarms(check: Check, alarms: Sequence[AnyAlarm]) -> list[str]:
    """The ARNs of `alarms`."""
    check.instance("application_health", alarms, list, tuple)
    for number, alarm in enumerate(alarms):
        name = f"application_health[{number}]"
        composite = isinstance(alarm, cloudwatch.CompositeAlarm | cloudwatch.CfnCompositeAlarm)
        check.require(
            composite or hasattr(alarm, "alarm_ref"),
            f"{name} is {check.shown(alarm)}.",
            remedy="Give an alarm of CDK, made or imported.",
        )
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        check.require(
            not composite,
            f"{name} is a composite alarm, which can be read only by whoever may read all alarms.",
            remedy="Give alarms on metrics.",
        )
    return [arn_of(alarm) for alarm in alarms]
