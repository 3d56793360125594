"""What is added to MiniStack, one module a service; each has an `install()` that this package calls once."""

from local_cloud.patches import (
    alarm_actions,
    alarms,
    cloudwatch_api,
    cloudwatch_types,
    custom_domains,
    event_targets,
    http_api,
    lambda_async,
    lambda_invocation,
    lambda_logs,
    lambda_properties,
    lambda_workers,
    local_api,
    metric_filters,
    metric_store,
    mute_rules,
    node_sdk,
    other_types,
    route53_api,
    route53_types,
    schedules,
    service_metrics,
    stored_types,
    suppression,
    tables,
    topic_deliveries,
    topics,
)

PATCHES = (
    lambda_workers,
    node_sdk,
    lambda_invocation,
    lambda_async,
    lambda_logs,
    lambda_properties,
    event_targets,
    schedules,
    http_api,
    topics,
    topic_deliveries,
    tables,
    service_metrics,
    metric_store,
    metric_filters,
    alarms,
    alarm_actions,
    suppression,
    cloudwatch_types,
    cloudwatch_api,
    mute_rules,
    other_types,
    stored_types,
    route53_api,
    route53_types,
    custom_domains,
    local_api,
)


def install() -> None:
    """Replace and extend MiniStack's internals; once a process, before it serves."""
    for patch in PATCHES:
        patch.install()
