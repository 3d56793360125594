"""Tables that are still being created: nobody reads or writes their items, and nobody changes or deletes them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
"""

from collections.abc import Callable

from local_cloud.hooks import replace
from local_cloud.patches.dynamodb_api import Handler, Request, Response, find, parts, refused

CREATING = "CREATING"

_ITEMS = (
    "_put_item",
    "_get_item",
    "_update_item",
    "_delete_item",
    "_query",
    "_scan",
    "_batch_write_item",
    "_batch_get_item",
    "_transact_write_items",
    "_transact_get_items",
    "_execute_statement",
    "_execute_transaction",
)
_SETTINGS = ("_delete_table", "_update_table", "_update_ttl", "_tag_resource", "_put_resource_policy")


def install() -> None:
    refusals = {
        **dict.fromkeys(_ITEMS, ("ResourceNotFoundException", "Requested resource not found")),
        **dict.fromkeys(_SETTINGS, ("ResourceInUseException", "The table is being created")),
        "_create_backup": ("TableInUseException", "The table is being created"),
        "_update_continuous_backups": (
            "ContinuousBackupsUnavailableException",
            "Backups are being enabled for the table, please retry later",
        ),
    }
    for handler, (code, message) in refusals.items():
        replace(f"services.dynamodb.{handler}", _unless_creating(code, message))


def _unless_creating(code: str, message: str) -> Callable[[Handler], Handler]:
    def build(original: Handler) -> Handler:
        def handle(request: Request) -> Response:
            named = [request.get("ResourceArn"), *(name for name, _ in parts(request))]
            tables = (find(name) for name in named)
            if any(table is not None and table["TableStatus"] == CREATING for table in tables):
                return refused(message, code)
            return original(request)

        return handle

    return build
