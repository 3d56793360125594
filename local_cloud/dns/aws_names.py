"""Names that AWS itself serves, and which alias records and CNAMEs point to: each leads to a gateway of this cloud."""

import re

from local_cloud.places import ADDRESSES

TTL = 60
"""Seconds that an address of an AWS resource may be kept, also behind an alias record.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#request-routing
"""

ANYWHERE = "127.0.0.1"

_REGIONAL = re.compile(
    r"(?:.+\.)?(?:execute-api|lambda-url|s3-website)[.-](?P<region>[a-z]+(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|on\.aws)\."
    r"|(?:.+\.)?(?P<elb>[a-z]+(?:-[a-z]+)+-\d)\.elb\.amazonaws\.com\."
    r"|(?:.+\.)?elb\.(?P<nlb>[a-z]+(?:-[a-z]+)+-\d)\.amazonaws\.com\."
)
_GLOBAL = re.compile(r".+\.cloudfront\.net\.|ns-\d+\.awsdns-\d+\.(?:com|net|org|co\.uk)\.")


def region_of(name: str) -> str | None:
    """The Region that an AWS name (absolute, in lower case) belongs to."""
    match = _REGIONAL.fullmatch(name)
    return next((region for region in match.groups() if region), None) if match else None


def address(name: str) -> str | None:
    """Where an AWS name (absolute, in lower case) leads to here; None if it is none."""
    if region := region_of(name):
        return ADDRESSES.get(region)
    return ANYWHERE if _GLOBAL.fullmatch(name) else None
