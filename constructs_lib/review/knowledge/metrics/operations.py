"""Metrics of what watches and bills: logs, certificates, keys, charges."""

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

_LOGS: Final = Service(
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html",
    complete=False,
    others=names_of(
        "LogGroupName DestinationType FilterName AccountLogGroup PolicyLevel DeliveryDestination Class Resource "
        "Service Type DataProtectionOperation TransformerType LogAnomalyDetector LogAnomalyPriority"
    ),
    metrics={
        **named("IncomingBytes ForwardedBytes", Published(kind=Kind.SIZE, unit="Bytes", sparse=True)),
        **named(
            "IncomingLogEvents ForwardedLogEvents DeliveryErrors DeliveryThrottling EMFParsingErrors "
            "EMFValidationErrors LogEventsWithFindings AnomalyCount",
            Published(kind=Kind.EVENTS, sparse=True),
        ),
    },
)

_CERTIFICATES: Final = Service(
    source="https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html",
    by=dimension_sets("CertificateArn"),
    complete=False,
    metrics=named("DaysToExpiry", Published(kind=Kind.LEVEL, least=None, every=43_200)),  # twice a day
)

_KEYS: Final = Service(
    source="https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-cloudwatch.html",
    others=names_of("KeyId KeyArn Operation CustomKeyStoreId XksProxyURIEndpoint"),
    complete=False,
    metrics=named("SecondsUntilKeyMaterialExpiration", Published(kind=Kind.LEVEL, least=None)),
)

_BILLING: Final = Service(
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    by=dimension_sets(
        "Currency", "Currency ServiceName", "Currency LinkedAccount", "Currency LinkedAccount ServiceName"
    ),
    region="us-east-1",
    complete=False,
    metrics=named("EstimatedCharges", Published(kind=Kind.LEVEL, least=None, every=21_600)),
)

SERVICES: Final[Mapping[str, Service]] = {
    "AWS/Logs": _LOGS,
    "AWS/CertificateManager": _CERTIFICATES,
    "AWS/KMS": _KEYS,
    "AWS/Billing": _BILLING,
}
