"""Queues, tables and schedules that do not keep what they should."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduled
from aws_cdk import aws_sqs as sqs

from tests.review.traps.trap import trap

_KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)


def _function(stack: cdk.Stack, *, seconds: int = 30) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        timeout=cdk.Duration.seconds(seconds),
    )


@trap(rule="queue-visibility-below-timeout", at="Queue")
def visibility_below_the_timeout(stack: cdk.Stack, *, broken: bool) -> None:
    """A queue hides a message for a shorter time than its function may run."""
    visibility = cdk.Duration.seconds(30 if broken else 360)
    queue = sqs.Queue(stack, "Queue", visibility_timeout=visibility)
    _function(stack, seconds=60).add_event_source(sources.SqsEventSource(queue))


@trap(rule="dead-letter-queue-refuses", at="Dead")
def dead_letters_that_are_refused(stack: cdk.Stack, *, broken: bool) -> None:
    """A queue of dead letters denies every source."""
    permission = sqs.RedrivePermission.DENY_ALL if broken else sqs.RedrivePermission.ALLOW_ALL
    dead = sqs.Queue(
        stack,
        "Dead",
        retention_period=cdk.Duration.days(14),
        redrive_allow_policy=sqs.RedriveAllowPolicy(redrive_permission=permission),
    )
    sqs.Queue(stack, "Queue", dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5))


@trap(rule="dead-letter-queue-kind", at="Queue")
def fifo_with_standard_dead_letters(stack: cdk.Stack, *, broken: bool) -> None:
    """A FIFO queue leaves its dead letters in a standard queue."""
    dead = sqs.Queue(stack, "Dead", fifo=None if broken else True, retention_period=cdk.Duration.days(14))
    sqs.Queue(
        stack,
        "Queue",
        fifo=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5),
    )


@trap(rule="target-dead-letters-fifo", at="Schedule")
def dead_letters_of_a_schedule_to_fifo(stack: cdk.Stack, *, broken: bool) -> None:
    """A schedule leaves its dead letters in a FIFO queue."""
    dead = sqs.Queue(stack, "Dead", fifo=True if broken else None)
    scheduler.Schedule(
        stack,
        "Schedule",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
        target=scheduled.LambdaInvoke(_function(stack), dead_letter_queue=dead),
    )


@trap(rule="role-cannot-reach-target", at="Schedule")
def role_of_a_schedule_that_may_nothing(stack: cdk.Stack, *, broken: bool) -> None:
    """A schedule calls its function as a role that may not."""
    function = _function(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
    if not broken:
        function.grant_invoke(role)
    scheduler.CfnSchedule(
        stack,
        "Schedule",
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        schedule_expression="rate(1 hour)",
        target=scheduler.CfnSchedule.TargetProperty(arn=function.function_arn, role_arn=role.role_arn),
    )


@trap(rule="event-pattern-field", at="Rule")
def pattern_with_a_misspelt_field(stack: cdk.Stack, *, broken: bool) -> None:
    """A rule's pattern has details; events have detail."""
    rule = events.Rule(
        stack,
        "Rule",
        event_pattern=events.EventPattern(source=["shop.orders"]),
        targets=[targets.LambdaFunction(_function(stack))],
    )
    resource = rule.node.default_child
    assert isinstance(resource, events.CfnRule)
    field = "details" if broken else "detail"
    resource.add_property_override(f"EventPattern.{field}", {"state": ["placed"]})


@trap(rule="export-without-recovery", at="Schedule")
def export_without_point_in_time_recovery(stack: cdk.Stack, *, broken: bool) -> None:
    """A schedule exports a table that has no point-in-time recovery."""
    table = dynamodb.TableV2(
        stack,
        "Table",
        partition_key=_KEY,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=not broken
        ),
    )
    scheduler.Schedule(
        stack,
        "Schedule",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        target=scheduled.Universal(
            service="dynamodb",
            action="exportTableToPointInTime",
            input=scheduler.ScheduleTargetInput.from_object(
                {"TableArn": table.table_arn, "S3Bucket": "exports"}
            ),
            policy_statements=[
                iam.PolicyStatement(
                    actions=["dynamodb:ExportTableToPointInTime"], resources=[table.table_arn]
                )
            ],
        ),
    )


@trap(rule="replica-less-protected", at="Table")
def replica_without_recovery(stack: cdk.Stack, *, broken: bool) -> None:
    """A replica of a table has no point-in-time recovery, and the table has."""
    on = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    off = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=False)
    dynamodb.TableV2(
        stack,
        "Table",
        partition_key=_KEY,
        point_in_time_recovery_specification=on,
        replicas=[
            dynamodb.ReplicaTableProps(
                region="eu-central-1", point_in_time_recovery_specification=off if broken else on
            )
        ],
    )


@trap(rule="backup-start-window-short", at="Plan")
def window_in_which_no_backup_starts(stack: cdk.Stack, *, broken: bool) -> None:
    """A backup has less than an hour to start, which AWS Backup refuses."""
    plan = backup.BackupPlan(stack, "Plan")
    plan.add_rule(
        backup.BackupPlanRule(
            schedule_expression=events.Schedule.cron(hour="5", minute="0"),
            start_window=cdk.Duration.minutes(30 if broken else 60),
            completion_window=cdk.Duration.hours(3),
            delete_after=cdk.Duration.days(35),
        )
    )
