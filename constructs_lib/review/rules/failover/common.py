"""What rules about failover share: records that repeat each other, and the APIs and domains behind names."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from typing import Final

from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import at, is_known, items_of, text_of
from constructs_lib.review.reading.records import Record, groups_of

__all__ = [
    "APIS",
    "DOMAINS",
    "HALVES",
    "answer_key",
    "api_behind",
    "endpoint_types",
    "is_cloudfront",
    "is_commercial",
    "policy_of",
    "repeats",
    "sure",
]

HALVES: Final = {"PRIMARY": "SECONDARY", "SECONDARY": "PRIMARY"}
"""A half of a failover to the other."""
DOMAINS: Final = ("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
APIS: Final = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
_CLOUDFRONT: Final = "Z2FDTNDATAQYW2"
"""The hosted zone of all distributions: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
_EXECUTE: Final = ".execute-api."


def sure(*records: Record) -> bool:
    """Whether all of these records are there, whatever the parameters are."""
    return all(each.node.surely_made for each in records)


def repeats(stack: StackReading, of: Callable[[Record], Hashable]) -> Iterator[tuple[Record, Record]]:
    """Records of `stack`, each with the first of its zone, name and type for which `of` gives the same.

    Only records that are surely made count, and only those for which `of` does not give None.
    """

    def collect(whole: Reading) -> dict[str, list[tuple[Record, Record]]]:
        found: dict[str, list[tuple[Record, Record]]] = defaultdict(list)
        for group in groups_of(whole).values():
            firsts: dict[Hashable, Record] = {}
            for each in group:
                key = of(each) if sure(each) else None
                if key is not None and (first := firsts.setdefault(key, each)) is not each:
                    found[each.node.stack.key].append((each, first))
        return found

    yield from stack.whole.once(f"{of.__module__}.{of.__qualname__}", collect).get(stack.key, ())


def policy_of(record: Record) -> str | None:
    """The property that is a record's routing policy; empty for a simple record, None where it is unknown."""
    policies = record.policies
    if policies is None or len(policies) > 1:
        return None
    return policies[0] if policies else ""


def answer_key(record: Record) -> tuple[str, ...] | None:
    """Tells what a record answers from what others do; None where it answers nothing."""
    found = [record.told_apart(each) for each in sorted(record.answers)]
    return tuple(text for each in found for text in each or ()) if found and None not in found else None


def is_cloudfront(record: Record) -> bool:
    """Whether a record surely leads to a distribution of CloudFront."""
    by_zone = text_of(at(record.data, "AliasTarget", "HostedZoneId")) == _CLOUDFRONT
    return record.alias and (
        by_zone or (record.target is not None and record.target.type == "AWS::CloudFront::Distribution")
    )


def is_commercial(region: str) -> bool:
    """Whether a Region is of the partition ``aws``."""
    return not region.startswith(("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"))


def endpoint_types(node: Node) -> list[str] | None:
    """Of an API or a domain: how it can be reached, such as ``REGIONAL``; None where that is unknown."""
    if node.type == "AWS::ApiGatewayV2::Api":
        return ["REGIONAL"]
    if node.type == "AWS::ApiGatewayV2::DomainName":
        found = [at(each, "EndpointType") or "REGIONAL" for each in node.items("DomainNameConfigurations")]
    else:
        found = items_of(node.value("EndpointConfiguration", "Types")) or ["EDGE"]
    known = node.known("EndpointConfiguration") and all(
        isinstance(each, str) and is_known(each) for each in found
    )
    return [each.upper() for each in found] if known else None


def api_behind(stack: StackReading, host: str | None) -> Node | None:
    """The API at hand whose own address, not that of a domain, a host name is."""
    if host is None or _EXECUTE not in host:
        return None
    found = stack.find(host.partition(_EXECUTE)[0])
    return found if found is not None and found.type in APIS else None
