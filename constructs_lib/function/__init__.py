"""A hardened Lambda function, and what can be added to any: warm environments and safe deployments."""

from constructs_lib.function.hardened_function import (
    DEFAULT_MEMORY_SIZE,
    DEFAULT_TIMEOUT_SECONDS,
    LIVE_ALIAS,
    HardenedFunction,
)
from constructs_lib.function.log_group import FunctionLogs
from constructs_lib.function.options import FunctionOptions
from constructs_lib.function.provisioned_concurrency import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    ScheduledCapacity,
    add_provisioned_concurrency,
)
from constructs_lib.function.safe_deployment import (
    SafeDeployment,
    add_safe_deployment,
)
from constructs_lib.function.warm_up import WARM_UP_EVENT, WarmUp, WarmUpSchedule

__all__ = [
    "DEFAULT_MEMORY_SIZE",
    "DEFAULT_TIMEOUT_SECONDS",
    "LIVE_ALIAS",
    "WARM_UP_EVENT",
    "FixedProvisionedConcurrency",
    "FunctionLogs",
    "FunctionOptions",
    "HardenedFunction",
    "ProvisionedConcurrency",
    "SafeDeployment",
    "ScheduledCapacity",
    "WarmUp",
    "WarmUpSchedule",
    "add_provisioned_concurrency",
    "add_safe_deployment",
]
