"""What happens to the objects of a bucket as what a function is called with."""

from collections.abc import Sequence
from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services import RuleAlarmSettings
from constructs_lib.checks import Check
from constructs_lib.dead_letters.redrive.settings import RedriveSettings
from constructs_lib.dead_letters.sources.deliveries import MOST_ATTEMPTS
from constructs_lib.dead_letters.sources.rule_source import RULE_SOURCE_ALARMS, RuleSource
from constructs_lib.dead_letters.sources.s3_events import Filters, S3EventType, check_filters, pattern_of
from constructs_lib.dead_letters.sources.s3_notifications import send_events
from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["S3Source"]

_READ = ("s3:GetObject", "s3:GetObjectVersion")
_PREFIX = "The function may read the objects that its events are about: those of the bucket with this prefix."


class S3Source(RuleSource):
    """Calls a function with the events of a bucket, tries again, keeps what cannot be handed over, and tells.

    The bucket sends its events to EventBridge, where a rule catches those that are asked for; other rules and
    notifications of the bucket go on as they are. The function is let to read the objects.

    A function that writes to the same bucket with the same prefix calls itself for ever, and Lambda's detection of
    loops does not look through EventBridge: write elsewhere, or with a prefix or suffix that does not match.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html

    EventBridge hands an event to Lambda and does not wait: what the function then fails on goes to the function's own
    dead letters (`add_dead_letters`, which a `ResilientFunction` has). Where it has none, a warning says so.

    Attributes:
        bucket: the bucket.
        rule: the rule, on the default bus.
        bus: that bus.
        dead_letter_queue: what could not be handed to the function.
        archive: what can be replayed; None without `archive_retention`.
        alarms: those on the rule; None where they are switched off.
        dead_letter_depth: rings while something lies in the queue; likewise.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        bucket: s3.IBucket,
        prefix: str | None = None,
        suffix: str | None = None,
        event_types: Sequence[S3EventType] = (S3EventType.OBJECT_CREATED,),
        minimum_size: cdk.Size | None = None,
        maximum_size: cdk.Size | None = None,
        event: events.RuleTargetInput | None = None,
        retry_attempts: int = MOST_ATTEMPTS,
        max_event_age: cdk.Duration | None = None,
        archive_retention: cdk.Duration | None = None,
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - a frozen value
        alarms: RuleAlarmSettings | None = RULE_SOURCE_ALARMS,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Call `function` with the events of `bucket`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction`, its alias.
            bucket: a bucket of the stack's account and Region, made or imported. It is told to send its events to
                EventBridge.
            prefix: how keys begin. Left out: anyhow.
            suffix: how keys end. Left out: anyhow.
            event_types: what happened. Left out: an object was created.
            minimum_size: of the object, up to 5 GB. Left out: any.
            maximum_size: of the object, up to 5 GB. Left out: any.
            event: what the function gets; only with `redrive=None`, since dead letters have the whole event. Left
                out: that.
            retry_attempts: how often EventBridge tries again, 0 to 185.
            max_event_age: for how long it does, 1 minute to 24 hours. Left out: 24 hours.
            archive_retention: for how many days the events that match are kept to be replayed. Left out: there is no
                archive.
            redrive: how dead letters are given to the function again. None: nobody does.
            alarms: profile, thresholds, and what is switched off of the alarms on the rule. None: there are none, and
                none on the depth of the dead-letter queue.
            alarm_route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            encryption_key: the key of the dead-letter queue. Left out: the keys of SQS, which cost nothing.
            removal_policy: what becomes of the queue and the archive with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        remedy = "Give an aws_cdk.aws_s3.Bucket, made or imported."
        check.require(bucket is not None, "bucket is None.", remedy=remedy)
        check.offers("bucket", bucket, "bucket_arn", remedy=remedy)
        wanted: Filters = {
            "event_types": event_types,
            "prefix": prefix,
            "suffix": suffix,
            "minimum_size": minimum_size,
            "maximum_size": maximum_size,
        }
        check_filters(check, **wanted)
        super().__init__(
            scope,
            construct_id,
            function=function,
            event_pattern=pattern_of(bucket, **wanted),
            bus=None,
            event=event,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            archive_retention=archive_retention,
            redrive=redrive,
            alarms=alarms,
            alarm_route=alarm_route,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        with check.all_or_nothing():
            self.bucket = bucket
            self._prefix = prefix or ""
            send_events(self, bucket)
            if set(event_types) != {S3EventType.OBJECT_DELETED}:
                self._let_read(function)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read the objects with the prefix, and use the bucket's key; the function may already."""
        if self.bucket.encryption_key is not None:
            self.bucket.encryption_key.grant_decrypt(grantee)
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(_READ), resource_arns=[self._objects], scope=self
        )

    @cached_property
    def _objects(self) -> str:
        return self.bucket.arn_for_objects(f"{self._prefix}*")

    def _let_read(self, function: lambda_.IFunction) -> None:
        """Grant it in a policy of its own, so that what is known about its pattern covers nothing else."""
        if function.role is None:
            cdk.Annotations.of(self).add_warning_v2(
                "constructs-lib:source-ungranted",
                f"{function.node.path} is imported without its role, so the role was not granted to read the objects. "
                "Import it with role=, or grant it by hand.",
            )
            return
        if self.bucket.encryption_key is not None:
            self.bucket.encryption_key.grant_decrypt(function)
        policy = iam.Policy(
            self,
            "Read",
            statements=[iam.PolicyStatement(actions=list(_READ), resources=[self._objects])],
            roles=[function.role],
        )
        self.rule.node.add_dependency(policy)
        acknowledge_patterns(policy, [self._objects], _PREFIX)
