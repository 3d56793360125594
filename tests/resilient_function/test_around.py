"""The protections around a function that an app already has."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import FixedProvisionedConcurrency, SafeDeployment, WarmUp
from constructs_lib.resilient_function import ProtectedFunction, ResilientFunction
from tests.functions import plain_function
from tests.graph import circle, references
from tests.synthesis import Synthesized, fresh_stack, number_token, synthesize, warnings_of

ORDERS = "arn:aws:lambda:us-east-1:111122223333:function:orders"
ALARM = "AWS::CloudWatch::Alarm"
FUNCTION = "AWS::Lambda::Function"
Duration = cdk.Duration
Sample = Callable[[Construct], lambda_.IFunction]


def image_function(scope: Construct) -> lambda_.IFunction:
    images = ecr.Repository.from_repository_name(scope, "Images", "images")
    return lambda_.DockerImageFunction(scope, "Plain", code=lambda_.DockerImageCode.from_ecr(images))


def function_of_an_app(scope: Construct) -> lambda_.IFunction:
    return plain_function(
        scope, memory_size=256, timeout=Duration.seconds(10), environment={"TABLE": "orders"}
    )


def alias_of_an_app(scope: Construct) -> lambda_.IFunction:
    return plain_function(scope).add_alias("live")


def version_of_an_app(scope: Construct) -> lambda_.IFunction:
    return plain_function(scope).current_version


def imported(scope: Construct) -> lambda_.IFunction:
    return lambda_.Function.from_function_arn(scope, "Imported", ORDERS)


def imported_alias(scope: Construct) -> lambda_.IFunction:
    version = lambda_.Version.from_version_arn(scope, "Version", f"{ORDERS}:7")
    return lambda_.Alias.from_alias_attributes(scope, "Alias", alias_name="blue", alias_version=version)


def around(stack: cdk.Stack, sample: Sample, **options: Any) -> ProtectedFunction:
    return ResilientFunction.around(stack, "Protection", function=sample(stack), **options)


def dimensions(found: Synthesized, name: str = "Errors") -> dict[str, Any]:
    alarm = found.only(ALARM, under=f"ProtectionAlarms{name}")
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


@pytest.mark.parametrize("sample", [function_of_an_app, alias_of_an_app, version_of_an_app, image_function])
def test_the_function_itself_stays_as_it_is(sample: Sample) -> None:
    before, after = fresh_stack(), fresh_stack()
    sample(before)
    around(after, sample, warm_up=WarmUp())

    kinds = (FUNCTION, "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::IAM::Role")
    old, new = synthesize(before), synthesize(after)

    for kind in kinds:
        assert new.of_type(kind, under="Plain").keys() == old.of_type(kind).keys()
    for name, resource in old.of_type(FUNCTION).items():
        assert new.resources[name]["Properties"] == resource["Properties"]
    assert circle(new.resources) == []


def test_only_its_role_learns_to_reach_the_queue() -> None:
    stack = fresh_stack()
    around(stack, function_of_an_app)

    found = synthesize(stack)

    (statement,) = found.only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    assert "sqs:SendMessage" in statement["Action"]


def test_a_function_is_watched_as_a_whole() -> None:
    stack = fresh_stack()
    made = around(stack, function_of_an_app)

    found = synthesize(stack)

    assert dimensions(found) == {"FunctionName": {"Ref": found.only_id(FUNCTION)}}
    assert found.only(ALARM, under="ProtectionAlarmsDuration")["Threshold"] == 8_000
    assert found.only("AWS::Lambda::EventInvokeConfig")["Qualifier"] == "$LATEST"
    assert made.handle is made.function


@pytest.mark.parametrize("sample", [alias_of_an_app, version_of_an_app])
def test_an_alias_or_version_is_watched_by_itself_without_referring_to_it(sample: Sample) -> None:
    stack = fresh_stack()
    made = around(stack, sample)

    found = synthesize(stack)

    name = {"Ref": found.only_id(FUNCTION)}
    assert dimensions(found)["FunctionName"] == name
    assert set(dimensions(found)) == {"FunctionName", "Resource"}
    assert found.only_id(FUNCTION) in references(dimensions(found)["Resource"])
    assert dimensions(found, "AsyncEventsDropped") == {"FunctionName": name}
    assert made.function.node.path == "Stack/Plain"


def test_cdks_own_timeout_counts_where_none_is_set() -> None:
    stack = fresh_stack()
    around(stack, plain_function)

    assert synthesize(stack).only(ALARM, under="ProtectionAlarmsDuration")["Threshold"] == pytest.approx(
        2_400
    )


def test_the_reserved_concurrency_of_the_function_is_watched() -> None:
    stack = fresh_stack()
    around(stack, lambda scope: plain_function(scope, reserved_concurrent_executions=10))

    assert synthesize(stack).only(ALARM, under="ProtectionAlarmsConcurrency")["Threshold"] == pytest.approx(9)


def test_limits_known_only_at_deployment_have_no_alarm() -> None:
    stack = fresh_stack()
    number = number_token(stack)
    made = around(
        stack,
        lambda scope: plain_function(
            scope, timeout=Duration.seconds(number), reserved_concurrent_executions=number
        ),
    )

    assert not {"duration", "concurrency"} & set(made.alarms.names)
    synthesize(stack)


class TestImported:
    def test_is_protected_by_its_name(self) -> None:
        stack = fresh_stack()
        made = around(stack, imported)

        found = synthesize(stack)

        assert dimensions(found) == {"FunctionName": "orders"}
        assert found.only("AWS::Lambda::EventInvokeConfig")["FunctionName"] == "orders"
        assert not found.of_type(FUNCTION)
        assert made.dead_letter_queue is not None

    def test_may_be_kept_warm(self) -> None:
        stack = fresh_stack()
        around(stack, imported, warm_up=WarmUp())

        assert synthesize(stack).only("AWS::Scheduler::Schedule")["Target"]["Arn"] == ORDERS

    def test_warns_that_its_role_was_not_granted_anything(self) -> None:
        stack = fresh_stack()
        around(stack, imported)

        assert [text for text in warnings_of(stack) if "imported without its role" in text]

    def test_has_no_duration_alarm_unless_its_timeout_is_given(self) -> None:
        stack = fresh_stack()
        first = around(stack, imported)
        second = ResilientFunction.around(
            stack,
            "Second",
            function=lambda_.Function.from_function_name(stack, "Named", "payments"),
            timeout=Duration.seconds(20),
        )

        found = synthesize(stack)

        assert "duration" not in first.alarms.names
        assert "duration" in second.alarms.names
        assert found.only(ALARM, under="SecondAlarmsDuration")["Threshold"] == 16_000

    def test_alias_is_watched_as_lambda_publishes_it(self) -> None:
        stack = fresh_stack()
        around(stack, imported_alias)

        found = synthesize(stack)

        assert dimensions(found) == {"FunctionName": "orders", "Resource": "orders:blue"}
        assert found.only("AWS::Lambda::EventInvokeConfig")["Qualifier"] == "blue"

    def test_version_is_watched_as_lambda_publishes_it(self) -> None:
        stack = fresh_stack()
        around(stack, lambda scope: lambda_.Version.from_version_arn(scope, "Version", f"{ORDERS}:7"))

        assert dimensions(synthesize(stack)) == {"FunctionName": "orders", "Resource": "orders:7"}


def test_an_alias_of_the_app_takes_every_protection() -> None:
    stack = fresh_stack()
    made = around(
        stack,
        alias_of_an_app,
        provisioned_concurrency=FixedProvisionedConcurrency(executions=2),
        deployment=SafeDeployment(),
    )

    found = synthesize(stack)

    assert made.deployment_group is not None
    assert "spillover" in made.alarms.names
    assert found.only("AWS::Lambda::Alias")["ProvisionedConcurrencyConfig"]
    assert circle(found.resources) == []


def test_offers_what_the_bundle_offers() -> None:
    stack = fresh_stack()
    made = around(stack, alias_of_an_app)
    other = plain_function(stack, "Other")
    made.grant_invoke(other)

    found = synthesize(stack)

    statement = found.only("AWS::IAM::Policy", under="Other")["PolicyDocument"]["Statement"][0]
    assert statement["Resource"] == {"Ref": found.only_id("AWS::Lambda::Alias")}
    assert made.grant_principal is not None
    assert made.metric_errors().dimensions is not None


@pytest.mark.parametrize(
    ("sample", "options", "message"),
    [
        (
            function_of_an_app,
            {"deployment": SafeDeployment()},
            r"deployment is given for Stack/Plain, which is no",
        ),
        (
            imported_alias,
            {"deployment": SafeDeployment()},
            r"deployment is given for Stack/Alias, which is no",
        ),
        (
            version_of_an_app,
            {"provisioned_concurrency": FixedProvisionedConcurrency(executions=1)},
            r"provisioned_concurrency is given for Stack/Plain/CurrentVersion.*add_alias\('live'\)",
        ),
        (
            lambda scope: plain_function(scope, retry_attempts=1),
            {},
            r"Stack/Plain has asynchronous settings .* already.*dead_letters=None",
        ),
        (
            lambda scope: plain_function(scope, reserved_concurrent_executions=0),
            {"warm_up": WarmUp()},
            r"warm_up is given for a function with reserved_concurrency 0\.",
        ),
        (
            lambda scope: plain_function(
                scope, snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS
            ).add_alias("live"),
            {"provisioned_concurrency": FixedProvisionedConcurrency(executions=1)},
            r"provisioned_concurrency is given together with snap_start\.",
        ),
        (
            lambda scope: lambda_.Function.from_function_arn(scope, "Imported", f"{ORDERS}:live"),
            {},
            r"function is imported by the ARN .*:live, which names an alias or version.*from_alias_attributes",
        ),
        (
            lambda scope: plain_function(cdk.Stack(scope.node.root, "Other")),
            {},
            r"Other/Plain is in another stack, and a dead-letter queue in this one would make the two",
        ),
        (
            function_of_an_app,
            {"dead_letters": DeadLetters(retry_attempts=9)},
            r"dead_letters\.retry_attempts is 9\.",
        ),
    ],
)
def test_fails_before_anything_is_built(sample: Sample, options: dict[str, Any], message: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=f"^Stack/Protection: {message}"):
        around(stack, sample, **options)

    assert stack.node.try_find_child("Protection") is None


def test_with_asynchronous_settings_of_its_own_a_function_keeps_them() -> None:
    stack = fresh_stack()
    made = around(stack, lambda scope: plain_function(scope, retry_attempts=1), dead_letters=None)

    assert made.dead_letter_queue is None
    assert synthesize(stack).only("AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] == 1
