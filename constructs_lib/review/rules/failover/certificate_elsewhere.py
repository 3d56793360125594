from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import is_commercial

__all__ = ["certificate_elsewhere"]

_EVERYWHERE: Final = "us-east-1"
_OWN: Final = ""
_CERTIFICATES: Final[Mapping[str, tuple[tuple[tuple[str | int, ...], str], ...]]] = {
    "AWS::ApiGateway::DomainName": ((("RegionalCertificateArn",), _OWN), (("CertificateArn",), _EVERYWHERE)),
    "AWS::ApiGatewayV2::DomainName": ((("DomainNameConfigurations", 0, "CertificateArn"), _OWN),),
    "AWS::ElasticLoadBalancingV2::Listener": ((("Certificates", 0, "CertificateArn"), _OWN),),
    "AWS::CloudFront::Distribution": (
        (("DistributionConfig", "ViewerCertificate", "AcmCertificateArn"), _EVERYWHERE),
    ),
    "AWS::Cognito::UserPoolDomain": ((("CustomDomainConfig", "CertificateArn"), _EVERYWHERE),),
}
"""A type to where it names certificates, and where those must be."""


@rule(
    severity=Severity.ERROR,
    remedy="Make the certificate in the Region that needs it, in a stack of its own where that is another.",
    source="https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html",
)
def certificate_elsewhere(stack: StackReading) -> Iterator[Found]:
    """A domain has a certificate of another Region: it is refused."""
    if stack.region is None or not is_commercial(stack.region):
        return
    for type_, places in _CERTIFICATES.items():
        for node in stack.of_type(type_):
            for place, wanted in places:
                there = _region_of(node, node.value(*place))
                if there and there != (wanted or stack.region):
                    yield Found(
                        node=node,
                        message=f"{node.path} has a certificate of {there}; it needs one of {wanted or stack.region}.",
                    )


def _region_of(node: Node, name: Any) -> str | None:
    found = node.stack.find(name, "AWS::CertificateManager::Certificate")
    if found is not None:
        return found.stack.region
    parts = name.split(":") if isinstance(name, str) and name.startswith("arn:") else []
    return parts[3] if len(parts) > 3 and parts[2] == "acm" and is_known(parts[3]) else None  # noqa: PLR2004 - the Region
