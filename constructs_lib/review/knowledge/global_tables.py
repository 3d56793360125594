"""Where a table can be strongly consistent.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html, and of the Regions
https://aws.amazon.com/about-aws/whats-new/2026/09/dynamodb-mrsc-additional-regions/, read on 2026-11-22.
"""

from typing import Final

__all__ = ["STRONG_IN", "STRONG_REGIONS"]

STRONG_IN: Final = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    }
)
"""All replicas and the witness of a table are in some of these."""
STRONG_REGIONS: Final = 3
"""In how many Regions it is, that of the witness among them."""
