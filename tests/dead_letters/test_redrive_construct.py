"""What re-drives dead letters: who may do what, when it is called, and what the command finds by the queue."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.assertions
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from redrive.metrics import line_of
from redrive.model import Outcome, Report, Route

from constructs_lib.alarms import AlarmRoute
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import (
    DeadLetterQueue,
    DeadLetters,
    Redrive,
    RedriveSettings,
    WrittenBy,
    add_dead_letters,
)
from constructs_lib.handlers import handler_folder
from tests.functions import default_function, plain_function
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import flat
from tests.synthesis import (
    RECOMMENDED,
    Synthesized,
    fresh_app,
    fresh_stack,
    number_token,
    read_template,
    synthesize,
)

ALARM, PARAMETER, POLICY, QUEUE = (
    "AWS::CloudWatch::Alarm",
    "AWS::SSM::Parameter",
    "AWS::IAM::Policy",
    "AWS::SQS::Queue",
)
LEDGER, RULE, SCHEDULE = "AWS::DynamoDB::GlobalTable", "AWS::Events::Rule", "AWS::Scheduler::Schedule"
Duration = cdk.Duration
TAG = "constructs_lib:redrive"


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def live(stack: cdk.Stack, name: str = "Plain") -> lambda_.Alias:
    return plain_function(stack, name).add_alias("live")


def dead(stack: cdk.Stack, name: str = "Dead", **options: Any) -> DeadLetterQueue:
    return DeadLetterQueue(stack, name, **options)


def source_of(stack: cdk.Stack, queue: sqs.IQueue, name: str = "Source", **options: Any) -> sqs.Queue:
    policy = sqs.DeadLetterQueue(queue=queue, max_receive_count=5)
    return sqs.Queue(stack, name, dead_letter_queue=policy, enforce_ssl=True, **options)


def redriven(stack: cdk.Stack, **options: Any) -> Synthesized:
    """A stack with one queue of asynchronous failures, re-driven by `options`."""
    add(stack, settings=RedriveSettings(**options))
    return synthesize(stack)


def add(stack: cdk.Stack, **options: Any) -> Any:
    given: dict[str, Any] = {"written_by": WrittenBy.ASYNCHRONOUS} | options
    queue = given.pop("queue", None) or dead(stack)
    if given["written_by"] is not WrittenBy.QUEUE and "function" not in given:
        given["function"] = live(stack)
    return Redrive.of(stack).add_queue(queue, **given)


def allowed(found: Synthesized) -> dict[tuple[str, ...], list[str]]:
    """What the policy of the queues allows: actions, and on what."""
    policy = found.only(POLICY, under="RedriveQueues")["PolicyDocument"]["Statement"]
    result = {}
    for statement in policy:
        actions, resources = statement["Action"], statement["Resource"]
        actions = actions if isinstance(actions, list) else [actions]
        result[tuple(actions)] = [
            flat(each) for each in (resources if isinstance(resources, list) else [resources])
        ]
    return result


def route_in(text: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(flat(text))
    return document


def readable(document: dict[str, Any]) -> Route:
    """The handler's own reading of a route, with names in the place of references."""
    names = {
        "queue_url": "https://sqs.us-east-1.amazonaws.com/111122223333/dead",
        "queue_arn": "arn:aws:sqs:us-east-1:111122223333:dead",
    }
    if "function" in document:
        names["function"] = "arn:aws:lambda:us-east-1:111122223333:function:orders:live"
    return Route.from_json({**document, **names})


def test_the_handler_reads_the_route_that_the_schedule_sends(stack: cdk.Stack) -> None:
    found = redriven(
        stack,
        rate_per_second=50,
        max_attempts=7,
        minimum_age=Duration.minutes(5),
        maximum_age=Duration.days(2),
        error_types=["Timeout"],
        except_error_types=["ValueError"],
        dry_run=True,
    )
    document = route_in(found.only(SCHEDULE)["Target"]["Input"])
    route = readable(document)
    assert (route.rate_per_second, route.max_attempts) == (50, 7)
    assert (route.minimum_age_seconds, route.maximum_age_seconds) == (300, 172_800)
    assert (route.error_types, route.except_error_types) == (("Timeout",), ("ValueError",))
    assert (route.written_by, route.dry_run, route.started_by) == ("asynchronous", True, "schedule")
    dead_id = found.only_id(QUEUE, under="Dead")
    assert document["queue_url"] == f"${{{dead_id}}}"
    assert document["queue_arn"] == f"${{{dead_id}.Arn}}"
    assert document["function"] == f"${{{found.only_id('AWS::Lambda::Alias', under='Plain')}}}"


def test_by_default_it_runs_every_hour_at_five_a_second(stack: cdk.Stack) -> None:
    found = redriven(stack)
    schedule = found.only(SCHEDULE)
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["Target"]["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias", under="Redrive")}
    route = readable(route_in(schedule["Target"]["Input"]))
    assert (route.rate_per_second, route.max_attempts, route.dry_run) == (5, 3, False)
    assert (route.minimum_age_seconds, route.maximum_age_seconds) == (None, None)


def test_runs_that_lambda_does_not_take_are_kept(stack: cdk.Stack) -> None:
    found = redriven(stack)
    own = f"${{{found.only_id(QUEUE, under='RedriveDeadLetters')}.Arn}}"
    target = found.only(SCHEDULE)["Target"]
    assert flat(target["DeadLetterConfig"]["Arn"]) == own
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3_600}
    (statement,) = found.only(POLICY, under="RedriveRole")["PolicyDocument"]["Statement"]
    assert "sqs:SendMessage" in statement["Action"]
    assert flat(statement["Resource"]) == own
    assert target["RoleArn"] == {"Fn::GetAtt": [found.only_id("AWS::IAM::Role", under="RedriveRole"), "Arn"]}


def test_nothing_runs_before_the_function_may_do_what_it_should(stack: cdk.Stack) -> None:
    found = redriven(stack, on_ok=[alarm(stack)])
    policy = found.only_id(POLICY, under="RedriveQueues")
    for kind in (SCHEDULE, RULE):
        assert policy in next(iter(found.of_type(kind).values()))["DependsOn"]


def test_the_function_knows_ledger_and_parking_queue_and_uses_nothing_else(stack: cdk.Stack) -> None:
    found = redriven(stack)
    function = found.only("AWS::Lambda::Function", under="Redrive")
    ledger, parking = found.only_id(LEDGER), found.only_id(QUEUE, under="RedriveParking")
    variables = function["Environment"]["Variables"]
    assert variables["LEDGER_TABLE_NAME"] == {"Ref": ledger}
    assert variables["PARKING_QUEUE_URL"] == {"Ref": parking}
    assert (function["Handler"], function["Timeout"]) == ("redrive.handler.handler", 900)
    assert handler_folder("redrive").joinpath("redrive", "handler.py").exists()
    statements = found.only(POLICY, under="RedriveFunctionRoleDefault")["PolicyDocument"]["Statement"]
    by_resource = {flat(each["Resource"]): set(each["Action"]) for each in statements}
    own = found.only_id(QUEUE, under="RedriveDeadLetters")
    assert by_resource == {
        f"${{{ledger}.Arn}}": {"dynamodb:GetItem", "dynamodb:PutItem"},
        f"${{{parking}.Arn}}": {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"},
        f"${{{own}.Arn}}": {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"},
    }


def test_it_may_invoke_the_very_alias_and_empty_the_very_queue(stack: cdk.Stack) -> None:
    found = redriven(stack)
    assert allowed(found) == {
        (
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ): [f"${{{found.only_id(QUEUE, under='Dead')}.Arn}}"],
        ("lambda:GetFunctionConfiguration", "lambda:InvokeFunction"): [
            f"${{{found.only_id('AWS::Lambda::Alias', under='Plain')}}}"
        ],
    }


def test_for_a_queue_it_may_let_sqs_move_back_and_send_to_the_sources(stack: cdk.Stack) -> None:
    queue = dead(stack)
    sources = [source_of(stack, queue, name) for name in ("First", "Second")]
    add(stack, queue=queue, written_by=WrittenBy.QUEUE, source=sources)
    found = synthesize(stack)
    dead_arn = f"${{{found.only_id(QUEUE, under='Dead')}.Arn}}"
    rights = allowed(found)
    assert rights[
        ("sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask")
    ] == [dead_arn]
    assert rights[("sqs:SendMessage",)] == [
        f"${{{found.only_id(QUEUE, under=name)}.Arn}}" for name in ("First", "Second")
    ]
    assert not any("lambda:InvokeFunction" in actions for actions in rights)
    assert "function" not in route_in(found.only(SCHEDULE)["Target"]["Input"])


def test_a_fifo_queue_of_a_queue_is_redriven(stack: cdk.Stack) -> None:
    queue = sqs.Queue(stack, "Dead", fifo=True, enforce_ssl=True)
    add(stack, queue=queue, written_by=WrittenBy.QUEUE, source=source_of(stack, queue, fifo=True))
    assert readable(route_in(synthesize(stack).only(SCHEDULE)["Target"]["Input"])).written_by == "queue"


def test_keys_are_used_for_no_more_than_queues_and_streams_need(stack: cdk.Stack) -> None:
    keys = {name: kms.Key(stack, f"{name}Key") for name in ("Dead", "Source", "Stream")}
    queue = dead(stack, encryption_key=keys["Dead"])
    source = source_of(stack, queue, encryption=sqs.QueueEncryption.KMS, encryption_master_key=keys["Source"])
    add(stack, queue=queue, written_by=WrittenBy.QUEUE, source=source)
    stream = kinesis.Stream(
        stack, "Stream", encryption=kinesis.StreamEncryption.KMS, encryption_key=keys["Stream"]
    )
    add(stack, queue=dead(stack, "Second"), written_by=WrittenBy.STREAM, source=stream)
    found = synthesize(stack)
    arns = {name: f"${{{found.only_id('AWS::KMS::Key', under=name)}.Arn}}" for name in keys}
    rights = allowed(found)
    assert rights[("kms:Decrypt",)] == [arns["Dead"], arns["Stream"]]
    assert rights[("kms:Decrypt", "kms:GenerateDataKey")] == [arns["Source"]]


@pytest.mark.parametrize("of_table", [True, False])
def test_it_may_read_the_very_stream_again(stack: cdk.Stack, of_table: bool) -> None:  # noqa: FBT001 - a parameter
    if of_table:
        source: Any = dynamodb.TableV2(
            stack,
            "Items",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            dynamo_stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
    else:
        source = kinesis.Stream(stack, "Items")
    add(stack, written_by=WrittenBy.STREAM, source=source)
    found = synthesize(stack)
    service, kind, attribute = (
        ("dynamodb", LEDGER, "StreamArn") if of_table else ("kinesis", "AWS::Kinesis::Stream", "Arn")
    )
    reading = (f"{service}:GetRecords", f"{service}:GetShardIterator")
    assert allowed(found)[reading] == [f"${{{found.only_id(kind, under='Items')}.{attribute}}}"]


def test_many_queues_share_one_policy_that_a_role_can_hold(stack: cdk.Stack) -> None:
    for number in range(30):
        function = default_function(stack, f"Function{number}", dead_letters=None)
        add(stack, queue=dead(stack, f"Dead{number}"), function=function.alias)
    found = synthesize(stack)
    (policy,) = found.of_type(POLICY, under="RedriveQueues").values()
    document = json.dumps(policy["Properties"]["PolicyDocument"])
    # An ARN as deployed is longer than the reference to it by less than that.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(document) + 60 * 50 < 10_240
    assert len(found.of_type("AWS::Lambda::Function", under="Redrive")) == 1
    assert len(found.of_type(SCHEDULE)) == 30


def alarm(stack: cdk.Stack, name: str = "Outage") -> cloudwatch.Alarm:
    metric = cloudwatch.Metric(namespace="Shop", metric_name=name)
    return cloudwatch.Alarm(stack, name, metric=metric, threshold=1, evaluation_periods=1)


def test_alarms_start_it_as_they_ring_or_once_they_are_over(stack: cdk.Stack) -> None:
    both = cloudwatch.Alarm.from_alarm_arn(
        stack, "Imported", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:payments"
    )
    found = redriven(stack, schedule=None, on_alarm=[alarm(stack)], on_ok=[alarm(stack, "Over"), both])
    assert found.of_type(SCHEDULE) == {}
    rules = {
        rule["Properties"]["EventPattern"]["detail"]["state"]["value"][0]: rule["Properties"]
        for rule in found.of_type(RULE).values()
    }
    assert set(rules) == {"ALARM", "OK"}
    assert [flat(each) for each in rules["OK"]["EventPattern"]["resources"]] == [
        f"${{{found.only_id(ALARM, under='Over')}.Arn}}",
        "arn:aws:cloudwatch:us-east-1:111122223333:alarm:payments",
    ]
    assert rules["ALARM"]["EventPattern"]["detail-type"] == ["CloudWatch Alarm State Change"]
    lost = [each["Properties"] for each in found.of_type(ALARM, under="RedriveDead").values()]
    assert [each["MetricName"] for each in lost] == ["InvocationsFailedToBeSentToDlq"] * 2
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias", under="Redrive")}
        assert readable(route_in(target["Input"])).started_by == "alarm"
        assert target["DeadLetterConfig"]["Arn"] == {
            "Fn::GetAtt": [found.only_id(QUEUE, under="RedriveDeadLetters"), "Arn"]
        }


def test_the_alarms_and_composites_of_this_library_start_it_too(stack: cdk.Stack) -> None:
    function = default_function(stack)
    redriven(stack, on_ok=[function.alarms.errors, function.alarms.health])
    found = synthesize(stack)
    (rule,) = found.of_type(RULE).values()
    arns = [flat(each) for each in rule["Properties"]["EventPattern"]["resources"]]
    assert [arn.removesuffix(".Arn}").removeprefix("${") in found.resources for arn in arns] == [True, True]


def test_by_the_queue_alone_the_command_finds_all_the_rest(stack: cdk.Stack) -> None:
    found = redriven(stack)
    queue = found.of_type(QUEUE, under="Dead")[found.only_id(QUEUE, under="Dead")]
    (name,) = [tag["Value"] for tag in queue["Properties"]["Tags"] if tag["Key"] == TAG]
    (parameter,) = [
        each["Properties"] for each in found.of_type(PARAMETER).values() if each["Properties"]["Name"] == name
    ]
    document = route_in(parameter["Value"])
    assert document["ledger_table_name"] == f"${{{found.only_id(LEDGER)}}}"
    assert document["parking_queue_url"] == f"${{{found.only_id(QUEUE, under='RedriveParking')}}}"
    assert readable(document["route"]).started_by == "hand"


def test_the_parking_queue_is_found_as_what_it_is(stack: cdk.Stack) -> None:
    found = redriven(stack)
    parking = found.only(QUEUE, under="RedriveParking")
    (name,) = [tag["Value"] for tag in parking["Tags"] if tag["Key"] == TAG]
    document = route_in(found.only(PARAMETER, under="RedriveParameter")["Value"])
    assert found.only(PARAMETER, under="RedriveParameter")["Name"] == name
    assert "route" not in document
    assert document["parking_queue_url"] == f"${{{found.only_id(QUEUE, under='RedriveParking')}}}"


def test_names_of_parameters_tell_stacks_apart() -> None:
    app = fresh_app()
    stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
    for stack in stacks:
        add(stack)
    names = set()
    for stack in stacks:
        found = read_of(app, stack)
        names |= {each["Properties"]["Name"] for each in found.of_type(PARAMETER).values()}
    assert len(names) == 4
    assert {name.rpartition("/")[0] for name in names} == {
        "/constructs_lib/redrive/One",
        "/constructs_lib/redrive/Two",
    }


def test_a_stack_that_is_moved_within_its_app_keeps_its_names() -> None:
    templates = []
    for place in ("", "Stage"):
        app = fresh_app()
        home = cdk.Stage(app, place, env=cdk.Environment(account="111122223333")) if place else app
        stack = cdk.Stack(home, "One", stack_name="One")
        add(stack)
        written = cdk.assertions.Template.from_stack(stack).to_json()["Resources"]
        templates.append({name: each["Type"] for name, each in written.items()})
    alone, staged = templates
    kinds = (SCHEDULE, PARAMETER)
    kept = [sorted(name[:-8] for name, kind in each.items() if kind in kinds) for each in (alone, staged)]
    assert kept[0] == kept[1]


def read_of(app: cdk.App, stack: cdk.Stack) -> Synthesized:
    return read_template(Path(app.synth().directory) / stack.template_file)


def test_ledger_and_queues_are_kept_and_encrypted(stack: cdk.Stack) -> None:
    found = redriven(stack)
    (table,) = found.of_type(LEDGER).values()
    assert table["DeletionPolicy"] == "Retain"
    properties = table["Properties"]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    (replica,) = properties["Replicas"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    for name in ("RedriveParking", "RedriveDeadLetters"):
        (queue,) = found.of_type(QUEUE, under=name).values()
        assert (queue["DeletionPolicy"], queue["Properties"]["SqsManagedSseEnabled"]) == ("Retain", True)
        assert queue["Properties"]["MessageRetentionPeriod"] == 1_209_600


def test_people_are_told_of_what_is_parked_and_of_runs_that_fail(stack: cdk.Stack) -> None:
    found = redriven(stack)
    parking = found.only_id(QUEUE, under="RedriveParking")
    (parked,) = found.of_type(ALARM, under="RedriveParked").values()
    assert parked["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert parked["Properties"]["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": [parking, "QueueName"]}}
    ]
    assert (parked["Properties"]["Threshold"], parked["Properties"]["TreatMissingData"]) == (1, "ignore")
    (expiring,) = found.of_type(ALARM, under="RedriveExpiring").values()
    assert expiring["Properties"]["Threshold"] == 604_800
    topic = found.only_id("AWS::SNS::Topic")
    assert parked["Properties"]["AlarmActions"] == expiring["Properties"]["AlarmActions"] == [{"Ref": topic}]
    assert found.of_type(ALARM, under="RedriveAlarmsErrors")
    assert found.of_type(ALARM, under="RedriveAlarmsDeadLetter")


def test_options_are_chosen_before_anything_is_added() -> None:
    stack = fresh_stack(env=cdk.Environment(region="us-east-1"))
    key = kms.Key(stack, "Key")
    made = Redrive(
        stack,
        "Redrive",
        encryption_key=key,
        route=AlarmRoute.silent(),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    assert Redrive.of(stack) is made
    found = redriven(stack)
    key_id = found.only_id("AWS::KMS::Key")
    parking = found.only(QUEUE, under="RedriveParking")
    assert parking["KmsMasterKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}
    (table,) = found.of_type(LEDGER).values()
    assert table["DeletionPolicy"] == "Delete"
    assert table["Properties"]["SSESpecification"]["SSEType"] == "KMS"
    assert found.of_type("AWS::SNS::Topic") == {}
    uses = [
        flat(each["Resource"])
        for each in found.only(POLICY, under="RedriveFunctionRoleDefault")["PolicyDocument"]["Statement"]
        if "kms:GenerateDataKey*" in each["Action"] or "kms:Decrypt" in each["Action"]
    ]
    assert set(uses) == {f"${{{key_id}.Arn}}"}


def test_asynchronous_events_are_redriven_by_one_argument() -> None:
    stack = cdk.Stack(fresh_app(RECOMMENDED), "Stack")
    default_function(stack, dead_letters=DeadLetters(redrive=RedriveSettings(max_attempts=2)))
    app = stack.node.root
    assert isinstance(app, cdk.App)
    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    found = read_of(app, stack)
    assert lint(found.body) == []
    assert circle(found.resources) == []
    route = readable(route_in(found.only(SCHEDULE)["Target"]["Input"]))
    assert (route.written_by, route.max_attempts) == ("asynchronous", 2)


def test_metrics_are_those_that_the_handler_publishes(stack: cdk.Stack) -> None:
    queue = dead(stack)
    made = Redrive.of(stack)
    something = Report(queue="dead", outcomes=dict.fromkeys(Outcome, 1), remaining=1)
    line = json.loads(line_of(something, now=0.0))
    (described,) = line["_aws"]["CloudWatchMetrics"]
    metrics = [
        each(queue)
        for each in (
            made.metric_redriven,
            made.metric_failed,
            made.metric_parked,
            made.metric_skipped,
            made.metric_remaining,
        )
    ]
    assert {each.metric_name for each in metrics} == {each["Name"] for each in described["Metrics"]}
    assert {each.namespace for each in metrics} == {described["Namespace"]}
    assert {tuple(each.dimensions or ()) for each in metrics} == {tuple(described["Dimensions"][0])}


def test_by_default_asynchronous_events_wait_for_people(stack: cdk.Stack) -> None:
    default_function(stack)
    assert synthesize(stack).of_type(SCHEDULE) == {}


def test_every_kind_of_queue_passes_every_gate() -> None:
    stack = cdk.Stack(fresh_app(RECOMMENDED), "Stack")
    queue = dead(stack, "OfQueue")
    add(stack, queue=queue, written_by=WrittenBy.QUEUE, source=source_of(stack, queue))
    stream = kinesis.Stream(stack, "Stream")
    alias = default_function(stack).alias
    add(stack, queue=dead(stack, "OfStream"), written_by=WrittenBy.STREAM, source=stream, function=alias)
    for kind in (WrittenBy.TOPIC, WrittenBy.RULE, WrittenBy.SCHEDULE):
        settings = RedriveSettings(on_ok=[alarm(stack, f"Over{kind}")])
        add(stack, queue=dead(stack, f"Of{kind}"), written_by=kind, function=alias, settings=settings)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    own = [each for each in findings(app) if any("/Redrive/" in place for place in each.constructs)]
    assert [each for each in own if UNSUBSCRIBED not in each.rule] == []
    found = read_of(app, stack)
    assert lint(found.body) == []
    assert circle(found.resources) == []


def test_functions_that_share_a_queue_are_all_invoked_and_it_is_redriven_once(stack: cdk.Stack) -> None:
    shared = dead(stack)
    for name in ("First", "Second"):
        settings = DeadLetters(
            queue=shared, redrive=RedriveSettings(minimum_age=Duration.minutes(10), on_ok=[])
        )
        add_dead_letters(stack, f"{name}Letters", function=live(stack, name), settings=settings)
    found = synthesize(stack)
    document = route_in(found.only(SCHEDULE)["Target"]["Input"])
    assert "function" not in document, "each letter says which function it was for"
    assert readable(document).function is None
    (invoked,) = [arns for actions, arns in allowed(found).items() if "lambda:InvokeFunction" in actions]
    assert len(invoked) == 2


@pytest.mark.parametrize(
    ("again", "message"),
    [
        ({}, r"Stack/Redrive: Stack/Dead is re-driven already\. Add each queue once"),
        ({"function": "other", "written_by": WrittenBy.RULE}, r"Stack/Dead is re-driven already\. "),
        (
            {"function": "other", "settings": RedriveSettings(max_attempts=9)},
            r"Stack/Dead is re-driven already, with other settings\. Give all functions",
        ),
        (
            {
                "function": "other",
                "settings": RedriveSettings(schedule=scheduler.ScheduleExpression.rate(Duration.hours(2))),
            },
            r"already, with other settings\. ",
        ),
    ],
)
def test_fails_on_a_queue_that_is_there_already(
    stack: cdk.Stack, again: dict[str, Any], message: str
) -> None:
    queue, function = dead(stack), live(stack)
    add(stack, queue=queue, function=function)
    given = {"function": function} | again
    if given["function"] == "other":
        given["function"] = live(stack, "Other")
    with pytest.raises(ConfigurationError, match=message):
        add(stack, queue=queue, **given)
    assert len(synthesize(stack).of_type(SCHEDULE)) == 1


def an_alarm_without_arn(_stack: cdk.Stack) -> dict[str, Any]:
    return {"settings": RedriveSettings(on_alarm=["payments"])}  # type: ignore[list-item] # what is refused


REFUSED: list[tuple[Callable[[cdk.Stack], dict[str, Any]], str]] = [
    (lambda _: {"settings": RedriveSettings(rate_per_second=501)}, "settings.rate_per_second is 501. Give a"),
    (lambda _: {"settings": RedriveSettings(rate_per_second=0)}, "settings.rate_per_second is 0. "),
    (lambda _: {"settings": RedriveSettings(max_attempts=0)}, "settings.max_attempts is 0. "),
    (lambda _: {"settings": RedriveSettings(maximum_age=Duration.days(15))}, "settings.maximum_age is "),
    (
        lambda _: {"settings": RedriveSettings(minimum_age=Duration.hours(2), maximum_age=Duration.hours(2))},
        "settings.minimum_age is 7200 s, and maximum_age 7200 s: everything is too young or too old.",
    ),
    (
        lambda _: {"settings": RedriveSettings(error_types=["A", "B"], except_error_types=["B"])},
        "settings has B among error_types and among except_error_types. Leave each in one of them.",
    ),
    (lambda _: {"settings": RedriveSettings(error_types="A")}, "settings.error_types is 'A'. Give list or"),
    (lambda _: {"settings": RedriveSettings(error_types=[""])}, "settings.error_types is ['']. Give names"),
    (an_alarm_without_arn, "settings.on_alarm has 'payments'. Give alarms of aws_cdk.aws_cloudwatch"),
    (lambda _: {"settings": {"rate": 5}}, "settings is {'rate': 5}. Give RedriveSettings."),
    (lambda _: {"written_by": "queue"}, "written_by is 'queue'. Give WrittenBy."),
    (lambda _: {"queue": "dead"}, "queue is 'dead'. Give an aws_cdk.aws_sqs.Queue"),
    (lambda _: {"function": None}, "function is None, and Stack/Dead is written by asynchronous. "),
    (lambda _: {"function": "orders"}, "function is 'orders'. Give the function, version or alias"),
    (
        lambda stack: {"queue": sqs.Queue(stack, "Fifo", fifo=True)},
        "Stack/Fifo is a FIFO queue, and is said to be written by asynchronous. ",
    ),
    (lambda _: {"written_by": WrittenBy.QUEUE}, "source is None. Give source=, the queue whose redrive"),
    (lambda _: {"written_by": WrittenBy.QUEUE, "source": []}, "source is empty. Give source="),
    (lambda _: {"written_by": WrittenBy.QUEUE, "source": ["orders"]}, "source is 'orders'. Give source="),
    (lambda _: {"written_by": WrittenBy.STREAM}, "source is None. Give source=, the table whose stream"),
    (
        lambda stack: {
            "written_by": WrittenBy.STREAM,
            "source": dynamodb.Table.from_table_name(stack, "Items", "items"),
        },
        "which has no stream. Give the table a stream",
    ),
    (lambda stack: {"source": dead(stack, "Other")}, "but what is written by asynchronous is given to"),
    (
        lambda stack: {
            "written_by": WrittenBy.QUEUE,
            "source": dead(stack, "Other"),
            "settings": RedriveSettings(error_types=["Timeout"]),
        },
        "settings names types of errors, but SQS does not say why a message could not be processed.",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_fails_on_what_cannot_be_redriven(
    stack: cdk.Stack, make: Callable[[cdk.Stack], dict[str, Any]], message: str
) -> None:
    given = make(stack)
    with pytest.raises(ConfigurationError) as raised:
        add(stack, **given)
    assert str(raised.value).startswith("Stack/Redrive: ")
    assert message in str(raised.value)
    own = [each.node.id for each in Redrive.of(stack).node.children]
    assert not any("Dead" in name and name != "DeadLetters" for name in own), "nothing was built for it"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encryption_key": "key"}, "encryption_key is 'key'. "),
        ({"route": "topic"}, "route is 'topic'. "),
        ({"removal_policy": "retain"}, "removal_policy is 'retain'. "),
        ({"log_settings": 7}, "log_settings is 7. "),
    ],
)
def test_fails_on_options_that_cannot_work(stack: cdk.Stack, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Redrive: {message}")):
        Redrive(stack, "Redrive", **options)
    assert stack.node.try_find_child("Redrive") is None


def test_fails_on_a_key_where_the_region_is_not_known(stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=r"encryption_key is given, and the stack has no Region"):
        Redrive(stack, "Redrive", encryption_key=kms.Key(stack, "Key"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (DeadLetters(redrive=7), "dead_letters.redrive is 7. "),  # type: ignore[arg-type] # what is refused
        (DeadLetters(redrive=RedriveSettings(max_attempts=0)), "dead_letters.redrive.max_attempts is 0. "),
    ],
)
def test_fails_on_asynchronous_settings_before_anything_is_built(
    stack: cdk.Stack, settings: DeadLetters, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Letters: {message}")):
        add_dead_letters(stack, "Letters", function=live(stack), settings=settings)
    assert stack.node.try_find_child("Letters") is None
    assert stack.node.try_find_child("Redrive") is None


def test_fails_on_a_destination_that_nothing_can_be_redriven_from(stack: cdk.Stack) -> None:
    both = DeadLetters(
        destination=destinations.SqsDestination(dead(stack)), redrive=RedriveSettings(max_attempts=2)
    )
    with pytest.raises(ConfigurationError, match=r"dead_letters has redrive and a destination\. Only what"):
        add_dead_letters(stack, "Letters", function=live(stack), settings=both)


def test_fails_on_numbers_that_would_reach_the_handler_as_texts(stack: cdk.Stack) -> None:
    number, queue, function = number_token(stack), dead(stack), live(stack)
    for settings in (
        RedriveSettings(rate_per_second=number),
        RedriveSettings(max_attempts=number),
        RedriveSettings(minimum_age=Duration.seconds(number)),
        RedriveSettings(maximum_age=Duration.minutes(number)),
    ):
        with pytest.raises(ConfigurationError, match=r"is known only at deployment, .* Give a fixed one\."):
            add(stack, queue=queue, function=function, settings=settings)


def test_queues_and_functions_of_other_stacks_and_apps_are_redriven() -> None:
    app = fresh_app()
    theirs, ours = cdk.Stack(app, "Theirs"), cdk.Stack(app, "Ours")
    queue = dead(theirs)
    Redrive.of(ours).add_queue(queue, written_by=WrittenBy.RULE, function=live(theirs))
    imported = sqs.Queue.from_queue_arn(ours, "Imported", "arn:aws:sqs:us-east-1:111122223333:imported")
    function = lambda_.Function.from_function_arn(
        ours, "Function", "arn:aws:lambda:us-east-1:111122223333:function:orders"
    )
    Redrive.of(ours).add_queue(imported, written_by=WrittenBy.RULE, function=function)
    found, other = read_of(app, ours), read_of(app, theirs)
    assert len(found.of_type(SCHEDULE)) == 2
    (tag,) = other.only(QUEUE, under="Dead")["Tags"]
    assert tag["Key"] == TAG
    assert tag["Value"] in {each["Properties"]["Name"] for each in found.of_type(PARAMETER).values()}
    (invoked,) = [arns for actions, arns in allowed(found).items() if "lambda:InvokeFunction" in actions]
    assert invoked[1] == "arn:aws:lambda:us-east-1:111122223333:function:orders"
    assert "RedriveFunction" not in json.dumps(other.body)


def test_a_nested_stack_redrives_its_own_queues(stack: cdk.Stack) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    add(nested)
    assert Redrive.of(nested) is not Redrive.of(stack)
    found = read_of(cdk.App.of(stack), nested)  # type: ignore[arg-type] # every stack here is in an app
    (tag,) = found.only(QUEUE, under="Dead")["Tags"]
    assert flat(tag["Value"]) in {
        flat(each["Properties"]["Name"]) for each in found.of_type(PARAMETER).values()
    }
    assert "${AWS::StackName}" in flat(tag["Value"])
