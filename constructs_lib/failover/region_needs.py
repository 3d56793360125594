"""What a Region needs to serve, and what its health function may ask for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.publisher import AnyAlarm

__all__ = ["InvokeFunction", "ReadTable", "RegionNeeds", "check_needs"]

_LONGEST_KEEP_SECONDS = 30
_MOST_ALARMS = 100
_KINDS = ("tables", "queues", "functions", "alarms")


@dataclass(frozen=True, kw_only=True)
class ReadTable:
    """A table that is asked by reading one item, which is what users' requests need too.

    Attributes:
        table: the table, or the Region's replica of it.
        key: the primary key of an item, as DynamoDB writes it, such as ``{"id": {"S": "health"}}``. The item need not
            be there.
        consistent_read: whether the item is read with strong consistency. Say so of a global table with multi-Region
            strong consistency: it is what a Region can do no longer that is cut off from the others.
            https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    """

    table: dynamodb.ITable
    key: Mapping[str, Mapping[str, str]]
    consistent_read: bool = False


@dataclass(frozen=True, kw_only=True)
class InvokeFunction:
    """A function that is invoked with an event, and waited for.

    It is unwell when it fails, answers an API with a status of 500 or more, or takes too long.

    Attributes:
        function: the function, or the alias that serves.
        event: what it is invoked with, which must change nothing. It is invoked as often as health is asked for, and
            that shows in its metrics and its log.
        busy_is_well: whether it counts as well while Lambda throttles it, as everything that is merely busy does. Say
            False of a function that a cold standby puts to sleep: no name should lead there before it is awake.
    """

    function: lambda_.IFunction
    event: Mapping[str, Any]
    busy_is_well: bool = True

    @classmethod
    def http_get(
        cls, function: lambda_.IFunction, *, route: str, path: str, busy_is_well: bool = True
    ) -> Self:
        """Let `function` answer a GET as from an HTTP API.

        Args:
            function: the function, or the alias that serves.
            route: the path of the route, such as ``/orders/{order_id}``.
            path: what is asked for, such as the id of an order that nobody has: an answer that there is none will do.
            busy_is_well: whether it counts as well while Lambda throttles it.
        """
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        names, values = route.strip("/").split("/"), path.strip("/").split("/")
        parameters = {
            name.strip("{}+"): value
            for name, value in zip(names, values, strict=False)
            if name.startswith("{")
        }
        event = {
            "version": "2.0",
            "routeKey": f"GET {route}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "health"},
            "pathParameters": parameters,
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "health",
                "domainName": "health",
                "domainPrefix": "health",
                "http": {
                    "method": "GET",
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "health",
                },
                "requestId": "health",
                "routeKey": f"GET {route}",
                "stage": "$default",
                "time": "01/Jan/1970:00:00:00 +0000",
                "timeEpoch": 0,
            },
            "isBase64Encoded": False,
        }
        return cls(function=function, event=event, busy_is_well=busy_is_well)


@dataclass(frozen=True, kw_only=True)
class RegionNeeds:
    """What makes a Region able to serve; each is asked at the same time, and each has to answer.

    Leave out what the service can do without for a while: its failure would send all traffic to the other Region, and
    what both Regions share would take both out.

    Attributes:
        tables: DynamoDB tables. One that is given as `ReadTable` is read, which works without DynamoDB's control
            plane; any other is described.
        queues: SQS queues.
        functions: functions that are invoked and have to succeed.
        alarms: no more than 100; the Region is unavailable while one rings. An alarm that is not there or cannot be
            read does not count.
        keep: 0 to 30 seconds that an answer stands in an environment, so that some twenty checkers do not ask each
            dependency twenty times. Left out: 5 seconds.
    """

    tables: Sequence[dynamodb.ITable | ReadTable] = ()
    queues: Sequence[sqs.IQueue] = ()
    functions: Sequence[InvokeFunction] = ()
    alarms: Sequence[AnyAlarm] = ()
    keep: cdk.Duration | None = None


def check_needs(check: Check, needs: object, region: str | None = None) -> None:
    """Fail unless `needs` can be asked; in `region`, if it is given."""
    check.instance("needs", needs, RegionNeeds)
    given = cast("RegionNeeds", needs)
    for name in _KINDS:
        check.instance(f"needs.{name}", getattr(given, name), list, tuple)
    check.require(
        any(getattr(given, name) for name in _KINDS),
        "needs is empty.",
        remedy="A Region that needs nothing is always healthy: name the tables, queues, functions or alarms that it "
        "depends on.",
    )
    for each in given.tables:
        table = each.table if isinstance(each, ReadTable) else each
        check.require(
            hasattr(type(table), "table_arn"),
            f"needs.tables holds {each!r}.",
            remedy="Give DynamoDB tables, or ReadTable(table=..., key=...).",
        )
        check.require(
            not isinstance(each, ReadTable) or _is_key(each.key),
            f"needs.tables holds the key {getattr(each, 'key', None)!r}.",
            remedy="Give the primary key as DynamoDB writes it, such as {'id': {'S': 'health'}}.",
        )
        if isinstance(each, ReadTable):
            check.instance("needs.tables[...].consistent_read", each.consistent_read, bool)
    for queue in given.queues:
        check.require(
            hasattr(queue, "queue_url"), f"needs.queues holds {queue!r}.", remedy="Give SQS queues."
        )
    for asked in given.functions:
        check.instance("needs.functions[...]", asked, InvokeFunction)
        check.offers(
            "needs.functions[...].function",
            asked.function,
            "function_arn",
            remedy="Give a function of CDK, or an alias of one.",
        )
        check.instance("needs.functions[...].event", asked.event, Mapping)
        check.instance("needs.functions[...].busy_is_well", asked.busy_is_well, bool)
    for alarm in given.alarms:
        check.require(
            isinstance(alarm, cloudwatch.CfnCompositeAlarm) or hasattr(alarm, "alarm_ref"),
            f"needs.alarms holds {alarm!r}.",
            remedy="Give alarms of CDK, made or imported.",
        )
    if region is not None:
        _check_places(check, given, region)
    check.require(
        len(given.alarms) <= _MOST_ALARMS,
        f"needs.alarms has {len(given.alarms)}.",
        remedy=f"CloudWatch describes {_MOST_ALARMS} by name at a time: give a composite alarm of them.",
    )
    check.duration("needs.keep", given.keep, 0, _LONGEST_KEEP_SECONDS)


def _is_key(key: object) -> bool:
    return (
        isinstance(key, Mapping)
        and bool(key)
        and all(
            isinstance(value, Mapping) and set(value) <= {"S", "N", "B"} and value for value in key.values()
        )
    )


def _check_places(check: Check, needs: RegionNeeds, here: str) -> None:
    """Fail where something stands in another Region: the health function asks its own."""
    named: list[tuple[str, cdk.IResource]] = [
        *(
            (f"needs.tables[{number}]", each.table if isinstance(each, ReadTable) else each)
            for number, each in enumerate(needs.tables)
        ),
        *((f"needs.queues[{number}]", each) for number, each in enumerate(needs.queues)),
        *((f"needs.functions[{number}]", each.function) for number, each in enumerate(needs.functions)),
    ]
    for name, resource in named:
        there = resource.env.region
        if here != there and not is_token(here) and not is_token(there):
            check.fail(
                f"{name} is {resource.node.path}, in {there}, and this stack is in {here}.",
                remedy="Give what is there; of a table its replica: table.replica(place.region).",
            )
