"""The rules of composite alarms, over alarms in every state."""

from collections.abc import Iterator

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.alarming import is_in

STATES = {"rings": "ALARM", "rings too": "ALARM", "is-well": "OK", "knows.nothing": "INSUFFICIENT_DATA"}
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:rings"
TRUE = [
    "ALARM(rings)",
    'ALARM("rings too")',
    f"ALARM({ARN})",
    f'ALARM("{ARN}")',
    "OK(is-well)",
    "INSUFFICIENT_DATA(knows.nothing)",
    "NOT ALARM(is-well)",
    "NOT OK(knows.nothing)",
    'ALARM(rings) AND ALARM("rings too")',
    "ALARM(is-well) OR ALARM(rings)",
    "ALARM(rings) OR ALARM(is-well) AND FALSE",
    "NOT (ALARM(is-well) OR (ALARM(knows.nothing) AND TRUE))",
    'AT_LEAST(2, ALARM, (rings, "rings too", is-well))',
    'AT_LEAST(50%, ALARM, (rings, "rings too", is-well, knows.nothing))',
    "AT_LEAST(1, NOT ALARM, (rings, is-well))",
    "((((TRUE))))",
]
FALSE = [
    "FALSE",
    "ALARM(is-well)",
    "NOT ALARM(rings)",
    "(ALARM(rings) OR ALARM(is-well)) AND FALSE",
    'AT_LEAST(3, ALARM, (rings, "rings too", is-well))',
    "AT_LEAST(51%, ALARM, (rings, is-well))",
    "AT_LEAST(1, NOT ALARM, (rings))",
]


@pytest.fixture(scope="module", autouse=True)
def children(cloud: LocalCloud) -> Iterator[None]:
    """Alarms on metrics that nobody publishes: they stay in the state that is set."""
    client = cloud.client("cloudwatch")
    for name, state in STATES.items():
        client.put_metric_alarm(
            AlarmName=name,
            Namespace="Test",
            MetricName=f"Nobody publishes {name}",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
        client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test")
        eventually(is_in(cloud, name, state), name)
    yield
    names = client.describe_alarms(AlarmTypes=["CompositeAlarm"], AlarmNamePrefix="rule-")["CompositeAlarms"]
    for composite in names:
        client.delete_alarms(AlarmNames=[composite["AlarmName"]])
    client.delete_alarms(AlarmNames=list(STATES))


@pytest.mark.parametrize(
    ("rule", "state"), [*((rule, "ALARM") for rule in TRUE), *((rule, "OK") for rule in FALSE)]
)
def test_rule_follows_the_states_of_its_alarms(cloud: LocalCloud, rule: str, state: str) -> None:
    name = f"rule-{(TRUE + FALSE).index(rule)}"

    cloud.client("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule)

    assert is_in(cloud, name, state)()
