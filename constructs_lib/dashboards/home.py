"""The stack that a dashboard stands in, as far as what it shows may live elsewhere."""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk

from constructs_lib.checks import is_token
from constructs_lib.dashboards.panel import Place
from constructs_lib.dashboards.segment import Segment

__all__ = ["Home"]


@dataclass(frozen=True, kw_only=True)
class Home:
    """The stack of a dashboard.

    Attributes:
        path: its path in the tree.
        region: its Region, often a token.
        account: its account, often a token.
    """

    path: str
    region: str
    account: str

    @classmethod
    def of(cls, stack: cdk.Stack) -> Self:
        """What is known of `stack`."""
        return cls(path=stack.node.path, region=stack.region, account=stack.account)

    def known(self, region: str) -> str:
        """`region`, or the dashboard's own where `region` is known only at deployment."""
        return self.region if region == self.region or is_token(region) else region

    def place_of(self, segment: Segment) -> Place:
        """Where `segment` lives."""
        environment = segment.resource.env
        region = self.known(environment.region) if segment.region is None else segment.region
        account = segment.account or environment.account
        own = account == self.account or (
            segment.account is None and (is_token(account) or is_token(self.account))
        )
        return Place(region=region, account=None if own else account, elsewhere=region != self.region)

    def name_of(self, segment: Segment, place: Place) -> str:
        """What `segment` is called in titles."""
        name = segment.name or segment.resource.node.path.removeprefix(f"{self.path}/")
        return f"{name} ({place.region})" if place.elsewhere and not is_token(place.region) else name
