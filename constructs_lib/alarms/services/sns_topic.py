"""The alarms of an SNS topic."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, actions_of
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.services.sns_topic_rows import TOPIC_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.definition import AlarmDefinition
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check

__all__ = ["TOPIC_ALARMS", "TopicAlarmSettings", "TopicAlarms", "TopicSubject", "topic_subject"]


@dataclass(frozen=True, kw_only=True)
class TopicSubject:
    """What alarms need to know about the topic that they watch.

    Attributes:
        topic_name: the name, usually a token.
        has_dead_letters: whether a subscription has a dead-letter queue.
        has_filters: whether a subscription filters.
    """

    topic_name: str
    has_dead_letters: bool = False
    has_filters: bool = False


def topic_subject(
    topic: sns.ITopic, *, has_dead_letters: bool = False, has_filters: bool = False
) -> TopicSubject:
    """The subject for any topic, imported ones included.

    Args:
        topic: the topic.
        has_dead_letters: whether a subscription has a dead-letter queue; the topic itself does not tell.
        has_filters: whether a subscription filters; likewise.
    """
    return TopicSubject(
        topic_name=topic.topic_name, has_dead_letters=has_dead_letters, has_filters=has_filters
    )


@dataclass(frozen=True, kw_only=True)
class TopicAlarmSettings(AlarmSetSettings):
    """The alarms of one topic. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `TOPIC_ALARMS`.
    """

    failed_notifications: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letters: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_failures: AlarmSettings | ByProfile | None = BY_PROFILE
    invalid_attributes: AlarmSettings | ByProfile | None = BY_PROFILE
    invalid_bodies: AlarmSettings | ByProfile | None = BY_PROFILE


class TopicAlarms(AlarmSet):
    """Alarms on one topic; only composites notify, so that one fault pages once.

    Give a route that does not lead through the topic itself: what cannot deliver cannot tell of it either.
    """

    TABLE = TOPIC_ALARMS
    SUBJECT = "topic"

    failed_notifications = AlarmAttribute()
    dead_letters = AlarmAttribute()
    dead_letter_failures = AlarmAttribute()
    invalid_attributes = AlarmAttribute()
    invalid_bodies = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        topic: sns.ITopic,
        has_dead_letters: bool = False,
        has_filters: bool = False,
        settings: TopicAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the topic has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            topic: the topic, made or imported.
            has_dead_letters: whether a subscription has a dead-letter queue, which the topic itself does not tell.
                Left out: there are no alarms on dead letters.
            has_filters: whether a subscription filters, likewise. Left out: there are no alarms on filters.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse; a route that leads
                through `topic` itself.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, TopicAlarmSettings, None)
        check.require(
            hasattr(topic, "topic_arn"),
            f"topic is {topic!r}.",
            remedy="Give an aws_cdk.aws_sns.Topic, made or imported.",
        )
        check_place(check, scope, "topic", topic)
        check.instance("has_dead_letters", has_dead_letters, bool)
        check.instance("has_filters", has_filters, bool)
        subject = topic_subject(topic, has_dead_letters=has_dead_letters, has_filters=has_filters)
        rows = chosen_rows(check, TOPIC_ALARMS, subject, settings or TopicAlarmSettings(), route)
        if rows:
            _check_way(check, scope, topic, rows, route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)


def _check_way(
    check: Check, scope: Construct, topic: sns.ITopic, rows: Sequence[AlarmDefinition], route: Route | None
) -> None:
    """Fail where the only way to tell of the topic leads through the topic."""
    chosen = route_or_topic(scope, route)
    for severity in {row.severity for row in rows}:
        actions = actions_of(chosen, severity)
        arns = actions.topic_arns()["alarm"]
        check.require(
            set(arns) != {topic.topic_arn} or len(arns) < len(actions.alarm),
            "the route leads through the topic that is watched: when it cannot deliver, nobody is told.",
            remedy="Give a route of another kind, or to another topic, such as AlarmRoute(alarm=[SsmAction(...)]).",
        )
