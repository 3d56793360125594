"""Whether an alarm can ring at all, and rings for what it says."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.firing.additional_metrics_off import additional_metrics_off
from constructs_lib.review.rules.firing.age_above_retention import age_above_retention
from constructs_lib.review.rules.firing.alarm_beside_filter import alarm_beside_filter
from constructs_lib.review.rules.firing.alarm_without_filter_dimensions import alarm_without_filter_dimensions
from constructs_lib.review.rules.firing.alarm_without_metric import alarm_without_metric
from constructs_lib.review.rules.firing.alias_metric_dimensions import alias_metric_dimensions
from constructs_lib.review.rules.firing.alias_not_at_hand import alias_not_at_hand
from constructs_lib.review.rules.firing.band_and_threshold import band_and_threshold
from constructs_lib.review.rules.firing.band_not_found import band_not_found
from constructs_lib.review.rules.firing.band_with_scaling import band_with_scaling
from constructs_lib.review.rules.firing.comparison_invalid import comparison_invalid
from constructs_lib.review.rules.firing.composite_across_regions import composite_across_regions
from constructs_lib.review.rules.firing.composite_always_rings import composite_always_rings
from constructs_lib.review.rules.firing.composite_before_its_alarms import composite_before_its_alarms
from constructs_lib.review.rules.firing.composite_never_rings import composite_never_rings
from constructs_lib.review.rules.firing.composite_of_itself import composite_of_itself
from constructs_lib.review.rules.firing.composite_of_no_alarm import composite_of_no_alarm
from constructs_lib.review.rules.firing.composite_rule_not_read import composite_rule_not_read
from constructs_lib.review.rules.firing.concurrency_above_reserved import concurrency_above_reserved
from constructs_lib.review.rules.firing.dead_letter_errors_without_queue import (
    dead_letter_errors_without_queue,
)
from constructs_lib.review.rules.firing.dead_letters_by_flow import dead_letters_by_flow
from constructs_lib.review.rules.firing.dead_letters_by_sent import dead_letters_by_sent
from constructs_lib.review.rules.firing.dead_letters_of_nobody import dead_letters_of_nobody
from constructs_lib.review.rules.firing.destination_failures_without_destination import (
    destination_failures_without_destination,
)
from constructs_lib.review.rules.firing.detailed_metrics_off import detailed_metrics_off
from constructs_lib.review.rules.firing.dimension_not_documented import dimension_not_documented
from constructs_lib.review.rules.firing.dimension_value_wrong import dimension_value_wrong
from constructs_lib.review.rules.firing.dimensions_not_published import dimensions_not_published
from constructs_lib.review.rules.firing.division_without_data import division_without_data
from constructs_lib.review.rules.firing.duration_above_timeout import duration_above_timeout
from constructs_lib.review.rules.firing.evaluation_counts import evaluation_counts
from constructs_lib.review.rules.firing.expression_not_read import expression_not_read
from constructs_lib.review.rules.firing.expression_of_unknown_metric import expression_of_unknown_metric
from constructs_lib.review.rules.firing.filter_default_with_dimensions import filter_default_with_dimensions
from constructs_lib.review.rules.firing.filter_dimensions_without_fields import (
    filter_dimensions_without_fields,
)
from constructs_lib.review.rules.firing.filter_of_platform_text import filter_of_platform_text
from constructs_lib.review.rules.firing.group_metrics_off import group_metrics_off
from constructs_lib.review.rules.firing.iterator_age_without_stream import iterator_age_without_stream
from constructs_lib.review.rules.firing.low_sample_treatment_invalid import low_sample_treatment_invalid
from constructs_lib.review.rules.firing.mapping_metrics_off import mapping_metrics_off
from constructs_lib.review.rules.firing.metric_id_invalid import metric_id_invalid
from constructs_lib.review.rules.firing.metric_in_another_region import metric_in_another_region
from constructs_lib.review.rules.firing.metric_misspelt import metric_misspelt
from constructs_lib.review.rules.firing.metric_not_documented import metric_not_documented
from constructs_lib.review.rules.firing.metric_or_expression import metric_or_expression
from constructs_lib.review.rules.firing.metric_stat_incomplete import metric_stat_incomplete
from constructs_lib.review.rules.firing.metrics_and_metric import metrics_and_metric
from constructs_lib.review.rules.firing.missing_data_invalid import missing_data_invalid
from constructs_lib.review.rules.firing.missing_data_of_table import missing_data_of_table
from constructs_lib.review.rules.firing.namespace_misspelt import namespace_misspelt
from constructs_lib.review.rules.firing.period_below_a_minute import period_below_a_minute
from constructs_lib.review.rules.firing.period_invalid import period_invalid
from constructs_lib.review.rules.firing.period_missing import period_missing
from constructs_lib.review.rules.firing.periods_differ import periods_differ
from constructs_lib.review.rules.firing.provisioned_metric_without_provision import (
    provisioned_metric_without_provision,
)
from constructs_lib.review.rules.firing.query_window_too_long import query_window_too_long
from constructs_lib.review.rules.firing.quiet_metric_breaching import quiet_metric_breaching
from constructs_lib.review.rules.firing.rate_of_few import rate_of_few
from constructs_lib.review.rules.firing.request_metrics_off import request_metrics_off
from constructs_lib.review.rules.firing.returned_metrics import returned_metrics
from constructs_lib.review.rules.firing.search_in_alarm import search_in_alarm
from constructs_lib.review.rules.firing.seconds_for_milliseconds import seconds_for_milliseconds
from constructs_lib.review.rules.firing.shard_metrics_off import shard_metrics_off
from constructs_lib.review.rules.firing.share_for_percent import share_for_percent
from constructs_lib.review.rules.firing.silence_not_noticed import silence_not_noticed
from constructs_lib.review.rules.firing.statistic_invalid import statistic_invalid
from constructs_lib.review.rules.firing.statistic_not_one import statistic_not_one
from constructs_lib.review.rules.firing.statistic_of_level import statistic_of_level
from constructs_lib.review.rules.firing.suppressor_incomplete import suppressor_incomplete
from constructs_lib.review.rules.firing.threshold_always_reached import threshold_always_reached
from constructs_lib.review.rules.firing.threshold_missing import threshold_missing
from constructs_lib.review.rules.firing.threshold_never_reached import threshold_never_reached
from constructs_lib.review.rules.firing.unit_not_published import unit_not_published
from constructs_lib.review.rules.firing.window_shorter_than_interval import window_shorter_than_interval
from constructs_lib.review.rules.firing.window_too_long import window_too_long

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    additional_metrics_off,
    age_above_retention,
    alarm_beside_filter,
    alarm_without_filter_dimensions,
    alarm_without_metric,
    alias_metric_dimensions,
    alias_not_at_hand,
    band_and_threshold,
    band_not_found,
    band_with_scaling,
    comparison_invalid,
    composite_across_regions,
    composite_always_rings,
    composite_before_its_alarms,
    composite_never_rings,
    composite_of_itself,
    composite_of_no_alarm,
    composite_rule_not_read,
    concurrency_above_reserved,
    dead_letter_errors_without_queue,
    dead_letters_by_flow,
    dead_letters_by_sent,
    dead_letters_of_nobody,
    destination_failures_without_destination,
    detailed_metrics_off,
    dimension_not_documented,
    dimension_value_wrong,
    dimensions_not_published,
    division_without_data,
    duration_above_timeout,
    evaluation_counts,
    expression_not_read,
    expression_of_unknown_metric,
    filter_default_with_dimensions,
    filter_dimensions_without_fields,
    filter_of_platform_text,
    group_metrics_off,
    iterator_age_without_stream,
    low_sample_treatment_invalid,
    mapping_metrics_off,
    metric_id_invalid,
    metric_in_another_region,
    metric_misspelt,
    metric_not_documented,
    metric_or_expression,
    metric_stat_incomplete,
    metrics_and_metric,
    missing_data_invalid,
    missing_data_of_table,
    namespace_misspelt,
    period_below_a_minute,
    period_invalid,
    period_missing,
    periods_differ,
    provisioned_metric_without_provision,
    query_window_too_long,
    quiet_metric_breaching,
    rate_of_few,
    request_metrics_off,
    returned_metrics,
    search_in_alarm,
    seconds_for_milliseconds,
    shard_metrics_off,
    share_for_percent,
    silence_not_noticed,
    statistic_invalid,
    statistic_not_one,
    statistic_of_level,
    suppressor_incomplete,
    threshold_always_reached,
    threshold_missing,
    threshold_never_reached,
    unit_not_published,
    window_shorter_than_interval,
    window_too_long,
)
