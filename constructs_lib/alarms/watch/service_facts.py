"""What the alarms of each service beside Lambda need to know."""

from constructs_lib.alarms.services import (
    HttpApiSubject,
    QueueSubject,
    RestApiSubject,
    RuleSubject,
    ScheduleGroupSubject,
    StateMachineSubject,
    TableSubject,
    TopicSubject,
)
from constructs_lib.alarms.services.event_rule import bus_name, name_on_bus
from constructs_lib.alarms.services.sqs_queue import DEFAULT_MESSAGE_BYTES, DEFAULT_RETENTION_SECONDS
from constructs_lib.alarms.services.state_machine import EXPRESS_LIMIT_SECONDS
from constructs_lib.alarms.watch.facts import Facts, attribute, number
from constructs_lib.alarms.watch.relations import Relations
from constructs_lib.alarms.watch.tree import Resource
from constructs_lib.checks import is_token

__all__ = [
    "http_api_facts",
    "queue_facts",
    "rest_api_facts",
    "rule_facts",
    "schedule_group_facts",
    "state_machine_facts",
    "table_facts",
    "topic_facts",
]


def queue_facts(queue: Resource, relations: Relations) -> Facts:
    """What there is to watch about a queue; the dead-letter queue of another has a set of its own."""
    retention = number(queue.given.get("messageRetentionPeriod"), DEFAULT_RETENTION_SECONDS)
    name = attribute(queue, "QueueName")
    if queue.path in relations.dead_letter_queues:
        return Facts.of(QueueSubject(dead_letter_queue_name=name, dead_letter_retention_seconds=retention))
    return Facts.of(
        QueueSubject(
            queue_name=name,
            fifo=queue.given.get("fifoQueue") is True,
            retention_seconds=retention,
            maximum_message_bytes=number(queue.given.get("maximumMessageSize"), DEFAULT_MESSAGE_BYTES),
        )
    )


def table_facts(table: Resource, relations: Relations) -> Facts:
    """What there is to watch about a table and about each of its global secondary indexes, which it leaves out."""
    region = relations.tree.stacks[table.stack].region
    replicas = [str(each.get("region")) for each in table.values.get("replicas") or ()]
    name = table.construct.ref
    # CloudFormation's default is PROVISIONED.
    provisioned = table.given.get("billingMode") in {None, "PROVISIONED"}
    indexes = [each.get("indexName") for each in table.values.get("globalSecondaryIndexes") or ()]
    # Under strong consistency no replication latency is published.
    alone = is_token(region) or table.given.get("multiRegionConsistency") == "STRONG"
    others = () if alone else tuple(each for each in replicas if each != region)
    whole = TableSubject(table_name=name, provisioned=provisioned, receiving_regions=others)
    return Facts(
        subjects={
            "": whole,
            **{
                str(index): TableSubject(table_name=name, index_name=index, provisioned=provisioned)
                for index in indexes
                if isinstance(index, str)
            },
        }
    )


def http_api_facts(api: Resource, relations: Relations) -> Facts:
    """What there is to watch about an HTTP API: all of its stages together."""
    del relations
    if api.given.get("protocolType") == "WEBSOCKET":
        return Facts.none("is a WebSocket API")
    return Facts.of(HttpApiSubject(api_id=api.construct.ref))


def rest_api_facts(api: Resource, relations: Relations) -> Facts:
    """What there is to watch about a REST API: all of its stages together, under its name."""
    del relations
    name = api.given.get("name")
    if any(api.given.get(each) is not None for each in ("body", "bodyS3Location")):
        return Facts.none(
            "is made of a definition, which may give it another name: use RestApiAlarms with api_name"
        )
    if not isinstance(name, str):
        return Facts.none("has no name, under which REST APIs publish")
    return Facts.of(RestApiSubject(api_name=name, api_id=api.construct.ref))


def state_machine_facts(machine: Resource, relations: Relations) -> Facts:
    """What there is to watch about a state machine."""
    del relations
    express = machine.given.get("stateMachineType") == "EXPRESS"
    return Facts.of(
        StateMachineSubject(
            state_machine_arn=machine.construct.ref,
            timeout_ms=EXPRESS_LIMIT_SECONDS * 1000 if express else None,
        )
    )


def rule_facts(rule: Resource, relations: Relations) -> Facts:
    """What there is to watch about a rule."""
    bus = _bus_name(rule, relations)
    targets = rule.values.get("targets") or ()
    name = rule.construct.ref
    if bus is not None:  # then Ref is no plain name
        name = name_on_bus(bus, attribute(rule, "Arn"))
    return Facts.of(
        RuleSubject(
            rule_name=name,
            event_bus_name=bus,
            has_dead_letters=any("deadLetterConfig" in each for each in targets),
        )
    )


def _bus_name(rule: Resource, relations: Relations) -> str | None:
    """The name of the rule's bus, which may be given by name or by ARN; None for the default one."""
    value = rule.values.get("eventBusName")
    bus = relations.target(value, "AWS::Events::EventBus", near=rule)
    if bus is not None and bus.stack == rule.stack:
        return bus.construct.ref
    given = rule.given.get("eventBusName")
    return bus_name(given) if isinstance(given, str) else None


def topic_facts(topic: Resource, relations: Relations) -> Facts:
    """What there is to watch about a topic."""
    subscriptions = [
        each
        for each in relations.tree.of_type("AWS::SNS::Subscription")
        if relations.target(each.values.get("topicArn"), topic.type, near=each) is topic
    ]
    return Facts.of(
        TopicSubject(
            topic_name=attribute(topic, "TopicName"),
            has_dead_letters=any("redrivePolicy" in each.values for each in subscriptions),
            has_filters=any(each.given.get("filterPolicy") is not None for each in subscriptions),
        )
    )


def schedule_group_facts(group: Resource, relations: Relations) -> Facts:
    """What there is to watch about a group of schedules."""
    members = [
        each
        for each in relations.tree.of_type("AWS::Scheduler::Schedule")
        if relations.target(each.values.get("groupName"), group.type, near=each) is group
    ]
    return Facts.of(
        ScheduleGroupSubject(
            schedule_group_name=group.construct.ref,
            has_dead_letters=any("deadLetterConfig" in (each.values.get("target") or {}) for each in members),
        )
    )
