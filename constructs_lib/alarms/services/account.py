"""The alarms of what all Lambda functions of an account share in a Region."""

from dataclasses import dataclass
from functools import partial
from typing import Self

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_fixed
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check

__all__ = ["ACCOUNT_ALARMS", "AccountAlarmSettings", "AccountAlarms", "AccountSubject"]

_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#Lambda"
)
_MILLIONS = 10_000_000

_row = partial(AlarmDefinition, namespace="AWS/Lambda", dimensions={})
_claimed = partial(
    _row,
    evaluation_periods=10,
    datapoints_to_alarm=10,
    severity=Severity.CRITICAL,
    profile=Profile.ESSENTIAL,
    means="The functions of this account use or reserve nearly all executions of the Region; soon all of those "
    "without reserved concurrency are throttled.",
    cause="more traffic, invocations that take longer, or concurrency that is reserved and not used.",
    query="aws lambda get-account-settings, then the metric ConcurrentExecutions by FunctionName: which one rose?",
)

ACCOUNT_ALARMS: tuple[AlarmDefinition, ...] = (
    _claimed(
        name="claimed_concurrency",
        metric="ClaimedAccountConcurrency",
        statistic="Maximum",
        threshold=0.9,
        unit="of the account's concurrency",
        share_of="concurrency_quota",
        share_unit="executions",
        source=_RECOMMENDED,
    ),
    _claimed(
        name="claimed_share",
        metric="claimed_share",
        statistic="Maximum",
        threshold=90,
        highest=100,
        unit="% of the account's concurrency",
        needs=("asks_for_quota",),
        # Without dimensions, ConcurrentExecutions is the metric that this quota belongs to.
        expression="100 * claimed / SERVICE_QUOTA(executions)",
        operands={"claimed": "ClaimedAccountConcurrency", "executions": "ConcurrentExecutions"},
        source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html#claimed-account-concurrency",
    ),
    _row(
        name="throttles",
        metric="Throttles",
        statistic="Sum",
        threshold=1,
        unit="throttled requests",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="Some function of this account is throttled, one without alarms of its own perhaps.",
        cause="a reserved concurrency that is too small, or an account that is at its limit.",
        query="the metric Throttles by FunctionName: which one is it?",
        source=_RECOMMENDED,
    ),
)


@dataclass(frozen=True, kw_only=True)
class AccountSubject:
    """What alarms need to know about the account that they watch.

    Attributes:
        concurrency_quota: how many executions the account may have at a time in this Region; None where CloudWatch
            asks Service Quotas.
    """

    concurrency_quota: float | None = None

    @property
    def asks_for_quota(self) -> bool:
        """Whether CloudWatch asks Service Quotas."""
        return self.concurrency_quota is None


@dataclass(frozen=True, kw_only=True)
class AccountAlarmSettings(AlarmSetSettings):
    """The alarms of one account. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `ACCOUNT_ALARMS`.
    """

    claimed_concurrency: AlarmSettings | ByProfile | None = BY_PROFILE
    claimed_share: AlarmSettings | ByProfile | None = BY_PROFILE
    throttles: AlarmSettings | ByProfile | None = BY_PROFILE


class AccountAlarms(AlarmSet):
    """Alarms on what the functions of the account share in the stack's Region; once a Region is enough.

    Without reserved concurrency a function has no limit of its own that its alarms could watch: it shares this one.
    """

    TABLE = ACCOUNT_ALARMS
    SUBJECT = "account"
    ID = "AccountAlarms"

    claimed_concurrency = AlarmAttribute()
    claimed_share = AlarmAttribute()
    throttles = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        concurrency_quota: int | None = None,
        settings: AccountAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms of the account.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            concurrency_quota: how many executions the account may have at a time in this Region. Left out,
                `claimed_share` asks Service Quotas for it, which follows every change; given, `claimed_concurrency`
                takes its place, at half the price.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, AccountAlarmSettings, None)
        check_fixed(check, concurrency_quota=concurrency_quota)
        check.within("concurrency_quota", concurrency_quota, 1, _MILLIONS, unit="executions")
        subject = AccountSubject(concurrency_quota=concurrency_quota)
        rows = chosen_rows(check, ACCOUNT_ALARMS, subject, settings or AccountAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)

    @classmethod
    def of(cls, scope: Construct, *, route: Route | None = None) -> Self:
        """The one of the stack that `scope` is in, made on first use, with defaults; then `route` is what it does.

        Raises:
            ConfigurationError: something else in the stack has its id.
        """
        stack = cdk.Stack.of(scope)
        known = stack.node.try_find_child(cls.ID)
        if known is None:
            return cls(stack, cls.ID, route=route)
        if not isinstance(known, cls):
            Check(stack, cls.ID).fail(
                "this id is taken by another construct, and the alarms of the account need it.",
                remedy="Give the other construct another id.",
            )
        return known
