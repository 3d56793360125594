"""What AWS refuses because there is too much of it, or it is too long."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.limits.alarm_description_too_long import alarm_description_too_long
from constructs_lib.review.rules.limits.alarm_dimensions import alarm_dimensions
from constructs_lib.review.rules.limits.alarm_in_too_many_composites import alarm_in_too_many_composites
from constructs_lib.review.rules.limits.alarm_metrics import alarm_metrics
from constructs_lib.review.rules.limits.alarm_name_too_long import alarm_name_too_long
from constructs_lib.review.rules.limits.api_above_quota import api_above_quota
from constructs_lib.review.rules.limits.composite_of_too_many import composite_of_too_many
from constructs_lib.review.rules.limits.composite_of_too_many_elements import composite_of_too_many_elements
from constructs_lib.review.rules.limits.composite_rule_may_be_too_long import composite_rule_may_be_too_long
from constructs_lib.review.rules.limits.composite_rule_too_long import composite_rule_too_long
from constructs_lib.review.rules.limits.dashboard_widgets import dashboard_widgets
from constructs_lib.review.rules.limits.environment_too_large import environment_too_large
from constructs_lib.review.rules.limits.event_pattern_above_quota import event_pattern_above_quota
from constructs_lib.review.rules.limits.export_twice import export_twice
from constructs_lib.review.rules.limits.expression_too_long import expression_too_long
from constructs_lib.review.rules.limits.inline_policies_too_long import inline_policies_too_long
from constructs_lib.review.rules.limits.logical_id_invalid import logical_id_invalid
from constructs_lib.review.rules.limits.managed_policies_above_quota import managed_policies_above_quota
from constructs_lib.review.rules.limits.metric_filter_dimensions import metric_filter_dimensions
from constructs_lib.review.rules.limits.metric_filter_transformations import metric_filter_transformations
from constructs_lib.review.rules.limits.metric_filters_of_group import metric_filters_of_group
from constructs_lib.review.rules.limits.mute_rule_targets import mute_rule_targets
from constructs_lib.review.rules.limits.name_invalid import name_invalid
from constructs_lib.review.rules.limits.name_of_metric_too_long import name_of_metric_too_long
from constructs_lib.review.rules.limits.name_twice import name_twice
from constructs_lib.review.rules.limits.policy_too_long import policy_too_long
from constructs_lib.review.rules.limits.queue_policy_over_limit import queue_policy_over_limit
from constructs_lib.review.rules.limits.resources_near_limit import resources_near_limit
from constructs_lib.review.rules.limits.table_indexes import table_indexes
from constructs_lib.review.rules.limits.table_indexes_above_quota import table_indexes_above_quota
from constructs_lib.review.rules.limits.template_description import template_description
from constructs_lib.review.rules.limits.template_too_large import template_too_large
from constructs_lib.review.rules.limits.text_too_long import text_too_long
from constructs_lib.review.rules.limits.too_many_declarations import too_many_declarations
from constructs_lib.review.rules.limits.too_many_dynamic_references import too_many_dynamic_references
from constructs_lib.review.rules.limits.too_many_tags import too_many_tags
from constructs_lib.review.rules.limits.trust_policy_above_quota import trust_policy_above_quota

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    alarm_description_too_long,
    alarm_dimensions,
    alarm_in_too_many_composites,
    alarm_metrics,
    alarm_name_too_long,
    api_above_quota,
    composite_of_too_many,
    composite_of_too_many_elements,
    composite_rule_may_be_too_long,
    composite_rule_too_long,
    dashboard_widgets,
    environment_too_large,
    event_pattern_above_quota,
    export_twice,
    expression_too_long,
    inline_policies_too_long,
    logical_id_invalid,
    managed_policies_above_quota,
    metric_filter_dimensions,
    metric_filter_transformations,
    metric_filters_of_group,
    mute_rule_targets,
    name_invalid,
    name_of_metric_too_long,
    name_twice,
    policy_too_long,
    queue_policy_over_limit,
    resources_near_limit,
    table_indexes,
    table_indexes_above_quota,
    template_description,
    template_too_large,
    text_too_long,
    too_many_declarations,
    too_many_dynamic_references,
    too_many_tags,
    trust_policy_above_quota,
)
