"""Schedules and rules: what happens when a target does not take the call."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.schedules.bucket_events_off import bucket_events_off
from constructs_lib.review.rules.schedules.event_pattern_aws_on_custom_bus import (
    event_pattern_aws_on_custom_bus,
)
from constructs_lib.review.rules.schedules.event_pattern_field import event_pattern_field
from constructs_lib.review.rules.schedules.event_pattern_invalid import event_pattern_invalid
from constructs_lib.review.rules.schedules.rule_target_ids import rule_target_ids
from constructs_lib.review.rules.schedules.rule_with_many_targets import rule_with_many_targets
from constructs_lib.review.rules.schedules.rule_without_targets import rule_without_targets
from constructs_lib.review.rules.schedules.rule_without_trigger import rule_without_trigger
from constructs_lib.review.rules.schedules.schedule_disabled import schedule_disabled
from constructs_lib.review.rules.schedules.schedule_expression_invalid import schedule_expression_invalid
from constructs_lib.review.rules.schedules.schedule_may_do_everything import schedule_may_do_everything
from constructs_lib.review.rules.schedules.schedule_may_not_leave_dead_letters import (
    schedule_may_not_leave_dead_letters,
)
from constructs_lib.review.rules.schedules.schedule_on_custom_bus import schedule_on_custom_bus
from constructs_lib.review.rules.schedules.schedule_over import schedule_over
from constructs_lib.review.rules.schedules.schedule_overlaps import schedule_overlaps
from constructs_lib.review.rules.schedules.schedule_time_zone import schedule_time_zone
from constructs_lib.review.rules.schedules.schedule_window import schedule_window
from constructs_lib.review.rules.schedules.schedule_without_role import schedule_without_role
from constructs_lib.review.rules.schedules.state_machine_express_unlogged import (
    state_machine_express_unlogged,
)
from constructs_lib.review.rules.schedules.state_machine_express_unsupported import (
    state_machine_express_unsupported,
)
from constructs_lib.review.rules.schedules.state_machine_invalid import state_machine_invalid
from constructs_lib.review.rules.schedules.state_machine_untraced import state_machine_untraced
from constructs_lib.review.rules.schedules.state_machine_waits_for_ever import state_machine_waits_for_ever
from constructs_lib.review.rules.schedules.state_machine_without_retry import state_machine_without_retry
from constructs_lib.review.rules.schedules.target_dead_letters_elsewhere import target_dead_letters_elsewhere
from constructs_lib.review.rules.schedules.target_dead_letters_fifo import target_dead_letters_fifo
from constructs_lib.review.rules.schedules.target_fifo_incomplete import target_fifo_incomplete
from constructs_lib.review.rules.schedules.target_input_twice import target_input_twice
from constructs_lib.review.rules.schedules.target_never_retried import target_never_retried
from constructs_lib.review.rules.schedules.target_retries import target_retries
from constructs_lib.review.rules.schedules.target_without_dead_letters import target_without_dead_letters
from constructs_lib.review.rules.schedules.target_without_role import target_without_role

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    bucket_events_off,
    event_pattern_aws_on_custom_bus,
    event_pattern_field,
    event_pattern_invalid,
    rule_target_ids,
    rule_with_many_targets,
    rule_without_targets,
    rule_without_trigger,
    schedule_disabled,
    schedule_expression_invalid,
    schedule_may_do_everything,
    schedule_may_not_leave_dead_letters,
    schedule_on_custom_bus,
    schedule_over,
    schedule_overlaps,
    schedule_time_zone,
    schedule_window,
    schedule_without_role,
    state_machine_express_unlogged,
    state_machine_express_unsupported,
    state_machine_invalid,
    state_machine_untraced,
    state_machine_waits_for_ever,
    state_machine_without_retry,
    target_dead_letters_elsewhere,
    target_dead_letters_fifo,
    target_fifo_incomplete,
    target_input_twice,
    target_never_retried,
    target_retries,
    target_without_dead_letters,
    target_without_role,
)
