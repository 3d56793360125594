"""What each service charges for its resources: one function a service, each adds its lines to a bill."""

from collections.abc import Callable, Sequence
from typing import Final

from constructs_lib.review.cost.services.alarms import price_alarms, price_dashboards
from constructs_lib.review.cost.services.dns import price_health_checks, price_hosted_zones
from constructs_lib.review.cost.services.functions import price_functions
from constructs_lib.review.cost.services.integration import (
    price_apis,
    price_queues,
    price_schedules,
    price_topics,
    price_workflows,
)
from constructs_lib.review.cost.services.logs import price_log_groups, price_metric_filters
from constructs_lib.review.cost.services.secrecy import price_keys, price_secrets
from constructs_lib.review.cost.services.tables import price_backup_vaults, price_tables
from constructs_lib.review.cost.sheet import Sheet

__all__ = ["PRICERS"]

PRICERS: Final[Sequence[Callable[[Sheet], None]]] = (
    price_alarms,
    price_dashboards,
    price_metric_filters,
    price_log_groups,
    price_health_checks,
    price_hosted_zones,
    price_functions,
    price_tables,
    price_backup_vaults,
    price_queues,
    price_topics,
    price_workflows,
    price_apis,
    price_schedules,
    price_keys,
    price_secrets,
)
