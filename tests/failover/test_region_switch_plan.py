"""The plan of Region switch: two workflows that move the controller, least rights, and what cannot work refused."""

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import botocore.session
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from botocore.validate import ParamValidator

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    CalculatedHealthCheck,
    ControllerSettings,
    FailoverController,
    FailoverPlan,
    FailoverRecord,
    TakeOverHealthCheck,
)
from constructs_lib.failover.region_switch_plan import RegionSwitchPlan
from constructs_lib.failover.region_switch_steps import ManualApproval
from tests.failover.parts import ACCOUNT, EU, US, composite_alarm, health, plain_alarm, stack_in, zone
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.policies import flat, listed
from tests.synthesis import Synthesized, read_template, synthesize

PLAN, FUNCTION, POLICY = "AWS::ARCRegionSwitch::Plan", "AWS::Lambda::Function", "AWS::IAM::Policy"
PRIMARY, STANDBY = "us-east-1", "us-west-2"
Duration = cdk.Duration


def controller_in(stack: cdk.Stack, **options: Any) -> FailoverController:
    given: dict[str, Any] = {"standby": []} | options
    if "take_over" not in given:
        given["take_over"] = TakeOverHealthCheck(stack, "LeadAway", primary_region=PRIMARY)
    return FailoverController(stack, "Controller", decided_by=plain_alarm(stack), **given)


def both(stack: cdk.Stack, controller: FailoverController, **options: Any) -> CalculatedHealthCheck:
    """The primary's health check: its endpoint, and the standby's word."""
    assert controller.take_over is not None
    given: dict[str, Any] = {"children": [health(stack), controller.take_over], "at_least": 2} | options
    return CalculatedHealthCheck(stack, "Both", **given)


def record_of(stack: cdk.Stack, check: route53.IHealthCheck, **options: Any) -> FailoverRecord:
    given: dict[str, Any] = {"record_name": "orders", "primary": US, "secondary": EU} | options
    return FailoverRecord(stack, "Name", zone=zone(stack), primary_health=check, **given)


def plan(stack: cdk.Stack, **options: Any) -> RegionSwitchPlan:
    given = dict(options)
    given.setdefault("primary_region", PRIMARY)
    if "controller" not in given:
        given["controller"] = controller_in(stack)
    if "detected_by" not in given:
        given["detected_by"] = both(stack, given["controller"])
    if "record" not in given:
        given["record"] = record_of(stack, given["detected_by"])
    return RegionSwitchPlan(stack, "Switch", **given)


def approver(stack: cdk.Stack, construct_id: str = "Operators") -> iam.Role:
    return iam.Role(stack, construct_id, assumed_by=iam.AccountPrincipal(ACCOUNT))


def workflows(result: Synthesized) -> dict[str, list[dict[str, Any]]]:
    """The steps, by the Region that they activate."""
    found = result.only(PLAN)["Workflows"]
    assert {each["WorkflowTargetAction"] for each in found} == {"activate"}
    return {each["WorkflowTargetRegion"]: each["Steps"] for each in found}


def rights(result: Synthesized, role: str) -> dict[str, set[str]]:
    """What the role `role` may do: the resources of each action."""
    found: dict[str, set[str]] = {}
    for policy in result.of_type(POLICY).values():
        if {"Ref": role} not in policy["Properties"]["Roles"]:
            continue
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            for action in listed(statement["Action"]):
                found.setdefault(action, set()).update(map(flat, listed(statement["Resource"])))
    return found


def step_function_id(result: Synthesized, step: str) -> str:
    (found,) = (
        name
        for name, each in result.of_type(FUNCTION, under="Switch").items()
        if each["Properties"]["Environment"]["Variables"]["SWITCH_STEP"] == step
    )
    return found


def test_it_is_active_and_passive_between_the_two_regions() -> None:
    stack = stack_in(STANDBY)
    made = plan(stack)
    found = synthesize(stack).only(PLAN)

    assert (found["RecoveryApproach"], found["Regions"], found["PrimaryRegion"]) == (
        "activePassive",
        [PRIMARY, STANDBY],
        PRIMARY,
    )
    assert made.regions == (PRIMARY, STANDBY)
    assert {"Triggers", "RecoveryTimeObjectiveMinutes", "AssociatedAlarms"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("activated", "step", "name", "runs_in"),
    [
        (STANDBY, "take_over", "take-over", "activatingRegion"),
        (PRIMARY, "fail_back", "fail-back", "deactivatingRegion"),
    ],
)
def test_each_region_is_activated_by_one_step_that_runs_where_the_controller_is(
    activated: str, step: str, name: str, runs_in: str
) -> None:
    stack = stack_in(STANDBY)
    plan(stack)
    result = synthesize(stack)
    (found,) = workflows(result)[activated]
    function = step_function_id(result, step)

    assert (found["Name"], found["ExecutionBlockType"]) == (name, "CustomActionLambda")
    assert found["ExecutionBlockConfiguration"] == {
        "CustomActionLambdaConfig": {
            "Lambdas": [{"Arn": {"Fn::GetAtt": [function, "Arn"]}}],
            "RegionToRun": runs_in,
            "RetryIntervalMinutes": 3,
            "TimeoutMinutes": 30,
        }
    }


def test_no_step_is_skipped_when_the_failover_was_not_planned() -> None:
    stack = stack_in(STANDBY)
    plan(stack)
    steps = [step for steps in workflows(synthesize(stack)).values() for step in steps]

    assert len(steps) == 2
    assert all("Ungraceful" not in flat(step) for step in steps)


def test_the_next_try_comes_after_the_last_one_is_over() -> None:
    stack = stack_in(STANDBY)
    slow = controller_in(stack, settings=ControllerSettings(wake_up_limit=Duration.minutes(10)))
    plan(stack, controller=slow)
    result = synthesize(stack)
    timeout = result.resources[step_function_id(result, "take_over")]["Properties"]["Timeout"]
    (step,) = workflows(result)[STANDBY]
    config = step["ExecutionBlockConfiguration"]["CustomActionLambdaConfig"]

    assert timeout == 900
    assert config["RetryIntervalMinutes"] * 60 >= timeout
    assert config["TimeoutMinutes"] >= 2 * config["RetryIntervalMinutes"]


def test_a_step_has_time_for_the_controller_to_answer() -> None:
    stack = stack_in(STANDBY)
    made = plan(stack)
    result = synthesize(stack)
    found = result.resources[step_function_id(result, "take_over")]["Properties"]
    patience = int(found["Environment"]["Variables"]["SWITCH_PATIENCE"])

    assert made.controller.function.timeout_seconds is not None
    assert made.controller.function.timeout_seconds < patience
    assert found["Timeout"] > 2 * patience


def test_the_time_for_a_step_can_be_said() -> None:
    stack = stack_in(STANDBY)
    plan(stack, step_timeout=Duration.hours(1))
    found = [steps[-1]["ExecutionBlockConfiguration"] for steps in workflows(synthesize(stack)).values()]

    assert [each["CustomActionLambdaConfig"]["TimeoutMinutes"] for each in found] == [60, 60]


def test_approvals_come_first_each_where_it_was_asked_for() -> None:
    stack = stack_in(STANDBY)
    role = approver(stack)
    plan(stack, approve_fail_back=ManualApproval(role=role, timeout=Duration.minutes(20)))
    result = synthesize(stack)
    steps = workflows(result)

    assert [step["Name"] for step in steps[STANDBY]] == ["take-over"]
    assert [step["Name"] for step in steps[PRIMARY]] == ["approve-fail-back", "fail-back"]
    assert steps[PRIMARY][0]["ExecutionBlockType"] == "ManualApproval"
    assert steps[PRIMARY][0]["ExecutionBlockConfiguration"] == {
        "ExecutionApprovalConfig": {
            "ApprovalRole": {"Fn::GetAtt": [result.only_id("AWS::IAM::Role", under="Operators"), "Arn"]},
            "TimeoutMinutes": 20,
        }
    }


def test_an_approval_waits_an_hour_unless_told_otherwise() -> None:
    stack = stack_in(STANDBY)
    plan(stack, approve_takeover=ManualApproval(role=approver(stack)))
    first = workflows(synthesize(stack))[STANDBY][0]

    assert first["ExecutionBlockConfiguration"]["ExecutionApprovalConfig"]["TimeoutMinutes"] == 60


def test_whoever_approves_may_do_that_for_this_plan_and_nothing_else() -> None:
    stack = stack_in(STANDBY)
    role = approver(stack)
    plan(stack, approve_takeover=ManualApproval(role=role), approve_fail_back=ManualApproval(role=role))
    result = synthesize(stack)

    assert rights(result, result.only_id("AWS::IAM::Role", under="Operators")) == {
        "arc-region-switch:ApprovePlanExecutionStep": {f"${{{result.only_id(PLAN)}.Arn}}"}
    }


def test_an_approver_of_another_stack_makes_no_cycle() -> None:
    stack = stack_in(STANDBY)
    people = cdk.Stack(cdk.App.of(stack), "People", env=cdk.Environment(account=ACCOUNT, region=STANDBY))
    plan(stack, approve_takeover=ManualApproval(role=approver(people)))

    assert len(workflows(synthesize(stack))[STANDBY]) == 2


def test_region_switch_may_call_the_steps_evaluate_and_read_its_own_plan_and_nothing_else() -> None:
    stack = stack_in(STANDBY)
    plan(stack)
    result = synthesize(stack)
    role = result.only_id("AWS::IAM::Role", under="SwitchRole")
    steps = {f"${{{step_function_id(result, step)}.Arn}}" for step in ("take_over", "fail_back")}
    own = {f"${{{result.only_id(PLAN)}.Arn}}"}

    assert rights(result, role) == {
        "lambda:GetFunction": steps,
        "lambda:InvokeFunction": steps,
        "iam:SimulatePrincipalPolicy": {f"${{{role}.Arn}}"},
        "arc-region-switch:GetPlan": own,
        "arc-region-switch:GetPlanExecution": own,
        "arc-region-switch:ListPlanExecutions": own,
    }
    trust = result.only("AWS::IAM::Role", under="SwitchRole")["AssumeRolePolicyDocument"]["Statement"]
    assert [each["Principal"] for each in trust] == [{"Service": "arc-region-switch.amazonaws.com"}]
    assert result.only(PLAN)["ExecutionRole"] == {"Fn::GetAtt": [role, "Arn"]}


def test_the_rights_of_the_steps_are_there_before_the_plan_is_evaluated() -> None:
    stack = stack_in(STANDBY)
    plan(stack)
    result = synthesize(stack)
    (before,) = result.of_type(POLICY, under="SwitchRoleSteps")
    (made,) = result.of_type(PLAN).values()

    assert before in made["DependsOn"]


def test_a_step_may_overrule_and_call_the_controller_and_nothing_else() -> None:
    stack = stack_in(STANDBY)
    plan(stack)
    result = synthesize(stack)
    function = result.resources[step_function_id(result, "fail_back")]["Properties"]
    role = function["Role"]["Fn::GetAtt"][0]
    own = {
        action: resources
        for action, resources in rights(result, role).items()
        if not action.startswith(("xray:", "logs:"))
    }
    alias = result.only_id("AWS::Lambda::Alias", under="Controller")
    variables = function["Environment"]["Variables"]
    parameter = result.only_id("AWS::SSM::Parameter")

    assert own.keys() == {"ssm:GetParameter", "ssm:PutParameter", "lambda:InvokeFunction"}
    assert own["lambda:InvokeFunction"] == {f"${{{alias}}}"}
    assert own["ssm:PutParameter"] == own["ssm:GetParameter"]
    (resource,) = own["ssm:PutParameter"]
    assert resource.endswith(f":parameter/${{{parameter}}}")
    assert (variables["SWITCH_CONTROLLER"], variables["SWITCH_PARAMETER"]) == (
        {"Ref": alias},
        {"Ref": parameter},
    )


def test_the_objective_is_the_worst_case_of_the_failover_plan_in_whole_minutes() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    check = both(stack, controller)
    record = record_of(stack, check)
    worst = FailoverPlan(stack, "Worst", detected_by=check, record=record, controller=controller)
    plan(stack, controller=controller, detected_by=check, record=record, failover_plan=worst)
    minutes = synthesize(stack).only(PLAN)["RecoveryTimeObjectiveMinutes"]

    assert (minutes - 1) * 60 < worst.recovery_time.seconds <= minutes * 60


def test_alarms_of_both_regions_tell_when_users_are_served_again() -> None:
    stack = stack_in(STANDBY)
    far = f"arn:aws:cloudwatch:{PRIMARY}:{ACCOUNT}:alarm:served"
    alarms = [
        cloudwatch.Alarm.from_alarm_arn(stack, "Far", far),
        plain_alarm(stack, "Near"),
    ]
    plan(stack, application_health=alarms)
    result = synthesize(stack)
    near = {"Fn::GetAtt": [result.only_id("AWS::CloudWatch::Alarm", under="Near"), "Arn"]}
    role = rights(result, result.only_id("AWS::IAM::Role", under="SwitchRole"))

    assert result.only(PLAN)["AssociatedAlarms"] == {
        "health-1": {"AlarmType": "applicationHealth", "ResourceIdentifier": far},
        "health-2": {"AlarmType": "applicationHealth", "ResourceIdentifier": near},
    }
    assert role["cloudwatch:DescribeAlarms"] == role["cloudwatch:DescribeAlarmHistory"] == {far, flat(near)}


def test_the_controllers_own_health_check_may_decide_alone() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    plan(stack, controller=controller, detected_by=controller.take_over)

    assert len(workflows(synthesize(stack))) == 2


def test_the_record_may_be_in_another_stack() -> None:
    stack = stack_in(STANDBY)
    names = cdk.Stack(cdk.App.of(stack), "Names", env=cdk.Environment(account=ACCOUNT, region=STANDBY))
    controller = controller_in(stack)
    check = both(stack, controller)
    plan(stack, controller=controller, detected_by=check, record=record_of(names, check))

    assert len(workflows(synthesize(stack))) == 2


@pytest.mark.parametrize(
    "name", ["Stack", "A-stack-whose-name-is-much-longer-than-the-name-of-a-plan-may-be"]
)
def test_the_name_is_one_that_region_switch_takes(name: str) -> None:
    stack = stack_in(STANDBY, name)
    plan(stack)

    # https://docs.aws.amazon.com/arc-region-switch/latest/api/API_CreatePlan.html
    assert re.fullmatch(
        r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?", synthesize(stack).only(PLAN)["Name"]
    )


def everything(stack: cdk.Stack) -> None:
    approval = ManualApproval(role=approver(stack))
    controller = controller_in(stack)
    check = both(stack, controller)
    record = record_of(stack, check)
    plan(
        stack,
        controller=controller,
        detected_by=check,
        record=record,
        approve_takeover=approval,
        approve_fail_back=approval,
        failover_plan=FailoverPlan(stack, "Worst", detected_by=check, record=record, controller=controller),
        application_health=[plain_alarm(stack, "Near")],
    )


def test_the_api_of_region_switch_has_every_property_of_it() -> None:
    stack = stack_in(STANDBY)
    everything(stack)
    model = botocore.session.get_session().get_service_model("arc-region-switch")
    given = _as_api(synthesize(stack).only(PLAN))
    shape = model.operation_model("CreatePlan").input_shape
    assert shape is not None
    report = ParamValidator().validate(given, shape)

    assert not report.has_errors(), report.generate_report()
    assert _unknown(given, shape) == []


def _as_api(value: Any, *, keys: bool = True) -> Any:
    """Properties of CloudFormation as the API spells them, with references as texts."""
    if isinstance(value, dict):
        if {"Ref", "Fn::GetAtt", "Fn::Join"} & value.keys():
            return flat(value)
        return {
            (key[0].lower() + key[1:] if keys else key): _as_api(inner, keys=key != "AssociatedAlarms")
            for key, inner in value.items()
        }
    return [_as_api(each) for each in value] if isinstance(value, list) else value


def _unknown(value: Any, shape: Any) -> list[str]:
    """The names in `value` that `shape` has not."""
    match shape.type_name:
        case "structure":
            strange = [key for key in value if key not in shape.members]
            known = [key for key in value if key in shape.members]
            return strange + [each for key in known for each in _unknown(value[key], shape.members[key])]
        case "list":
            return [each for inner in value for each in _unknown(inner, shape.member)]
        case "map":
            return [each for inner in value.values() for each in _unknown(inner, shape.value)]
    choices = getattr(shape, "enum", ())
    return [value] if choices and value not in choices else []


def test_it_passes_every_gate() -> None:
    stack = stack_in(STANDBY)
    everything(stack)
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert [each for each in findings(app) if each.rule != UNSUBSCRIBED] == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


def test_a_controller_that_leads_no_names_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack, take_over=None)
    check = health(stack)
    with pytest.raises(ConfigurationError, match=r"^Stack/Switch: Stack/Controller has no take_over"):
        plan(stack, controller=controller, detected_by=check)


def test_a_record_that_does_not_count_the_controllers_health_check_is_refused() -> None:
    stack = stack_in(STANDBY)
    with pytest.raises(ConfigurationError, match="Stack/Health does not count Stack/LeadAway"):
        plan(stack, detected_by=health(stack))


def test_a_primary_that_is_healthy_without_the_controllers_word_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    with pytest.raises(ConfigurationError, match="Stack/Both is healthy with 1 of 2 children"):
        plan(stack, controller=controller, detected_by=both(stack, controller, at_least=1))


def test_a_health_check_that_is_not_the_records_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    record = record_of(stack, health(stack, "Other"))
    with pytest.raises(ConfigurationError, match="not the health check of the primary of Stack/Name"):
        plan(stack, controller=controller, record=record)


def test_a_record_with_health_checks_of_region_switch_is_refused() -> None:
    stack = stack_in(STANDBY)
    theirs = route53.HealthCheck.from_health_check_id(stack, "Theirs", "3783b1ae-c713-4894-8627-1686b2d6563d")
    with pytest.raises(ConfigurationError, match="Stack/Theirs does not count Stack/LeadAway"):
        plan(stack, detected_by=theirs)


def test_a_plan_outside_of_the_standbys_region_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    check = both(stack, controller)
    elsewhere = cdk.Stack(
        cdk.App.of(stack), "Elsewhere", env=cdk.Environment(account=ACCOUNT, region=PRIMARY)
    )
    with pytest.raises(
        ConfigurationError, match=f"this stack is in {PRIMARY}, and Stack/Controller in {STANDBY}"
    ):
        RegionSwitchPlan(
            elsewhere,
            "Switch",
            controller=controller,
            record=record_of(stack, check),
            detected_by=check,
            primary_region=PRIMARY,
        )


@pytest.mark.parametrize(
    ("region", "said"),
    [(STANDBY, "the Region of the standby"), ("Oregon", "primary_region is 'Oregon'"), (5, "is 5")],
)
def test_a_primary_region_that_cannot_be_is_refused(region: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        plan(stack_in(STANDBY), primary_region=region)


def test_a_failover_plan_of_another_name_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    check = both(stack, controller)
    other = FailoverPlan(
        stack,
        "Worst",
        detected_by=check,
        record=record_of(stack, check, record_name="bills"),
        controller=controller,
    )
    home = cdk.Stack(cdk.App.of(stack), "Home", env=cdk.Environment(account=ACCOUNT, region=STANDBY))
    with pytest.raises(
        ConfigurationError,
        match=r"failover_plan is of bills\.example\.com, and record of orders\.example\.com",
    ):
        plan(
            stack,
            controller=controller,
            detected_by=check,
            record=record_of(home, check),
            failover_plan=other,
        )


def test_a_recovery_that_takes_longer_than_region_switch_has_objectives_is_refused() -> None:
    stack = stack_in(STANDBY)
    controller = controller_in(stack)
    check = both(stack, controller)
    record = record_of(stack, check)
    worst = FailoverPlan(
        stack, "Worst", detected_by=check, record=record, controller=controller, allowance=Duration.days(7)
    )
    with pytest.raises(ConfigurationError, match=r"failover_plan recovers in 10,0\d\d minutes"):
        plan(stack, controller=controller, detected_by=check, record=record, failover_plan=worst)


def test_a_composite_alarm_as_application_health_is_refused() -> None:
    stack = stack_in(STANDBY)
    home = cdk.Stack(cdk.App.of(stack), "Home")
    with pytest.raises(ConfigurationError, match=r"application_health\[0\] is a composite alarm"):
        plan(stack, application_health=[composite_alarm(home)])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"controller": None, "detected_by": None, "record": None}, "controller is None"),
        ({"record": "orders"}, "record is 'orders'"),
        ({"approve_takeover": "me"}, "approve_takeover is 'me'"),
        ({"approve_fail_back": ManualApproval(role=None)}, "approve_fail_back.role is None"),  # type: ignore[arg-type]
        ({"failover_plan": 5}, "failover_plan is 5"),
        ({"application_health": ["down"]}, r"application_health\[0\] is 'down'"),
        ({"step_timeout": Duration.minutes(2)}, "step_timeout is 2"),
        ({"step_timeout": Duration.days(2)}, "step_timeout is 2,?880"),
    ],
)
def test_fails_on_an_argument_that_cannot_work(options: dict[str, Any], said: str) -> None:
    stack = stack_in(STANDBY)
    with pytest.raises(ConfigurationError, match=f"^Stack/Switch: {said}"):
        plan(stack, **options)
    assert stack.node.try_find_child("Switch") is None


def test_an_approver_of_another_account_is_refused() -> None:
    stack = stack_in(STANDBY)
    theirs = iam.Role.from_role_arn(stack, "Theirs", "arn:aws:iam::444455556666:role/operators")
    with pytest.raises(ConfigurationError, match=f"of the account 444455556666, and the plan of {ACCOUNT}"):
        plan(stack, approve_takeover=ManualApproval(role=theirs))


def test_an_approval_that_waits_for_weeks_is_refused() -> None:
    stack = stack_in(STANDBY)
    approval = ManualApproval(role=approver(stack), timeout=Duration.days(14))
    with pytest.raises(ConfigurationError, match=r"approve_takeover\.timeout is 20160"):
        plan(stack, approve_takeover=approval)
