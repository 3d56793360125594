from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["in_one_zone"]


@rule(
    severity=Severity.WARNING,
    remedy="Give it subnets in two Availability Zones or more.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
def in_one_zone(stack: StackReading) -> Iterator[Found]:
    """A function can run in one Availability Zone only: it fails with it."""
    for node in stack.of_type("AWS::Lambda::Function"):
        count = node.count("VpcConfig", "SubnetIds")
        zones = [each.text("AvailabilityZone") if each else None for each in _subnets(node)]
        if count == 1:
            yield Found(node=node, message=f"{node.path} has one subnet.")
        elif count and zones[0] is not None and set(zones) == {zones[0]}:
            yield Found(node=node, message=f"{node.path} has {count} subnets, all in {zones[0]}.")


def _subnets(node: Node) -> list[Node | None]:
    return [node.stack.find(each, "AWS::EC2::Subnet") for each in node.items("VpcConfig", "SubnetIds")]
