from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["file_system_without_vpc"]


@rule(
    severity=Severity.ERROR,
    remedy="Set VpcConfig to subnets that have a mount target of the file system.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html",
)
def file_system_without_vpc(stack: StackReading) -> Iterator[Found]:
    """A function mounts a file system of EFS and is in no VPC: Lambda refuses it."""
    for node in stack.of_type("AWS::Lambda::Function"):
        mounts = [
            node.target("FileSystemConfigs", index, "Arn", types=("AWS::EFS::AccessPoint",))
            for index, _ in enumerate(node.items("FileSystemConfigs"))
        ]
        # A function on managed instances has its network from its capacity provider.
        elsewhere = node.has("VpcConfig") or node.has("CapacityProviderConfig")
        if any(mounts) and not elsewhere and node.surely_made:
            yield Found(node=node, message=f"{node.path} has FileSystemConfigs and no VpcConfig.")
