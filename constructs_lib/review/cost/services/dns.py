"""Route 53: health checks and hosted zones.

What an endpoint on AWS is, and what the optional features are: https://aws.amazon.com/route53/pricing/.
"""

from typing import Final

from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_health_checks", "price_hosted_zones"]

_CONFIG: Final = "HealthCheckConfig"
_WITHOUT_ENDPOINT: Final = ("CALCULATED", "CLOUDWATCH_METRIC")
_OF_RECOVERY_CONTROLLER: Final = "RECOVERY_CONTROL"
_FAST: Final = 10
_SLOW: Final = 30
_AWS_NAMES: Final = (
    ".amazonaws.com",
    ".on.aws",
    ".cloudfront.net",
    ".awsapprunner.com",
    ".elasticbeanstalk.com",
)
_DOMAINS: Final = ("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
_RECORD: Final = "AWS::Route53::RecordSet"


def price_health_checks(sheet: Sheet) -> None:
    """Bill health checks and their optional features: HTTPS, a string, ten seconds, latency."""
    names = _names_on_aws(sheet)
    for node in sheet.stack.of_type("AWS::Route53::HealthCheck"):
        kind = node.text(_CONFIG, "Type")
        if kind is None or kind == _OF_RECOVERY_CONTROLLER:
            sheet.bill.unknown(
                f"{node.path}: a health check of the type {kind or 'that deployment decides'} is not priced."
            )
            continue
        told = sheet.amounts(node).flag("aws")
        aws = told if told is not None else _is_on_aws(node, kind, names)
        if aws is None:
            sheet.bill.untold("health_check", node, ["aws"])
        suffix = "-elsewhere" if aws is False else ""
        features = _features(sheet, node, kind)
        sheet.bill.add(node, "dns", f"health-check{suffix}", None if aws is None else 1)
        if features:
            sheet.bill.add(node, "dns", f"health-check-feature{suffix}", None if aws is None else features)


def _features(sheet: Sheet, node: Node, kind: str) -> int:
    interval = node.number(_CONFIG, "RequestInterval", default=_SLOW)
    latency = node.flag(_CONFIG, "MeasureLatency", default=False)
    if interval is None or latency is None:
        sheet.bill.unknown(f"{node.path}: which optional features it has is known only at deployment.")
    return sum((kind.startswith("HTTPS"), kind.endswith("STR_MATCH"), interval == _FAST, latency is True))


def _is_on_aws(node: Node, kind: str, names: set[str]) -> bool | None:
    """Whether what is watched lies on AWS; None where the template does not tell."""
    if kind in _WITHOUT_ENDPOINT:
        return True
    name = node.value(_CONFIG, "FullyQualifiedDomainName")
    if not isinstance(name, str):
        return None
    if next(node.stack.mentioned(name), None) or name.rstrip(".").lower().endswith(_AWS_NAMES):
        return True
    return True if name.rstrip(".") in names else None


def _names_on_aws(sheet: Sheet) -> set[str]:
    """Names that these templates give to AWS resources: custom domains of APIs, and aliases."""
    whole = sheet.stack.whole
    names = [each.value("DomainName") for each in whole.of_type(*_DOMAINS)]
    names += [each.value("Name") for each in whole.of_type(_RECORD) if each.has("AliasTarget")]
    return {each.rstrip(".") for each in names if isinstance(each, str)}


def price_hosted_zones(sheet: Sheet) -> None:
    """Bill hosted zones, and standard queries where the traffic file tells."""
    for node in sheet.stack.of_type("AWS::Route53::HostedZone"):
        sheet.bill.add(node, "dns", "hosted-zone", 1)
        sheet.used(node, "dns", "queries", "dns-query", needed=False)
