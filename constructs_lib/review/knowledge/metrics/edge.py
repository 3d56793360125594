"""Metrics of what stands before an application: distributions, DNS, firewalls, load balancers, user pools."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import (
    Kind,
    Published,
    Service,
    dimension_sets,
    named,
    names_of,
)

__all__ = ["SERVICES"]

_EVENTS: Final = Published(kind=Kind.EVENTS, sparse=True)
_PERCENT: Final = Published(kind=Kind.SHARE, unit="Percent", highest=100, sparse=True)
_US_EAST_1: Final = "us-east-1"

_CLOUDFRONT: Final = Service(
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html",
    by=dimension_sets("DistributionId Region", "DistributionId FunctionName Region", "FunctionName Region"),
    region=_US_EAST_1,
    complete=False,
    metrics={
        **named(
            "4xxErrorRate 5xxErrorRate 401ErrorRate 403ErrorRate 404ErrorRate 502ErrorRate 503ErrorRate 504ErrorRate "
            "TotalErrorRate CacheHitRate FunctionComputeUtilization",
            _PERCENT,
        ),
        **named(
            "Requests FunctionInvocations FunctionValidationErrors FunctionExecutionErrors FunctionThrottles "
            "LambdaExecutionError LambdaLimitExceededErrors LambdaValidationError",
            _EVENTS,
        ),
        **named("BytesDownloaded BytesUploaded", Published(kind=Kind.SIZE, sparse=True)),
        **named("OriginLatency", Published(kind=Kind.TIME, unit="Milliseconds", sparse=True)),
    },
)

_ROUTE53: Final = Service(
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html",
    at_least=dimension_sets("HealthCheckId", "HostedZoneId"),
    region=_US_EAST_1,
    complete=False,
    metrics={
        **named("HealthCheckStatus", Published(kind=Kind.LEVEL, highest=1)),
        **named("HealthCheckPercentageHealthy", Published(kind=Kind.SHARE, highest=100)),
        **named("ChildHealthCheckHealthyCount", Published(kind=Kind.LEVEL)),
        **named(
            "ConnectionTime SSLHandshakeTime TimeToFirstByte", Published(kind=Kind.TIME, unit="Milliseconds")
        ),
        **named("DNSQueries", _EVENTS),
    },
)

_WAF: Final = Service(
    source="https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    complete=False,
    others=frozenset(
        {
            *(
                "Region",
                "Rule",
                "RuleGroup",
                "WebACL",
                "Resource",
                "ResourceType",
                "Country",
                "Attack",
                "Device",
            ),
            *("LabelNamespace", "Label", "ManagedRuleGroup", "ManagedRuleGroupRule"),
            *("BotCategory", "VerificationStatus", "Signal", "Context", "CaptchaToken", "TerminatingRule"),
        }
    ),
    metrics=named(
        "AllowedRequests BlockedRequests CountedRequests PassedRequests CaptchaRequests ChallengeRequests "
        "RequestsWithValidCaptchaToken RequestsWithValidChallengeToken",
        _EVENTS,
    ),
)

_ONE: Final = Published(kind=Kind.EVENTS, unit="Count", highest=1, sparse=True)
_COUNT: Final = Published(kind=Kind.EVENTS, unit="Count", sparse=True)
_CODES: Final = (
    "HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count "
    "HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_5XX_Count"
)
_ALB: Final = Service(
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    complete=False,
    others=names_of("LoadBalancer TargetGroup AvailabilityZone TargetControlAgent"),
    metrics={
        **named(_CODES, _ONE),  # "Minimum, Maximum, and Average all return 1."
        **named(
            "HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count RequestCount "
            "TargetConnectionErrorCount RejectedConnectionCount ClientTLSNegotiationErrorCount "
            "TargetTLSNegotiationErrorCount LambdaUserError LambdaInternalError",
            _COUNT,
        ),
        **named("TargetResponseTime", Published(kind=Kind.TIME, unit="Seconds", sparse=True)),
        **named("HealthyHostCount UnHealthyHostCount", Published(kind=Kind.LEVEL, unit="Count")),
        **named("RequestCountPerTarget", Published(kind=Kind.EVENTS, sparse=True)),
    },
)
_NLB: Final = Service(
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html",
    complete=False,
    others=names_of("LoadBalancer TargetGroup AvailabilityZone"),
    metrics=named("HealthyHostCount UnHealthyHostCount", Published(kind=Kind.LEVEL, unit="Count")),
)

_COGNITO: Final = Service(
    source="https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html",
    complete=False,
    others=names_of("UserPool UserPoolClient IdentityProvider UserPoolId Operation RiskLevel"),
    metrics=named(
        "SignUpSuccesses SignUpThrottles SignInSuccesses SignInThrottles TokenRefreshSuccesses TokenRefreshThrottles "
        "FederationSuccesses FederationThrottles",
        Published(kind=Kind.EVENTS, sparse=True),
    ),
)

SERVICES: Final[Mapping[str, Service]] = {
    "AWS/CloudFront": _CLOUDFRONT,
    "AWS/Route53": _ROUTE53,
    "AWS/WAFV2": _WAF,
    "AWS/ApplicationELB": _ALB,
    "AWS/NetworkELB": _NLB,
    "AWS/Cognito": _COGNITO,
}
