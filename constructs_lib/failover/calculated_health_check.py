"""A health check that counts other health checks."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.health_check import check_health_check, give_name

__all__ = ["CalculatedHealthCheck"]

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
_MOST_CHILDREN = 256
_NO_NESTING = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"


class CalculatedHealthCheck(route53.HealthCheck):
    """A health check of Route 53 that is healthy while at least so many others are.

    With `at_least` as many as there are children, each of them can make it unhealthy: an endpoint that answers *and* a
    standby that has not taken over.

    Attributes:
        children: the health checks that are counted.
        at_least: how many of them have to be healthy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        children: Sequence[route53.IHealthCheck],
        at_least: int,
        inverted: bool = False,
    ) -> None:
        """Count `children`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            children: up to 256 health checks, none of them calculated.
            at_least: how many of them have to be healthy, from 1 to their number.
            inverted: whether it is unhealthy then.

        Raises:
            ConfigurationError: it would always be healthy, always unhealthy, or Route 53 has no such health check.
        """
        check = Check(scope, construct_id)
        check.instance("children", children, list, tuple)
        check.require(
            0 < len(children) <= _MOST_CHILDREN,
            f"children has {len(children)} health checks.",
            remedy=f"Give 1 to {_MOST_CHILDREN}.",
        )
        for child in children:
            check_health_check(check, "children", child)
            check.require(
                not _is_calculated(child),
                f"children holds {child.node.path}, which is calculated itself.",
                remedy=f"Route 53 counts no calculated ones: give its children instead. See {_NO_NESTING}",
            )
        paths = {child.node.path for child in children}
        check.require(
            len(paths) == len(children),
            "children holds a health check twice.",
            remedy="Route 53 counts each once: leave the other out.",
        )
        check.within("at_least", at_least, 1, len(children))
        check.instance("inverted", inverted, bool)
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                type=route53.HealthCheckType.CALCULATED,
                child_health_checks=list(children),
                health_threshold=at_least,
                inverted=inverted,
            )
            give_name(self)
        self.children = tuple(children)
        self.at_least = at_least


def _is_calculated(child: route53.IHealthCheck) -> bool:
    if not isinstance(child, route53.HealthCheck):
        return False
    config = cast("route53.CfnHealthCheck", child.node.default_child).health_check_config
    kind = getattr(config, "type", None)
    return not is_token(kind) and kind == "CALCULATED"
