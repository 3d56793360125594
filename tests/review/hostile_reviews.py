"""Templates whose texts and references were made to take long whoever judges them, not whoever reads them."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["HOSTILE_TO_RULES"]

Body = dict[str, Any]
TOPIC: Final = "arn:aws:sns:eu-west-1:111122223333:people"
STARS: Final = "*a" * 300 + "b"
ROUND: Final = 10_000
NOTHING: Final = {key: {"Ref": "AWS::NoValue"} for key in ("Namespace", "MetricName", "Statistic", "Period")}


def resources(**found: Body) -> Body:
    return {"Resources": found}


def of(type_: str, **properties: Any) -> Body:
    return {"Type": type_, "Properties": properties}


def alarm(**properties: Any) -> Body:
    usual = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1_440,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
    }
    return of("AWS::CloudWatch::Alarm", **{**usual, **properties})


def math(*expressions: str) -> Body:
    queries = [
        {"Id": f"e{number}", "Expression": each, "ReturnData": number == 0}
        for number, each in enumerate(expressions)
    ]
    none = dict(NOTHING)
    return alarm(**none, Metrics=queries)


def composites(number: int) -> Body:
    """Each contains all before it."""

    def rule(contained: int) -> Body:
        names = [f'ALARM("C{each}")' for each in range(contained)]
        return of(
            "AWS::CloudWatch::CompositeAlarm",
            AlarmName=f"C{contained}",
            AlarmRule=" OR ".join(names) or "TRUE",
        )

    return resources(**{f"C{each}": rule(each) for each in range(number)})


def many(functions: int, alarms: int) -> Body:
    """Many functions, and alarms on the sums of their errors."""
    names = [f"F{each}" for each in range(functions)]
    watched = [
        {
            "Id": f"m{each}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Errors",
                    "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for each, name in enumerate(names[:9])
    ]
    summed = {"Id": "all", "Expression": "SUM(METRICS())", "ReturnData": True}
    none = dict(NOTHING)
    return resources(
        **{name: of("AWS::Lambda::Function", Runtime="python3.13", Timeout=900) for name in names},
        **{f"A{each}": alarm(**none, Metrics=[*watched, summed]) for each in range(alarms)},
    )


def statements(number: int, action: str) -> Body:
    statement = {
        "Effect": "Allow",
        "Action": [action] * 20,
        "Resource": [action] * 20,
        "Principal": {"AWS": action},
    }
    document = {"Statement": [statement] * number}
    return resources(
        Role=of("AWS::IAM::Role", AssumeRolePolicyDocument=document, Policies=[{"PolicyDocument": document}]),
        Function=of("AWS::Lambda::Function", Role={"Fn::GetAtt": ["Role", "Arn"]}, Runtime="python3.13"),
        Queue=of("AWS::SQS::Queue", KmsMasterKeyId={"Ref": "Key"}),
        Key=of("AWS::KMS::Key", KeyPolicy=document),
        Policy=of("AWS::SQS::QueuePolicy", PolicyDocument=document, Queues=[{"Ref": "Queue"}]),
        Source=of(
            "AWS::Lambda::EventSourceMapping",
            FunctionName={"Ref": "Function"},
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
        ),
    )


def nested(value: Any, times: int, name: str) -> Any:
    for _ in range(times):
        value = {name: value}
    return value


def ring(number: int) -> Body:
    """Each depends on the next, and the last on the first."""
    return resources(
        **{
            f"Q{each}": {
                "Type": "AWS::SQS::Queue",
                "DependsOn": [f"Q{(each + step) % number}" for step in (1, 2, 7)],
            }
            for each in range(number)
        }
    )


def dead_letters(number: int) -> Body:
    """Queues whose dead letters go to each other."""
    return resources(
        **{
            f"Q{each}": of(
                "AWS::SQS::Queue",
                RedrivePolicy={
                    "deadLetterTargetArn": {"Fn::GetAtt": [f"Q{(each + 1) % number}", "Arn"]},
                    "maxReceiveCount": 3,
                },
            )
            for each in range(number)
        }
    )


MACHINE: Final = "AWS::StepFunctions::StateMachine"
HOSTILE_TO_RULES: Final[Mapping[str, Callable[[], Body]]] = {
    "composites-of-all-before": lambda: composites(70),
    "composite-rule-of-brackets": lambda: resources(
        A=of("AWS::CloudWatch::CompositeAlarm", AlarmRule="(" * ROUND),
        B=of("AWS::CloudWatch::CompositeAlarm", AlarmRule="NOT " * ROUND + "TRUE"),
        C=of("AWS::CloudWatch::CompositeAlarm", AlarmRule="ALARM(" * ROUND),
        D=of("AWS::CloudWatch::CompositeAlarm", AlarmRule="AT_LEAST(1, ALARM, (" + "A, " * ROUND),
        E=of("AWS::CloudWatch::CompositeAlarm", AlarmRule=" OR ".join(["ALARM(A)"] * ROUND)),
    ),
    "metric-math-of-brackets": lambda: resources(
        A=math("(" * ROUND), B=math("-" * ROUND + "1"), C=math(*(f"e{each + 1}" for each in range(400)), "e0")
    ),
    "metric-math-that-is-long": lambda: resources(A=math("e1" + "+e1" * ROUND, "TIME_SERIES(1)")),
    "functions-and-alarms": lambda: many(120, 60),
    "alarms-with-odd-windows": lambda: resources(
        F=of("AWS::Lambda::Function"),
        **{
            f"A{each}": alarm(
                Period=period,
                EvaluationPeriods=10**9,
                DatapointsToAlarm=1,
                Dimensions=[{"Name": "FunctionName", "Value": {"Ref": "F"}}],
            )
            for each, period in enumerate((0, 1, -60, 10**9, 10**400, 1e308, "60", 60))
        },
    ),
    "policies-of-stars": lambda: statements(30, STARS),
    "policies-of-many": lambda: statements(400, "sqs:*"),
    "a-state-machine-in-depth": lambda: resources(
        A=of(MACHINE, DefinitionString="[" * 200_000),
        B=of(MACHINE, DefinitionString=json.dumps({"States": nested({}, 100, "States")})),
        C=of(MACHINE, Definition=nested({}, 60, "States")),
        D=of(MACHINE, DefinitionString=json.dumps({"StartAt": "S0", "States": {
            f"S{each}": {"Type": "Task", "Resource": "x", "Next": f"S{(each + 1) % 3_000}"} for each in range(3_000)
        }})),
        E=of(MACHINE, DefinitionString='{"States": ' + "9" * 50_000 + "}"),
    ),
    "event-patterns-in-depth": lambda: resources(
        A=of("AWS::Events::Rule", EventPattern=nested(["x"], 60, "detail")),
        B=of("AWS::Events::Rule", EventPattern={"source": [{"wildcard": STARS}] * 200}),
        C=of("AWS::Events::Rule", EventPattern={"$or": [{"$or": [{"a": ["b"]}] * 300}] * 60}),
    ),
    "schedules-of-digits": lambda: resources(
        **{
            f"S{number}": of("AWS::Scheduler::Schedule", ScheduleExpression=each, Target={"Arn": "a", "RoleArn": "b"})
            for number, each in enumerate((
                f"cron({'0,' * ROUND}0 * * * ? *)", f"rate({'9' * ROUND} minutes)", f"cron({'*' * ROUND})",
                "at(99999-99-99T99:99:99)", f"cron({' ' * ROUND}", "cron(0/0 * * * ? *)", "cron(59-0 1-9999 ? * 7#9 *)",
            ))
        }
    ),
    "texts-of-braces": lambda: resources(
        A=alarm(AlarmName="${" * 300_000),
        B=alarm(AlarmDescription="${A}" * 60_000),
        C=of("AWS::Lambda::Function", Environment={"Variables": {f"V{each}": "${A}" * 500 for each in range(100)}}),
        D=of("AWS::Logs::MetricFilter", FilterPattern="{" * 100_000),
        E=of("AWS::CloudWatch::Dashboard", DashboardBody="{" * 100_000),
    ),
    "dependencies-in-a-ring": lambda: ring(900),
    "dead-letters-in-a-ring": lambda: dead_letters(900),
    "numbers-without-end": lambda: resources(
        A=alarm(Threshold=float("inf"), Period=float("nan")),
        B=of("AWS::Lambda::Function", Timeout=float("inf"), MemorySize=float("nan"), Runtime="python3.13"),
        C=of("AWS::SQS::Queue", VisibilityTimeout=10**400, MessageRetentionPeriod=-float("inf")),
        D=of("AWS::DynamoDB::Table", ProvisionedThroughput={
            "ReadCapacityUnits": float("nan"), "WriteCapacityUnits": float("inf"),
        }),
        E=of("AWS::Lambda::Alias", FunctionName={"Ref": "B"}, Name="live", FunctionVersion="1",
             ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": float("inf")}),
        F=of("AWS::Route53::HealthCheck", HealthCheckConfig={"Type": "HTTPS", "FailureThreshold": float("nan")}),
        G=of("AWS::Logs::LogGroup", RetentionInDays=float("inf")),
    ),
}  # fmt: skip
