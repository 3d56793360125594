"""Whether an alarm reaches a person: every link from its action to a subscription."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.delivery.alarm_action_elsewhere import alarm_action_elsewhere
from constructs_lib.review.rules.delivery.alarm_action_unsupported import alarm_action_unsupported
from constructs_lib.review.rules.delivery.alarm_actions_disabled import alarm_actions_disabled
from constructs_lib.review.rules.delivery.alarm_topic_fifo import alarm_topic_fifo
from constructs_lib.review.rules.delivery.alarm_without_action import alarm_without_action
from constructs_lib.review.rules.delivery.bucket_notifies_fifo import bucket_notifies_fifo
from constructs_lib.review.rules.delivery.log_metric_unwatched import log_metric_unwatched
from constructs_lib.review.rules.delivery.log_stream_without_role import log_stream_without_role
from constructs_lib.review.rules.delivery.mute_rule_without_alarm import mute_rule_without_alarm
from constructs_lib.review.rules.delivery.paged_twice import paged_twice
from constructs_lib.review.rules.delivery.queue_key_refuses_sender import queue_key_refuses_sender
from constructs_lib.review.rules.delivery.queue_refuses_sender import queue_refuses_sender
from constructs_lib.review.rules.delivery.subscription_drops_alarms import subscription_drops_alarms
from constructs_lib.review.rules.delivery.subscription_endpoint_mismatch import subscription_endpoint_mismatch
from constructs_lib.review.rules.delivery.subscription_fifo_mismatch import subscription_fifo_mismatch
from constructs_lib.review.rules.delivery.subscription_without_dead_letters import (
    subscription_without_dead_letters,
)
from constructs_lib.review.rules.delivery.too_many_alarm_actions import too_many_alarm_actions
from constructs_lib.review.rules.delivery.topic_key_refuses_publisher import topic_key_refuses_publisher
from constructs_lib.review.rules.delivery.topic_refuses_publisher import topic_refuses_publisher
from constructs_lib.review.rules.delivery.topic_without_subscription import topic_without_subscription

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    alarm_action_elsewhere,
    alarm_action_unsupported,
    alarm_actions_disabled,
    alarm_topic_fifo,
    alarm_without_action,
    bucket_notifies_fifo,
    log_metric_unwatched,
    log_stream_without_role,
    mute_rule_without_alarm,
    paged_twice,
    queue_key_refuses_sender,
    queue_refuses_sender,
    subscription_drops_alarms,
    subscription_endpoint_mismatch,
    subscription_fifo_mismatch,
    subscription_without_dead_letters,
    too_many_alarm_actions,
    topic_key_refuses_publisher,
    topic_refuses_publisher,
    topic_without_subscription,
)
