"""What a function costs a month, counted in synthesized templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import aws_cdk as cdk

from app import build
from constructs_lib.alarms import FunctionAlarmSettings, Profile
from constructs_lib.function import DEFAULT_MEMORY_SIZE, FixedProvisionedConcurrency, SafeDeployment, WarmUp
from docs._ext.pieces import link, table
from docs._ext.sample import Resource, function, resources
from stacks.config import Config

__all__ = ["PRICES", "counts_of", "monthly", "texts", "with_keys"]


@dataclass(frozen=True)
class Price:
    """A list price in US dollars in us-east-1."""

    usd: float
    of: str
    read: str
    """When the price was last read, and where, if not on AWS's own page."""
    page: str
    free: str = "none"


_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_CLOUDWATCH_COPY = "https://github.com/api-evangelist/cloudwatch/blob/main/plans/cloudwatch-plans-pricing.yml"
_ROUTE_53 = "https://aws.amazon.com/route53/pricing/"
_ROUTE_53_COPY = "https://github.com/api-evangelist/amazon-route53-resolver/blob/main/plans/amazon-route53-resolver-plans-pricing.yml"
_HTTP_API_COPY = "https://github.com/api-evangelist/amazon-web-services/blob/main/plans/amazon-web-services-plans-pricing.yml"
_MAY, _MARCH, _SEPTEMBER = "May 2026", "March 2026", "September 2026"

PRICES: Mapping[str, Price] = {
    "alarm": Price(
        0.10,
        "metric that an alarm watches, a month",
        f"{_MAY}, [copy]({_CLOUDWATCH_COPY})",
        _CLOUDWATCH,
        "10 a month",
    ),
    "composite": Price(
        0.50,
        "composite alarm, a month",
        "no date, [copy](https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm)",
        _CLOUDWATCH,
    ),
    "metric": Price(
        0.30,
        "metric made of log lines, a month",
        f"{_MAY}, [copy]({_CLOUDWATCH_COPY})",
        _CLOUDWATCH,
        "10 a month",
    ),
    "dashboard": Price(
        3.00,
        "dashboard of more than 50 metrics, a month",
        f"{_MAY}, [copy]({_CLOUDWATCH_COPY})",
        _CLOUDWATCH,
        "3 of up to 50 metrics",
    ),
    "key": Price(
        1.00,
        "customer managed key, a month; each of its first two yearly rotations adds as much",
        f"{_MARCH}, [copy](https://cloudburn.io/blog/aws-kms-pricing)",
        "https://aws.amazon.com/kms/pricing/",
    ),
    "sqs": Price(
        0.40,
        "million requests",
        f"{_MARCH}, [copy](https://cloudburn.io/blog/amazon-sqs-pricing)",
        "https://aws.amazon.com/sqs/pricing/",
        "1 million a month",
    ),
    "logs": Price(
        0.50, "GB of logs written", f"{_MAY}, [copy]({_CLOUDWATCH_COPY})", _CLOUDWATCH, "5 GB a month"
    ),
    "archive": Price(0.03, "GB of logs kept, a month", f"{_MAY}, [copy]({_CLOUDWATCH_COPY})", _CLOUDWATCH),
    "traces": Price(
        5.00,
        "million traces recorded",
        "no date, AWS's page",
        "https://aws.amazon.com/xray/pricing/",
        "100,000 a month",
    ),
    "schedule": Price(
        1.00,
        "million invocations by EventBridge Scheduler",
        f"{_MARCH}, [copy](https://cloudburn.io/blog/amazon-eventbridge-pricing)",
        "https://aws.amazon.com/eventbridge/pricing/",
        "14 million a month",
    ),
    "health check": Price(
        0.50,
        "health check of an endpoint on AWS, a month",
        f"{_SEPTEMBER}, [copy]({_ROUTE_53_COPY})",
        _ROUTE_53,
        "50",
    ),
    "health feature": Price(
        1.00,
        "optional feature of such a health check, a month: HTTPS, 10 seconds, a string",
        f"{_SEPTEMBER}, [copy]({_ROUTE_53_COPY})",
        _ROUTE_53,
    ),
    "HTTP API": Price(
        1.00,
        "million requests to an HTTP API",
        f"{_SEPTEMBER}, [copy]({_HTTP_API_COPY})",
        "https://aws.amazon.com/api-gateway/pricing/",
    ),
    "provisioned": Price(
        0.0000033334,
        "GB-second of provisioned concurrency on arm64, busy or not",
        "no date, [copy](https://awsnegotiations.com/lambda-provisioned-concurrency-cost.html)",
        "https://aws.amazon.com/lambda/pricing/",
    ),
}

_HOURS = 730
_SECONDS = _HOURS * 3_600
_FAST = 10


def _watched(resource: Resource) -> int:
    """How many metrics an alarm is billed for: metric math counts each metric that it reads."""
    queries = resource.properties.get("Metrics")
    return sum("MetricStat" in query for query in queries) if queries else 1


def _features(resource: Resource) -> int:
    """How many features a health check is billed for."""
    config = resource.properties["HealthCheckConfig"]
    kind = config["Type"]
    return sum(
        (
            kind.startswith("HTTPS"),
            kind.endswith("STR_MATCH"),
            config.get("RequestInterval") == _FAST,
            bool(config.get("MeasureLatency")),
        )
    )


def counts_of(found: Sequence[Resource]) -> dict[str, int]:
    """How much there is of what is billed by the month."""
    checks = [resource for resource in found if resource.type == "AWS::Route53::HealthCheck"]
    alarms = [resource for resource in found if resource.type == "AWS::CloudWatch::Alarm"]
    return {
        "alarms": len(alarms),
        "metrics": sum(map(_watched, alarms)),
        "composites": sum(resource.type == "AWS::CloudWatch::CompositeAlarm" for resource in found),
        "keys": sum(resource.type == "AWS::KMS::Key" for resource in found),
        "filters": sum(resource.type == "AWS::Logs::MetricFilter" for resource in found),
        "dashboards": sum(resource.type == "AWS::CloudWatch::Dashboard" for resource in found),
        "health checks": len(checks),
        "health features": sum(map(_features, checks)),
        "resources": len(found),
    }


def monthly(counts: Mapping[str, int]) -> float:
    """What that costs a month in US dollars, but for keys."""
    priced = {
        "metrics": "alarm",
        "composites": "composite",
        "filters": "metric",
        "dashboards": "dashboard",
        "health checks": "health check",
        "health features": "health feature",
    }
    return sum(counts[name] * PRICES[price].usd for name, price in priced.items())


def with_keys(counts: Mapping[str, int]) -> float:
    """What that costs a month in US dollars, keys included."""
    return monthly(counts) + counts["keys"] * PRICES["key"].usd


_VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "as it comes": {},
    "`reserved_concurrency=` given": {"reserved_concurrency": 10},
    "`provisioned_concurrency=` given": {
        "provisioned_concurrency": FixedProvisionedConcurrency(executions=1)
    },
    "`warm_up=WarmUp()`": {"warm_up": WarmUp()},
    "`deployment=SafeDeployment()`": {"deployment": SafeDeployment()},
    "`dead_letters=None`": {"dead_letters": None},
    "`alarms=FunctionAlarmSettings(profile=Profile.STANDARD)`": {
        "alarms": FunctionAlarmSettings(profile=Profile.STANDARD)
    },
    "`alarms=FunctionAlarmSettings(profile=Profile.COMPLETE)`": {
        "alarms": FunctionAlarmSettings(profile=Profile.COMPLETE)
    },
    "`alarms=FunctionAlarmSettings.none()`": {"alarms": FunctionAlarmSettings.none()},
}

_SHARED = ("AlarmTopic", "SafeDeployments")


def _variants() -> str:
    rows = []
    for name, arguments in _VARIANTS.items():
        everything = resources(partial(function, **arguments))
        own = counts_of([found for found in everything if not found.path.startswith(_SHARED)])
        shared = counts_of([found for found in everything if found.path.startswith(_SHARED)])
        rows.append(
            [
                name,
                f"{own['alarms']} ({own['metrics']})",
                str(own["composites"]),
                f"**${monthly(own):.2f}**",
                f"{own['resources']} + {shared['resources']}",
            ]
        )
    return table(
        [
            "function",
            "alarms (metrics billed)",
            "composites",
            "fixed cost a month",
            "resources: own + shared by the stack",
        ],
        rows,
    )


def _fixed() -> str:
    counts = counts_of(resources(function))
    return f"${monthly(counts):.2f}"


def _order_service() -> str:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stacks = build(app, Config.read({"stage": "prod"}.get, {}))
    assembly = app.synth()
    service, backups, pipeline = (
        _counted(assembly.get_stack_by_name(stack.stack_name).template["Resources"]) for stack in stacks
    )
    return (
        f"The order service, with every alarm that this library has for its functions, has {service['alarms']} alarms, "
        f"{service['composites']} composites, {service['filters']} metrics made of log lines and a dashboard: "
        f"**${with_keys(service):.2f}** a month, its alarm key included. Of that "
        f"${PRICES['dashboard'].usd:.2f} is the dashboard; an account has three small ones free. The stack of its "
        f"backups has {backups['alarms']} alarms and {backups['composites']} composites: "
        f"**${with_keys(backups):.2f}**, an alarm key of its own included. The stack of the data pipeline has "
        f"{pipeline['alarms']} alarms, {pipeline['composites']} composites, {pipeline['filters']} metrics made of log "
        f"lines and {pipeline['dashboards']} dashboard: **${with_keys(pipeline):.2f}**, likewise."
    )


def _counted(body: Mapping[str, Any]) -> dict[str, int]:
    return counts_of(
        [Resource(name, each["Type"], each.get("Properties", {})) for name, each in body.items()]
    )


def _prices() -> str:
    return table(
        ["price", "for each", "free", "read", "AWS's page"],
        [
            [
                f"${price.usd:.2f}" if round(price.usd, 2) else f"${price.usd:.10f}",
                price.of,
                price.free,
                price.read,
                link(price.page, "pricing"),
            ]
            for price in PRICES.values()
        ],
    )


def _provisioned() -> str:
    memory = DEFAULT_MEMORY_SIZE / 1024
    monthly = PRICES["provisioned"].usd * _SECONDS * memory
    return (
        f"One environment of {DEFAULT_MEMORY_SIZE} MB on arm64, provisioned all month ({_HOURS} hours), costs "
        f"**${monthly:.2f}**, whether it is busy or not. Prices and sources: [costs](costs.md)."
    )


def _warm_up() -> str:
    pings = _HOURS * 12
    cost = pings / 1e6 * PRICES["schedule"].usd
    return (
        f"A ping every five minutes is {pings:,} invocations a month: ${cost:.2f} of EventBridge Scheduler at list "
        "price, free within its allowance, and a few milliseconds of the function each."
    )


def texts() -> dict[str, str]:
    """All texts about costs."""
    return {
        "cost-variants": _variants(),
        "cost-prices": _prices(),
        "cost-provisioned": _provisioned(),
        "cost-warm-up": _warm_up(),
        "cost-order-service": _order_service(),
        "cost-function": f"A function as it comes has a fixed cost of **{_fixed()}** a month, and its stack one of "
        f"**${PRICES['key'].usd:.2f}** for the key of the alarm topic. All else goes with use: [costs](costs.md).",
    }
