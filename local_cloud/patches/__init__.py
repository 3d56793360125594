"""What is added to MiniStack, one module a service; each has an `install()` that this package calls once."""

from local_cloud.patches import (
    alarm_actions,
    alarms,
    cloudwatch_types,
    event_targets,
    http_api,
    lambda_async,
    lambda_invocation,
    lambda_logs,
    lambda_properties,
    metric_store,
    other_types,
    schedules,
    stored_types,
    tables,
    topics,
)

PATCHES = (
    lambda_invocation,
    lambda_async,
    lambda_logs,
    lambda_properties,
    event_targets,
    schedules,
    http_api,
    topics,
    tables,
    metric_store,
    alarms,
    alarm_actions,
    cloudwatch_types,
    other_types,
    stored_types,
)


def install() -> None:
    """Replace and extend MiniStack's internals; once a process, before it serves."""
    for patch in PATCHES:
        patch.install()
