"""Every error and warning that the pages quote, provoked, so that the pages quote what is really said."""

from collections.abc import Callable
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute, AlarmSettings, FunctionAlarmSettings, RateAlarmSettings
from constructs_lib.alarms.services import QueueAlarms, RestApiAlarms, TopicAlarms
from constructs_lib.checks import ConfigurationError
from constructs_lib.dashboards import QueueSegment, RestApiSegment, Segment, ServiceDashboard, TableSegment
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    SafeDeployment,
    ScheduledCapacity,
    WarmUp,
    add_safe_deployment,
)
from constructs_lib.resilient_function import ResilientFunction
from docs._ext.pieces import code_block
from docs._ext.sample import fresh_stack, function, inline
from stacks.config import Config, SettingError

__all__ = ["Failure", "said", "texts"]

Provoke = Callable[[cdk.Stack], object]
_MINUTES, _SECONDS = cdk.Duration.minutes, cdk.Duration.seconds


@dataclass(frozen=True)
class Failure:
    """What somebody writes, and how to make it happen."""

    when: str
    provoke: Provoke
    warns: str | None = None  # the id of the warning, where it is no error


def _given(**arguments: object) -> Provoke:
    return lambda stack: function(stack, **arguments)


def _alarm(**settings: AlarmSettings) -> Provoke:
    return _given(alarms=FunctionAlarmSettings(**settings))  # type: ignore[arg-type]  # rate settings go to rates


def _plain(stack: cdk.Stack, **arguments: object) -> lambda_.Function:
    runtime = lambda_.Runtime.PYTHON_3_14
    options: dict[str, object] = {
        "code": inline(),
        "handler": "index.handler",
        "runtime": runtime,
        **arguments,
    }
    return lambda_.Function(stack, "Existing", **options)  # type: ignore[arg-type]  # one dictionary for all


def _around(**arguments: object) -> Provoke:
    return lambda stack: ResilientFunction.around(stack, "Protection", function=_plain(stack), **arguments)  # type: ignore[arg-type]  # likewise


def _fifo(stack: cdk.Stack) -> object:
    return function(stack, dead_letters=DeadLetters(queue=sqs.Queue(stack, "Queue", fifo=True)))


def _both(stack: cdk.Stack) -> object:
    queue = sqs.Queue(stack, "Queue")
    return function(
        stack, dead_letters=DeadLetters(queue=queue, destination=destinations.SqsDestination(queue))
    )


def _configured(stack: cdk.Stack) -> object:
    existing = _plain(stack, retry_attempts=1)
    return ResilientFunction.around(stack, "Protection", function=existing)


def _imported(stack: cdk.Stack) -> object:
    imported = lambda_.Function.from_function_name(stack, "Imported", "orders")
    bus = destinations.EventBridgeDestination(events.EventBus(stack, "Failed"))
    return ResilientFunction.around(
        stack, "Protection", function=imported, dead_letters=DeadLetters(destination=bus)
    )


def _queue_alarm(stack: cdk.Stack) -> object:
    metric = sqs.Queue(stack, "Queue").metric_approximate_number_of_messages_visible()
    alarm = cloudwatch.Alarm(stack, "Depth", metric=metric, threshold=1, evaluation_periods=1)
    return function(stack, deployment=SafeDeployment(alarms=[alarm]))


def _eleven(stack: cdk.Stack) -> object:
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Failures")
    alarms = [
        cloudwatch.Alarm(stack, f"Alarm{number}", metric=metric, threshold=1, evaluation_periods=1)
        for number in range(11)
    ]
    return function(stack, deployment=SafeDeployment(alarms=alarms))


def _second_group(stack: cdk.Stack) -> object:
    orders = function(stack, deployment=SafeDeployment())
    return add_safe_deployment(stack, "Second", alias=orders.alias, alarms=[orders.alarms.errors])


def _no_alarm(stack: cdk.Stack) -> object:
    return function(stack).alarms.spillover


def _six_actions(stack: cdk.Stack) -> object:
    ways = [actions.SnsAction(sns.Topic(stack, f"Topic{number}")) for number in range(6)]
    return function(stack, alarm_route=AlarmRoute(alarm=ways))


def _too_old(stack: cdk.Stack) -> object:
    return QueueAlarms(stack, "JobsAlarms", queue=sqs.Queue(stack, "Jobs"), maximum_age=cdk.Duration.days(5))


def _no_backlog(stack: cdk.Stack) -> object:
    return QueueAlarms(stack, "JobsAlarms", queue=sqs.Queue(stack, "Jobs"), maximum_backlog=0)


def _nameless(stack: cdk.Stack) -> object:
    api = apigateway.RestApi.from_rest_api_id(stack, "Shop", "a1b2c3d4e5")
    return RestApiAlarms(stack, "ShopAlarms", api=api)


def _through_itself(stack: cdk.Stack) -> object:
    news = sns.Topic(stack, "News")
    return TopicAlarms(stack, "NewsAlarms", topic=news, route=AlarmRoute.to_topic(news))


def _dashboard(stack: cdk.Stack, segment: Segment) -> object:
    return ServiceDashboard(stack, "Dashboard", segments=[segment])


def _unwrapped(stack: cdk.Stack) -> object:
    segments = [sqs.Queue(stack, "Queue")]
    return ServiceDashboard(stack, "Dashboard", segments=segments)  # type: ignore[arg-type]  # that is the mistake


def _nameless_segment(stack: cdk.Stack) -> object:
    return _dashboard(stack, RestApiSegment(apigateway.RestApi.from_rest_api_id(stack, "Api", "a1b2c3")))


def _unnamed_elsewhere(stack: cdk.Stack) -> object:
    here, there = (
        cdk.Stack(cdk.App.of(stack), name, env=cdk.Environment(account="111122223333", region=region))
        for name, region in (("Ireland", "eu-west-1"), ("Oregon", "us-west-2"))
    )
    return _dashboard(here, QueueSegment(sqs.Queue(there, "Queue")))


def _too_many(stack: cdk.Stack) -> object:
    table = dynamodb.Table.from_table_name(stack, "Table", "orders")
    return _dashboard(stack, TableSegment(table, operations=[f"Operation{n}" for n in range(200)]))


def _setting(**context: object) -> Provoke:
    return lambda _stack: Config.read({"stage": "dev", **context}.get, {})


_PROVISIONED = ProvisionedConcurrency(minimum=1, maximum=5)

_FAILURES: dict[str, list[Failure]] = {
    "function": [
        Failure('`handler="handler"`', _given(handler="handler")),
        Failure("`code` is a path", _given(code="lambda_src/orders")),
        Failure("`memory_size=64`", _given(memory_size=64)),
        Failure("`timeout=Duration.minutes(20)`", _given(timeout=_MINUTES(20))),
        Failure("`reserved_concurrency=-1`", _given(reserved_concurrency=-1)),
        Failure("a keyword that is not in the table above (`TypeError`)", _given(tracing_config="Active")),
    ],
    "dead-letters": [
        Failure("a queue and a destination", _both),
        Failure("a FIFO queue", _fifo),
        Failure("`retry_attempts=3`", _given(dead_letters=DeadLetters(retry_attempts=3))),
        Failure(
            "`max_event_age=Duration.seconds(30)`",
            _given(dead_letters=DeadLetters(max_event_age=_SECONDS(30))),
        ),
        Failure("a function that has such settings already", _configured),
        Failure(
            "an event bus as destination, for a function that was imported without its role",
            _imported,
            warns="dead-letters-ungranted",
        ),
    ],
    "provisioned-concurrency": [
        Failure("`minimum=0`", _given(provisioned_concurrency=ProvisionedConcurrency(minimum=0, maximum=5))),
        Failure(
            "`minimum=5, maximum=2`",
            _given(provisioned_concurrency=ProvisionedConcurrency(minimum=5, maximum=2)),
        ),
        Failure(
            "`target_utilization=0.95`",
            _given(
                provisioned_concurrency=ProvisionedConcurrency(minimum=1, maximum=5, target_utilization=0.95)
            ),
        ),
        Failure(
            "a schedule that changes nothing",
            _given(
                provisioned_concurrency=ProvisionedConcurrency(
                    minimum=1,
                    maximum=5,
                    schedules=[
                        ScheduledCapacity(schedule=cdk.aws_applicationautoscaling.Schedule.cron(hour="8"))
                    ],
                )
            ),
        ),
        Failure("`executions=0`", _given(provisioned_concurrency=FixedProvisionedConcurrency(executions=0))),
        Failure(
            "`reserved_concurrency=3, maximum=5`",
            _given(provisioned_concurrency=_PROVISIONED, reserved_concurrency=3),
        ),
        Failure(
            "together with SnapStart",
            _given(
                provisioned_concurrency=_PROVISIONED, snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS
            ),
        ),
        Failure(
            "`reserved_concurrency=5, maximum=5`",
            _given(provisioned_concurrency=_PROVISIONED, reserved_concurrency=5),
            warns="provisioned-equals-reserved",
        ),
    ],
    "safe-deployment": [
        Failure("11 alarms", _eleven),
        Failure("an alarm on a queue", _queue_alarm),
        Failure(
            "no alarm left to roll back by",
            _given(deployment=SafeDeployment(), alarms=FunctionAlarmSettings.none()),
        ),
        Failure("a second deployment group on the same alias", _second_group),
    ],
    "warm-up": [
        Failure("`every=Duration.hours(1)`", _given(warm_up=WarmUp(every=cdk.Duration.hours(1)))),
        Failure(
            "together with provisioned concurrency",
            _given(warm_up=WarmUp(), provisioned_concurrency=_PROVISIONED),
        ),
        Failure("`reserved_concurrency=0`", _given(warm_up=WarmUp(), reserved_concurrency=0)),
    ],
    "alarms": [
        Failure(
            "`errors=AlarmSettings(period=Duration.seconds(30))`",
            _alarm(errors=AlarmSettings(period=_SECONDS(30))),
        ),
        Failure(
            "`errors=AlarmSettings(evaluation_periods=2_000)`",
            _alarm(errors=AlarmSettings(evaluation_periods=2_000)),
        ),
        Failure(
            "`errors=AlarmSettings(datapoints_to_alarm=2)`",
            _alarm(errors=AlarmSettings(datapoints_to_alarm=2)),
        ),
        Failure("`errors=AlarmSettings(threshold=0)`", _alarm(errors=AlarmSettings(threshold=0))),
        Failure("`duration=AlarmSettings(threshold=80)`", _alarm(duration=AlarmSettings(threshold=80))),
        Failure(
            "`error_rate=RateAlarmSettings(threshold=150)`",
            _alarm(error_rate=RateAlarmSettings(threshold=150)),
        ),
        Failure("`alarms.spillover` of a function without provisioned concurrency", _no_alarm),
        Failure("a route with six actions", _six_actions),
        Failure("nobody subscribes to the stack's topic", _given(), warns="alarm-topic-unsubscribed"),
    ],
    "service-alarms": [
        Failure("a message may grow older than the queue keeps it", _too_old),
        Failure("`maximum_backlog=0`", _no_backlog),
        Failure("a REST API that is imported without its name", _nameless),
        Failure("the alarms of a topic would be told by that topic", _through_itself),
    ],
    "dashboards": [
        Failure("no segments and no alarms", lambda stack: ServiceDashboard(stack, "Dashboard")),
        Failure("a resource that is not wrapped", _unwrapped),
        Failure("a REST API that is imported without its name", _nameless_segment),
        Failure("a queue of another Region whose name is generated", _unnamed_elsewhere),
        Failure("more metrics on a graph than CloudWatch takes", _too_many),
    ],
    "around": [
        Failure("`deployment=` for a function", _around(deployment=SafeDeployment())),
        Failure("`provisioned_concurrency=` for a function", _around(provisioned_concurrency=_PROVISIONED)),
        Failure("a function that has asynchronous settings already", _configured),
        Failure(
            "an event bus as destination, for a function that was imported without its role",
            _imported,
            warns="dead-letters-ungranted",
        ),
    ],
    "settings": [
        Failure("no stage", _setting(stage=None)),
        Failure("a stage in upper case", _setting(stage="Prod")),
        Failure("not a Region", _setting(regions="us-east")),
        Failure("a Region twice", _setting(regions="us-east-1,us-east-1")),
        Failure("three Regions", _setting(regions="eu-west-1,eu-central-1,us-east-1")),
        Failure("two Regions without a domain", _setting(regions="eu-west-1,eu-central-1")),
        Failure("a witness for one Region", _setting(regions="eu-west-1", witness_region="eu-west-3")),
        Failure("not a domain", _setting(domain="example")),
        Failure("not the id of a hosted zone", _setting(hosted_zone_id="example.com")),
        Failure("a domain without signing in", _setting(domain="example.com")),
        Failure("not an e-mail address", _setting(alarm_email="on-call")),
    ],
}


def said(failure: Failure) -> str:
    """What is said when `failure` happens."""
    stack = fresh_stack()
    try:
        failure.provoke(stack)
    except (ConfigurationError, SettingError, TypeError) as error:
        if failure.warns is not None:
            raise AssertionError(f"{failure.when} is refused, not warned about: {error}") from error
        return f"{failure.when}:\n\n{code_block(str(error))}"
    if failure.warns is None:
        raise AssertionError(f"{failure.when} is no longer refused")
    return f"{failure.when} (a warning):\n\n{code_block(_warning(stack, failure))}"


def _warning(stack: cdk.Stack, failure: Failure) -> str:
    for entry in assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp(f"constructs-lib:{failure.warns}")
    ):
        return f"{entry.id.lstrip('/')}: {entry.entry.data}"
    raise AssertionError(f"nothing was said about {failure.when}")


def texts() -> dict[str, str]:
    """What is said, a page each."""
    return {f"failures-{page}": "\n\n".join(map(said, failures)) for page, failures in _FAILURES.items()}
