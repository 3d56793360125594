"""The alarms of a Step Functions state machine, one row each."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["STATE_MACHINE_ALARMS"]

_METRICS = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"
_QUOTAS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"

_row = partial(
    AlarmDefinition,
    namespace="AWS/States",
    dimensions={"StateMachineArn": "state_machine_arn"},
    statistic="Sum",
)
_counted = partial(_row, threshold=1, unit="executions", evaluation_periods=1, datapoints_to_alarm=1)
_ENDED = "(FILL(succeeded, 0) + FILL(failed, 0) + FILL(timed_out, 0))"
_LIST = "aws stepfunctions list-executions --state-machine-arn ARN --status-filter"

STATE_MACHINE_ALARMS: tuple[AlarmDefinition, ...] = (
    _counted(
        name="executions_failed",
        metric="ExecutionsFailed",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="Executions failed: work was begun and not done.",
        cause="a task that fails after its last retry, an error that no state catches, or missing permission.",
        query=f"{_LIST} FAILED; an express workflow tells it in its log group only.",
        source=_METRICS,
    ),
    _counted(
        name="executions_timed_out",
        metric="ExecutionsTimedOut",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="Executions ran into their timeout: work was begun and not done.",
        cause="a task that hangs, a callback that never came, or a timeout that is too short.",
        query=f"{_LIST} TIMED_OUT; an express workflow tells it in its log group only.",
        source=_METRICS,
    ),
    # The latest minute may be filled before its datapoint comes: not all of the periods.
    _row(
        name="failure_rate",
        metric="failure_rate",
        threshold=5,
        highest=100,
        unit="% of the executions that ended",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.CRITICAL,
        profile=Profile.STANDARD,
        expression=(
            f"IF({_ENDED} >= {{minimum_traffic}}, 100 * (FILL(failed, 0) + FILL(timed_out, 0)) / {_ENDED}, 0)"
        ),
        operands={
            "succeeded": "ExecutionsSucceeded",
            "failed": "ExecutionsFailed",
            "timed_out": "ExecutionsTimedOut",
        },
        minimum_traffic=20,
        means="A lasting share of the executions fails.",
        cause="a dependency that fails, or a new version of the state machine or of a task.",
        query=f"{_LIST} FAILED, and the state that most of them failed in.",
        source=_METRICS,
    ),
    _row(
        name="executions_throttled",
        metric="ExecutionThrottled",
        threshold=1,
        unit="state transitions and retries",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="State transitions are throttled, so executions wait.",
        cause="all standard workflows of the account together reached the quota of state transitions.",
        query="aws service-quotas list-service-quotas --service-code states.",
        source=_QUOTAS,
    ),
    _counted(
        name="executions_aborted",
        metric="ExecutionsAborted",
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="Executions were stopped from outside: work was begun and not done.",
        cause="a person, a program or a parent execution that stopped them.",
        query="aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopExecution.",
        source=_METRICS,
    ),
    _row(
        name="execution_time",
        metric="ExecutionTime",
        statistic="p99",
        threshold=0.8,
        unit="of the timeout",
        share_of="timeout_ms",
        share_unit="ms",
        # Many state machines run once in a while: several slow executions never end within minutes.
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="The slowest executions come close to the timeout, where they fail.",
        cause="a slow task, many retries, or more items than before.",
        query=f"{_LIST} SUCCEEDED, and the history of a long one: aws stepfunctions get-execution-history "
        "--execution-arn ARN.",
        source=_METRICS,
    ),
)
