from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.rule import Found, rule

__all__ = ["key_deleted_before_data"]

_KEPT = ("Retain", "RetainExceptOnCreate")
_KEYS = ("AWS::KMS::Key", "AWS::KMS::Alias")
_PLACES = {
    # Where the key stands that the data is encrypted with.
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::S3::Bucket": ("BucketEncryption",),
    "AWS::Backup::BackupVault": ("EncryptionKeyArn",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::RDS::DBInstance": ("KmsKeyId",),
    "AWS::RDS::DBCluster": ("KmsKeyId",),
    "AWS::EFS::FileSystem": ("KmsKeyId",),
    "AWS::Kinesis::Stream": ("StreamEncryption", "KeyId"),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
}


@rule(
    severity=Severity.WARNING,
    remedy="Give the key DeletionPolicy Retain and UpdateReplacePolicy Retain as well (CDK: RemovalPolicy.RETAIN).",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
)
def key_deleted_before_data(stack: StackReading) -> Iterator[Found]:
    """Data outlives its stack, and the key that it is encrypted with does not: nobody can read it again."""
    lost: dict[Node, list[Node]] = {}
    for type_, place in _PLACES.items():
        for node in stack.of_type(type_):
            if node.resource.declared.get("DeletionPolicy") in _KEPT:
                for key in dict.fromkeys(_key(node, text) for text in texts_in(node.value(*place))):
                    if key and key.resource.declared.get("DeletionPolicy", "Delete") == "Delete":
                        lost.setdefault(key, []).append(node)
    for key, nodes in lost.items():
        others = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        yield Found(
            node=key, message=f"{key.path} is deleted with its stack, and {nodes[0].path}{others} is kept."
        )


def _key(node: Node, text: str) -> Node | None:
    found = node.stack.find(text, *_KEYS)
    return found.target("TargetKeyId", types=_KEYS[:1]) if found and found.type == _KEYS[1] else found
