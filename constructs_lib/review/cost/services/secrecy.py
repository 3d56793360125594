"""KMS keys and secrets."""

from typing import Final

from constructs_lib.review.cost.sheet import Sheet

__all__ = ["price_keys", "price_secrets"]

_GROUP: Final = "keys"
_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"


def price_keys(sheet: Sheet) -> None:
    """Bill customer managed keys and the requests to them."""
    for node in sheet.stack.of_type("AWS::KMS::Key", "AWS::KMS::ReplicaKey"):
        sheet.bill.add(node, _GROUP, "key", 1)
        if node.text("KeySpec", default=_SYMMETRIC) == _SYMMETRIC:
            sheet.used(node, _GROUP, "requests", "key-request", needed=False)
        else:
            sheet.bill.unknown(f"{node.path}: requests to a key that is not symmetric are not priced.")
        if node.flag("EnableKeyRotation"):
            # https://aws.amazon.com/kms/pricing/
            sheet.bill.unknown(
                "Each of the first two yearly rotations of a key makes it dearer by its own price again; "
                "the sum is that of the first year."
            )


def price_secrets(sheet: Sheet) -> None:
    """Bill secrets, their replicas, and the requests to them."""
    for node in sheet.stack.of_type("AWS::SecretsManager::Secret"):
        sheet.bill.add(node, _GROUP, "secret", 1)
        for index in range(len(node.items("ReplicaRegions"))):
            sheet.bill.add(node, _GROUP, "secret", 1, region=node.text("ReplicaRegions", index, "Region"))
        sheet.used(node, _GROUP, "requests", "secret-request", needed=False)
