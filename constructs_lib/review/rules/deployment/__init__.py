"""Deployments that shift traffic: what would stop one that goes wrong."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.deployment.alias_changes_at_once import alias_changes_at_once
from constructs_lib.review.rules.deployment.alias_update_unusable import alias_update_unusable
from constructs_lib.review.rules.deployment.deployment_alarm_twice import deployment_alarm_twice
from constructs_lib.review.rules.deployment.deployment_alarms_off import deployment_alarms_off
from constructs_lib.review.rules.deployment.deployment_at_once import deployment_at_once
from constructs_lib.review.rules.deployment.deployment_group_unused import deployment_group_unused
from constructs_lib.review.rules.deployment.deployment_not_rolled_back import deployment_not_rolled_back
from constructs_lib.review.rules.deployment.deployment_over_before_alarm import deployment_over_before_alarm
from constructs_lib.review.rules.deployment.deployment_without_alarms import deployment_without_alarms
from constructs_lib.review.rules.deployment.hook_cannot_be_called import hook_cannot_be_called
from constructs_lib.review.rules.deployment.hook_cannot_report import hook_cannot_report
from constructs_lib.review.rules.deployment.poll_failures_ignored import poll_failures_ignored
from constructs_lib.review.rules.deployment.rollback_alarm_elsewhere import rollback_alarm_elsewhere
from constructs_lib.review.rules.deployment.rollback_alarm_on_backlog import rollback_alarm_on_backlog
from constructs_lib.review.rules.deployment.rollback_alarm_without_traffic import (
    rollback_alarm_without_traffic,
)
from constructs_lib.review.rules.deployment.scaling_stops_in_canary import scaling_stops_in_canary
from constructs_lib.review.rules.deployment.too_many_deployment_alarms import too_many_deployment_alarms

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    alias_changes_at_once,
    alias_update_unusable,
    deployment_alarm_twice,
    deployment_alarms_off,
    deployment_at_once,
    deployment_group_unused,
    deployment_not_rolled_back,
    deployment_over_before_alarm,
    deployment_without_alarms,
    hook_cannot_be_called,
    hook_cannot_report,
    poll_failures_ignored,
    rollback_alarm_elsewhere,
    rollback_alarm_on_backlog,
    rollback_alarm_without_traffic,
    scaling_stops_in_canary,
    too_many_deployment_alarms,
)
