"""Host names: what one looks like, and what a record in a hosted zone is called in full."""

import re
from ipaddress import ip_address

from aws_cdk import aws_route53 as route53

from constructs_lib.checks import Check, is_token

__all__ = ["check_host_name", "name_in_full", "plain", "record_name_in_full", "zone_name_of"]

_LONGEST = 253
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


def plain(name: str) -> str:
    """`name` as DNS compares names: in lower case, without the dot at the end."""
    return name if is_token(name) else name.rstrip(".").lower()


def check_host_name(check: Check, name: str, value: str, *, wildcard: bool = False) -> None:
    """Fail unless `value` is the full name of a host, or a token.

    Args:
        check: fails on behalf of the construct.
        name: the argument's name, for the message.
        value: what was given.
        wildcard: whether the first label may be ``*``.
    """
    check.instance(name, value, str)
    if is_token(value):
        return
    labels = plain(value).split(".")
    rest = labels[1:] if wildcard and labels[0] == "*" else labels
    fits = len(labels) > 1 and len(value) <= _LONGEST and all(map(_LABEL.fullmatch, rest))
    check.require(
        fits and not _is_address(value),
        f"{name} is {value!r}.",
        remedy="Give the full name of a host, such as orders.example.com, without scheme, port or path.",
    )


def record_name_in_full(check: Check, zone: route53.IHostedZone, record_name: str | None) -> str:
    """What the record `record_name` in `zone` is called in full; the zone's own name if it is None.

    As in CDK, a name that does not end with the zone's is one within the zone.
    """
    return name_in_full(check, zone_name_of(check, zone), record_name)


def zone_name_of(check: Check, zone: route53.IHostedZone | route53.HostedZoneAttributes) -> str:
    """The name of `zone`, in lower case and without the dot at the end; for several records, ask once."""
    try:
        return plain(zone.zone_name)
    except AttributeError as error:
        check.fail(
            f"zone is {check.shown(zone)}.",
            remedy="Give a hosted zone of CDK, made or imported.",
            cause=error,
        )
    except RuntimeError as error:  # CDK's way to say that it was imported by its id alone
        check.fail(
            "zone has no name.",
            remedy="Import it with HostedZone.from_hosted_zone_attributes, which takes both id and name.",
            cause=error,
        )


def name_in_full(check: Check, zone_name: str, record_name: str | None) -> str:
    """What `record_name` is called in full in the zone that is called `zone_name`."""
    check.instance("record_name", record_name, str, None)
    if not record_name:
        return zone_name
    name = plain(record_name)
    if name == zone_name or name.endswith(f".{zone_name}"):
        full = name
    else:
        check.require(
            is_token(record_name) or not record_name.endswith("."),
            f"record_name is {record_name!r}, which is not in the zone {zone_name}.",
            remedy=f"Give a name that ends with {zone_name}, or one within the zone, such as 'orders'.",
        )
        full = f"{name}.{zone_name}"
    check_host_name(check, "record_name", full, wildcard=True)
    return full


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
