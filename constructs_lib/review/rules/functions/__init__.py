"""Functions: what they lose, what holds them up, what ends their support."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.functions.alias_needs_version import alias_needs_version
from constructs_lib.review.rules.functions.alias_of_latest import alias_of_latest
from constructs_lib.review.rules.functions.alias_twice import alias_twice
from constructs_lib.review.rules.functions.alias_weights_invalid import alias_weights_invalid
from constructs_lib.review.rules.functions.async_failures_lost import async_failures_lost
from constructs_lib.review.rules.functions.async_settings_elsewhere import async_settings_elsewhere
from constructs_lib.review.rules.functions.async_settings_empty import async_settings_empty
from constructs_lib.review.rules.functions.async_settings_out_of_range import async_settings_out_of_range
from constructs_lib.review.rules.functions.async_settings_twice import async_settings_twice
from constructs_lib.review.rules.functions.async_target_unsupported import async_target_unsupported
from constructs_lib.review.rules.functions.caller_gives_up_first import caller_gives_up_first
from constructs_lib.review.rules.functions.dead_letters_of_polled import dead_letters_of_polled
from constructs_lib.review.rules.functions.edge_function_refused import edge_function_refused
from constructs_lib.review.rules.functions.failures_kept_twice import failures_kept_twice
from constructs_lib.review.rules.functions.failures_return import failures_return
from constructs_lib.review.rules.functions.file_system_without_vpc import file_system_without_vpc
from constructs_lib.review.rules.functions.function_on_defaults import function_on_defaults
from constructs_lib.review.rules.functions.in_one_zone import in_one_zone
from constructs_lib.review.rules.functions.log_group_left_to_lambda import log_group_left_to_lambda
from constructs_lib.review.rules.functions.log_retention_deprecated import log_retention_deprecated
from constructs_lib.review.rules.functions.logs_as_text import logs_as_text
from constructs_lib.review.rules.functions.logs_kept_forever import logs_kept_forever
from constructs_lib.review.rules.functions.not_on_arm import not_on_arm
from constructs_lib.review.rules.functions.package_incomplete import package_incomplete
from constructs_lib.review.rules.functions.permission_for_another_qualifier import (
    permission_for_another_qualifier,
)
from constructs_lib.review.rules.functions.provisioned_above_reserved import provisioned_above_reserved
from constructs_lib.review.rules.functions.provisioned_and_not_called import provisioned_and_not_called
from constructs_lib.review.rules.functions.provisioned_takes_all import provisioned_takes_all
from constructs_lib.review.rules.functions.reserved_concurrency_zero import reserved_concurrency_zero
from constructs_lib.review.rules.functions.runtime_blocked import runtime_blocked
from constructs_lib.review.rules.functions.runtime_deprecated import runtime_deprecated
from constructs_lib.review.rules.functions.runtime_ends_soon import runtime_ends_soon
from constructs_lib.review.rules.functions.runtime_unknown import runtime_unknown
from constructs_lib.review.rules.functions.scaling_above_reserved import scaling_above_reserved
from constructs_lib.review.rules.functions.scaling_bounds_crossed import scaling_bounds_crossed
from constructs_lib.review.rules.functions.scaling_by_steps import scaling_by_steps
from constructs_lib.review.rules.functions.scaling_frozen_by_weights import scaling_frozen_by_weights
from constructs_lib.review.rules.functions.scaling_in_utc import scaling_in_utc
from constructs_lib.review.rules.functions.scaling_out_of_reach import scaling_out_of_reach
from constructs_lib.review.rules.functions.scaling_target_by_name import scaling_target_by_name
from constructs_lib.review.rules.functions.scaling_target_malformed import scaling_target_malformed
from constructs_lib.review.rules.functions.scaling_to_zero import scaling_to_zero
from constructs_lib.review.rules.functions.scaling_without_policy import scaling_without_policy
from constructs_lib.review.rules.functions.setting_out_of_range import setting_out_of_range
from constructs_lib.review.rules.functions.snap_start_refused import snap_start_refused
from constructs_lib.review.rules.functions.snap_start_unused import snap_start_unused
from constructs_lib.review.rules.functions.too_many_layers import too_many_layers
from constructs_lib.review.rules.functions.tracing_off import tracing_off
from constructs_lib.review.rules.functions.version_published_once import version_published_once

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    alias_needs_version,
    alias_of_latest,
    alias_twice,
    alias_weights_invalid,
    async_failures_lost,
    async_settings_elsewhere,
    async_settings_empty,
    async_settings_out_of_range,
    async_settings_twice,
    async_target_unsupported,
    caller_gives_up_first,
    dead_letters_of_polled,
    edge_function_refused,
    failures_kept_twice,
    failures_return,
    file_system_without_vpc,
    function_on_defaults,
    in_one_zone,
    log_group_left_to_lambda,
    log_retention_deprecated,
    logs_as_text,
    logs_kept_forever,
    not_on_arm,
    package_incomplete,
    permission_for_another_qualifier,
    provisioned_above_reserved,
    provisioned_and_not_called,
    provisioned_takes_all,
    reserved_concurrency_zero,
    runtime_blocked,
    runtime_deprecated,
    runtime_ends_soon,
    runtime_unknown,
    scaling_above_reserved,
    scaling_bounds_crossed,
    scaling_by_steps,
    scaling_frozen_by_weights,
    scaling_in_utc,
    scaling_out_of_reach,
    scaling_target_by_name,
    scaling_target_malformed,
    scaling_to_zero,
    scaling_without_policy,
    setting_out_of_range,
    snap_start_refused,
    snap_start_unused,
    too_many_layers,
    tracing_off,
    version_published_once,
)
