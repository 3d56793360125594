"""The function that exports."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.backup.common.published import BACKUP_NAMESPACE
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.handlers import handler_folder

__all__ = ["export_function"]

_TIMEOUT_MINUTES = 15


def export_function(
    scope: Construct,
    settings: Mapping[str, object],
    log_settings: FunctionLogs | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> HardenedFunction:
    """The function, below `scope`, that is told `settings`."""
    told = {**settings, "namespace": BACKUP_NAMESPACE}
    return HardenedFunction(
        scope,
        "Function",
        code=lambda_.Code.from_asset(str(handler_folder("table_export")), exclude=["**/__pycache__"]),
        handler="table_export.handler.handler",
        description="Exports tables to S3, and follows the exports to their end",
        timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
        environment={"TABLE_EXPORT": cdk.Stack.of(scope).to_json_string(told)},
        log_settings=log_settings,
        removal_policy=removal_policy,
    )
