"""Queues and streams: what is delivered twice, too late or never."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.queues.dead_letter_queue_elsewhere import dead_letter_queue_elsewhere
from constructs_lib.review.rules.queues.dead_letter_queue_kind import dead_letter_queue_kind
from constructs_lib.review.rules.queues.dead_letter_queue_of_itself import dead_letter_queue_of_itself
from constructs_lib.review.rules.queues.dead_letter_queue_refuses import dead_letter_queue_refuses
from constructs_lib.review.rules.queues.dead_letters_after_few_receives import dead_letters_after_few_receives
from constructs_lib.review.rules.queues.dead_letters_kept_briefly import dead_letters_kept_briefly
from constructs_lib.review.rules.queues.dead_letters_kept_no_longer import dead_letters_kept_no_longer
from constructs_lib.review.rules.queues.dead_letters_read_by_their_function import (
    dead_letters_read_by_their_function,
)
from constructs_lib.review.rules.queues.event_filter_deletes import event_filter_deletes
from constructs_lib.review.rules.queues.event_filter_invalid import event_filter_invalid
from constructs_lib.review.rules.queues.event_source_batch import event_source_batch
from constructs_lib.review.rules.queues.event_source_disabled import event_source_disabled
from constructs_lib.review.rules.queues.event_source_out_of_range import event_source_out_of_range
from constructs_lib.review.rules.queues.event_source_setting_unused import event_source_setting_unused
from constructs_lib.review.rules.queues.event_source_starting_position import event_source_starting_position
from constructs_lib.review.rules.queues.event_source_starts_late import event_source_starts_late
from constructs_lib.review.rules.queues.event_source_whole_batches import event_source_whole_batches
from constructs_lib.review.rules.queues.event_source_without_topic import event_source_without_topic
from constructs_lib.review.rules.queues.pipe_without_dead_letters import pipe_without_dead_letters
from constructs_lib.review.rules.queues.queue_consumer_throttled import queue_consumer_throttled
from constructs_lib.review.rules.queues.queue_encrypted_twice import queue_encrypted_twice
from constructs_lib.review.rules.queues.queue_fifo_name import queue_fifo_name
from constructs_lib.review.rules.queues.queue_fifo_setting import queue_fifo_setting
from constructs_lib.review.rules.queues.queue_named_by_url import queue_named_by_url
from constructs_lib.review.rules.queues.queue_read_by_several import queue_read_by_several
from constructs_lib.review.rules.queues.queue_setting_out_of_range import queue_setting_out_of_range
from constructs_lib.review.rules.queues.queue_visibility_below_timeout import queue_visibility_below_timeout
from constructs_lib.review.rules.queues.queue_visibility_short import queue_visibility_short
from constructs_lib.review.rules.queues.queue_without_dead_letters import queue_without_dead_letters
from constructs_lib.review.rules.queues.redrive_allow_policy_invalid import redrive_allow_policy_invalid
from constructs_lib.review.rules.queues.redrive_policy_without_target import redrive_policy_without_target
from constructs_lib.review.rules.queues.stream_destination_kind import stream_destination_kind
from constructs_lib.review.rules.queues.stream_not_enabled import stream_not_enabled
from constructs_lib.review.rules.queues.stream_read_by_many import stream_read_by_many
from constructs_lib.review.rules.queues.stream_retention import stream_retention
from constructs_lib.review.rules.queues.stream_retries_without_end import stream_retries_without_end
from constructs_lib.review.rules.queues.stream_whole_batches import stream_whole_batches
from constructs_lib.review.rules.queues.stream_without_destination import stream_without_destination

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    dead_letter_queue_elsewhere,
    dead_letter_queue_kind,
    dead_letter_queue_of_itself,
    dead_letter_queue_refuses,
    dead_letters_after_few_receives,
    dead_letters_kept_briefly,
    dead_letters_kept_no_longer,
    dead_letters_read_by_their_function,
    event_filter_deletes,
    event_filter_invalid,
    event_source_batch,
    event_source_disabled,
    event_source_out_of_range,
    event_source_setting_unused,
    event_source_starting_position,
    event_source_starts_late,
    event_source_whole_batches,
    event_source_without_topic,
    pipe_without_dead_letters,
    queue_consumer_throttled,
    queue_encrypted_twice,
    queue_fifo_name,
    queue_fifo_setting,
    queue_named_by_url,
    queue_read_by_several,
    queue_setting_out_of_range,
    queue_visibility_below_timeout,
    queue_visibility_short,
    queue_without_dead_letters,
    redrive_allow_policy_invalid,
    redrive_policy_without_target,
    stream_destination_kind,
    stream_not_enabled,
    stream_read_by_many,
    stream_retention,
    stream_retries_without_end,
    stream_whole_batches,
    stream_without_destination,
)
