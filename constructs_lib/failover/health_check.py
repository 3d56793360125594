"""What all health checks have in common: a name that people see, and the hosts that they probe."""

from typing import cast

from aws_cdk import aws_route53 as route53

from constructs_lib.checks import Check
from constructs_lib.failover.host_names import plain

__all__ = ["HEALTH_CHECK_TYPES", "check_health_check", "give_name", "probed_hosts"]

HEALTH_CHECK_TYPES = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html"
_LONGEST_TAG = 256


def check_health_check(check: Check, name: str, value: object) -> None:
    """Fail unless `value` is a health check of CDK."""
    check.require(
        isinstance(value, route53.HealthCheck) or hasattr(value, "health_check_id"),
        f"{name} is {value!r}.",
        remedy="Give a health check, such as EndpointHealthCheck, or an imported one "
        "(aws_route53.HealthCheck.from_health_check_id).",
    )


def give_name(health_check: route53.HealthCheck) -> None:
    """Let Route 53's console show the construct path of `health_check`, which has only an id otherwise.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-tagging.html
    """
    node = health_check.node
    resource = cast("route53.CfnHealthCheck", node.default_child)
    resource.cdk_tag_manager.set_tag("Name", node.path[-_LONGEST_TAG:])


def probed_hosts(health_check: route53.IHealthCheck) -> frozenset[str]:
    """The hosts that `health_check` and its children send requests to, as far as the app knows them."""
    children = getattr(health_check, "children", ())
    if children:
        return frozenset().union(*map(probed_hosts, children))
    own: str | None = getattr(health_check, "host", None)
    if own:  # reading CDK's settings takes a call into jsii for each of them
        return frozenset([plain(own)])
    if not isinstance(health_check, route53.HealthCheck):
        return frozenset()
    config = cast("route53.CfnHealthCheck", health_check.node.default_child).health_check_config
    host = getattr(config, "fully_qualified_domain_name", None)
    return frozenset([plain(host)] if host else [])
