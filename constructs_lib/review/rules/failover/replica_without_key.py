from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, surely_has
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["replica_without_key"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each replica SSESpecification.KMSMasterKeyId with a key of its Region, or none of them.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html",
)
def replica_without_key(stack: StackReading) -> Iterator[Found]:
    """Some replicas of a table have a key of their own and others have none: CloudFormation wants one for each."""
    for table in tables_of(stack):
        replicas = table.replicas or []
        without = [
            str(each.get("Region"))
            for each in replicas
            if not has(each, "SSESpecification", "KMSMasterKeyId")
        ]
        sure = any(surely_has(each, "SSESpecification", "KMSMasterKeyId") for each in replicas)
        if without and sure:
            yield Found(
                node=table.node,
                message=f"{table.node.path} has no key in {', '.join(without)}; elsewhere it has.",
            )
