"""The order service in two Regions: what it costs a month, and how long its failover takes at most."""

from collections.abc import Sequence

import aws_cdk as cdk

from app import build
from constructs_lib.failover import FailoverPlan
from docs._ext.costs import PRICES, counts_of, with_keys
from docs._ext.pieces import code_block, table
from docs._ext.sample import Resource
from stacks.config import Config
from stacks.data_pipeline import DataPipeline
from stacks.order_backups import OrderBackups

__all__ = ["texts"]

_PRIMARY, _STANDBY = "us-east-1", "us-west-2"
_SIGNED_IN = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": _PRIMARY}
_TWO = {"regions": [_PRIMARY, _STANDBY], "domain": "example.com", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"}
_HOURS = 730
_CHECKS_A_SECOND = {"30 seconds": 1 / 2, "10 seconds": 3 / 2}
"""Of all checkers together. https://docs.aws.amazon.com/Route53/latest/APIReference/API_autonaming_HealthCheckConfig.html"""


def _built(**context: object) -> tuple[cdk.App, Sequence[cdk.Stack]]:
    """The app, and its stacks but for those of the backups and the pipeline, of which there is one in any case."""
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stacks = build(app, Config.read({"stage": "prod", **context}.get, _SIGNED_IN))
    return app, [stack for stack in stacks if not isinstance(stack, (OrderBackups, DataPipeline))]


def _row(title: str, counts: dict[str, int]) -> list[str]:
    return [
        title,
        f"{counts['alarms']} ({counts['metrics']})",
        str(counts["composites"]),
        str(counts["filters"]),
        str(counts["dashboards"]),
        str(counts["health checks"]),
        f"**${with_keys(counts):.2f}**",
    ]


def _counts(app: cdk.App, stacks: Sequence[cdk.Stack]) -> list[dict[str, int]]:
    assembly = app.synth()
    bodies = [assembly.get_stack_artifact(stack.artifact_id).template["Resources"] for stack in stacks]
    return [
        counts_of([Resource(name, each["Type"], each.get("Properties", {})) for name, each in body.items()])
        for body in bodies
    ]


def _costs(two: list[dict[str, int]]) -> str:
    (one,) = _counts(*_built())
    titles = ("the primary's", "the standby's", "the global one")
    total = {name: sum(each[name] for each in two) for name in one}
    return table(
        [
            "stack",
            "alarms (metrics billed)",
            "composites",
            "metrics of log lines",
            "dashboards",
            "health checks",
            "fixed cost a month, its key included",
        ],
        [
            *(_row(title, counts) for title, counts in zip(titles, two, strict=True)),
            _row("all three", total),
            _row("for comparison: in one Region, without a name", one),
        ],
    )


def _requests() -> str:
    each = []
    for interval, rate in _CHECKS_A_SECOND.items():
        millions = rate * _HOURS * 3_600 / 1e6
        each.append(
            f"{interval}: {millions:.1f} million requests a month for each Region, "
            f"${millions * PRICES['HTTP API'].usd:.2f} of API Gateway"
        )
    return "\n".join(f"- {line}" for line in each)


def texts() -> dict[str, str]:
    """What it costs, and its plan."""
    app, stacks = _built(**_TWO)
    plan = next(each for each in app.node.find_all() if isinstance(each, FailoverPlan))
    return {
        "cost-two-regions": _costs(_counts(app, stacks)),
        "cost-health-requests": _requests(),
        "plan-two-regions": code_block(plan.explain()),
    }
