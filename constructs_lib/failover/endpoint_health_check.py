"""A health check that asks an HTTPS endpoint."""

from collections.abc import Sequence
from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.health_check import give_name
from constructs_lib.failover.host_names import check_host_name

__all__ = ["CHECKER_REGIONS", "EndpointHealthCheck", "check_interval"]

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
_INTERVALS = (10, 30)
_THRESHOLDS = (1, 10)
_LONGEST_TEXT = 255
_OLDEST_ANSWER = 3_600
_FEWEST_REGIONS = 3
CHECKER_REGIONS = (
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
)
"""Where Route 53 has health checkers."""

_DEFAULT_INTERVAL = 30
_DEFAULT_THRESHOLD = 3


class EndpointHealthCheck(route53.HealthCheck):
    """A health check of Route 53 that sends HTTPS requests to an endpoint from around the world.

    A checker needs a connection within 4 seconds and a status from 200 to 399 within 2 more; the endpoint is healthy
    while more than 18 % of the checkers say so. Certificates are not verified. New checks count as healthy until there
    is data; so does one that was replaced, which a change of `interval` does, since Route 53 cannot change that.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html

    It is an `aws_cdk.aws_route53.HealthCheck` and can be used wherever one can.

    Attributes:
        host: the host that is asked.
        interval_seconds: the interval; None when it is a token.
        failure_threshold: how many answers in a row change the status.
        inverted: whether the status is turned round.
        search_string: what the answer must hold; None where its status decides.
        answer_age_seconds: how old an answer may be when it is given; None when it is a token.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        host: str,
        path: str = "/health",
        port: int = 443,
        interval: cdk.Duration | None = None,
        failure_threshold: int = _DEFAULT_THRESHOLD,
        search_string: str | None = None,
        regions: Sequence[str] | None = None,
        inverted: bool = False,
        answer_age: cdk.Duration | None = None,
    ) -> None:
        """Ask `host`, sent as SNI and Host header too.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            host: the endpoint's own name, such as ``orders-eu.example.com``. Never the name that fails over: its
                results would be those of whichever endpoint that name leads to. It needs an IPv4 address.
            path: what is asked for, with a query if need be.
            port: where.
            interval: 10 or 30 seconds from an answer to the same checker's next request; 10 costs extra. Left out: 30.
                All checkers together ask about every 2 seconds, or more than once a second.
            failure_threshold: 1 to 10 answers in a row that change the status, either way.
            search_string: up to 255 characters that the first 5,120 bytes of the answer must hold, in this case; costs
                extra. Left out: the status of the answer decides, and a redirect counts as healthy.
            regions: at least 3 of `CHECKER_REGIONS` that are asked from. Left out: all.
            inverted: whether an endpoint that answers makes it unhealthy, as for a page in the standby Region that is
                there only once the standby has taken over.
            answer_age: for how long the endpoint repeats an answer before it looks again, up to an hour; a
                `FailoverPlan` counts it. Left out: it looks each time.

        Raises:
            ConfigurationError: Route 53 has no such health check.
        """
        check = Check(scope, construct_id)
        check_host_name(check, "host", host)
        _check_texts(check, path, search_string)
        check.within("port", port, 1, 65_535)
        check.within("failure_threshold", failure_threshold, *_THRESHOLDS)
        check.instance("inverted", inverted, bool)
        self.interval_seconds = _interval(check, interval)
        check.duration("answer_age", answer_age, 0, _OLDEST_ANSWER)
        _check_regions(check, regions)
        kinds = route53.HealthCheckType
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                type=kinds.HTTPS if search_string is None else kinds.HTTPS_STR_MATCH,
                fqdn=host,
                resource_path=path,
                port=port,
                enable_sni=True,
                request_interval=_default_interval() if interval is None else interval,
                failure_threshold=failure_threshold,
                search_string=search_string,
                regions=None if regions is None else list(regions),
                inverted=inverted,
            )
            give_name(self)
        self.host = host
        self.failure_threshold = failure_threshold
        self.inverted = inverted
        self.search_string = search_string
        self.answer_age_seconds = _seconds(answer_age)


@cache
def _default_interval() -> cdk.Duration:
    return cdk.Duration.seconds(_DEFAULT_INTERVAL)


def check_interval(check: Check, name: str, interval: cdk.Duration | None) -> None:
    """Fail unless `interval` is one that Route 53 has; None and tokens pass."""
    check.duration(name, interval, *_INTERVALS)
    if interval is None or is_token(interval):
        return
    seconds = int(interval.to_seconds())
    check.require(
        seconds in _INTERVALS,
        f"{name} is {seconds} seconds.",
        remedy="Give aws_cdk.Duration.seconds(10) or (30), the two that Route 53 has.",
    )


def _interval(check: Check, interval: cdk.Duration | None) -> int | None:
    check_interval(check, "interval", interval)
    if interval is None:
        return _DEFAULT_INTERVAL
    return None if is_token(interval) else int(interval.to_seconds())


def _seconds(age: cdk.Duration | None) -> float | None:
    if age is None:
        return 0
    return None if is_token(age) else age.to_seconds()


def _check_texts(check: Check, path: str, search_string: str | None) -> None:
    check.instance("path", path, str)
    check.instance("search_string", search_string, str, None)
    check.require(
        is_token(path) or (path.startswith("/") and len(path) <= _LONGEST_TEXT),
        f"path is {path!r}.",
        remedy=f"Give one that starts with /, of at most {_LONGEST_TEXT} characters.",
    )
    check.require(
        search_string is None or is_token(search_string) or 0 < len(search_string) <= _LONGEST_TEXT,
        f"search_string is {search_string!r}.",
        remedy=f"Give 1 to {_LONGEST_TEXT} characters, or leave it out.",
    )


def _check_regions(check: Check, regions: Sequence[str] | None) -> None:
    check.instance("regions", regions, list, tuple, None)
    if regions is None or is_token(regions):
        return
    known = set(regions) <= set(CHECKER_REGIONS)
    check.require(
        known and len(set(regions)) == len(regions) >= _FEWEST_REGIONS,
        f"regions is {list(regions)!r}.",
        remedy=f"Give at least {_FEWEST_REGIONS} different ones of {', '.join(CHECKER_REGIONS)}, or leave it out.",
    )
