"""Reviews for tests of the page: a small one that has everything, a large one, and one of hostile names."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.report import Caught, Cost, CostLine, Coverage, FailureMode, Review, TemplateReview
from tests.reviewing import reading_of

__all__ = [
    "NASTY",
    "SERVICE",
    "finding",
    "hostile_review",
    "large_review",
    "review_of",
    "small_review",
    "two_stacks",
]

SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html"
NASTY = "</script><script>alert('x')</script></style><b onclick=\"x\">&amp;{{7*7}}\u202egnp.exe"
MODES = {
    "errors": "Invocations fail",
    "throttles": "Calls are throttled",
    "slow": "Slow answers",
    "dropped": "Events are dropped",
}


SERVICE = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Create.Arn}
  Create:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt CreateRole.Arn, DeadLetterConfig: {TargetArn: !GetAtt Lost.Arn}}
  CreateRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ["dynamodb:PutItem", "dynamodb:GetItem"], Resource: !GetAtt Orders.Arn}
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Payments.Arn}
              - {Effect: Allow, Action: "s3:*", Resource: "*"}
              - {Effect: Deny, Action: "dynamodb:DeleteTable", Resource: !GetAtt Orders.Arn}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Create, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
  Orders: {Type: AWS::DynamoDB::Table, Properties: {}}
  Payments:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Lost.Arn, maxReceiveCount: 5}}
  Lost: {Type: AWS::SQS::Queue}
  Pay: {Type: AWS::Lambda::Function, Properties: {}}
  PayMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Payments.Arn, FunctionName: !Ref Pay}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties: {Target: {Arn: !GetAtt Pay.Arn, DeadLetterConfig: {Arn: !GetAtt Lost.Arn}}}
  OnCall:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: email, Endpoint: ops@example.com}]}
  OnCallPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref OnCall]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: cloudwatch.amazonaws.com}
            Action: sns:Publish
            Resource: !Ref OnCall
            Condition: {StringEquals: {aws:SourceAccount: "111111111111"}}
  CreateErrors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errrors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 3
      DatapointsToAlarm: 2
      Threshold: 5
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
      Dimensions: [{Name: FunctionName, Value: !Ref Create}]
      AlarmActions: [!Ref OnCall]
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Metrics:
        - {Id: rate, Expression: slow / calls}
        - Id: slow
          ReturnData: false
          MetricStat:
            Metric: {Namespace: AWS/Lambda, MetricName: Duration, Dimensions: [{Name: FunctionName, Value: !Ref Pay}]}
            Stat: p99
            Period: 300
        - Id: calls
          ReturnData: false
          MetricStat:
            Metric:
              Namespace: AWS/Lambda
              MetricName: Invocations
              Dimensions: [{Name: FunctionName, Value: !Ref Pay}]
            Stat: Sum
            Period: 300
      EvaluationPeriods: 1
      Threshold: 1000
      ComparisonOperator: GreaterThanThreshold
  Service:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties: {AlarmRule: !Sub 'ALARM("${CreateErrors}") OR ALARM("${Slow}")', AlarmActions: [!Ref OnCall]}
  Health:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig: {Type: CLOUDWATCH_METRIC, AlarmIdentifier: {Name: !Ref CreateErrors, Region: eu-west-1}}
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      Name: shop.example.com
      Type: A
      Failover: PRIMARY
      HealthCheckId: !Ref Health
      ResourceRecords: ["192.0.2.1"]
  Archive: {Type: AWS::S3::Bucket}
"""


def small_review() -> Review:
    """One stack with all that the page shows."""
    (stack,) = reading_of(SERVICE).stacks
    return Review(templates=(review_of(stack, _findings(), _modes(stack), _cost(stack)),), budget=20)


def two_stacks() -> Review:
    """The same stack in two Regions, of which one alone has findings."""
    first, second = reading_of(SERVICE, SERVICE, regions=("eu-west-1", "us-east-1")).stacks
    return Review(
        templates=(
            review_of(first, _findings(), _modes(first), _cost(first)),
            review_of(second, (), _modes(second), _cost(second)),
        )
    )


def large_review(services: int = 30) -> Review:
    """A stack of many services that are alike: five resources and two hundred findings or more."""
    resources: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic"}}
    for number in range(services):
        resources |= _small_service(f"Team{number:02}Orders")
    (stack,) = reading_of({"Resources": resources}).stacks
    functions = stack.of_type("AWS::Lambda::Function")
    findings = [
        finding(
            "function-without-dead-letters",
            Severity.WARNING,
            node.id,
            f"{node.path} loses events after {attempt} attempts.",
            family="functions",
        )
        for node in functions
        for attempt in range(1, 8)
    ]
    return Review(templates=(review_of(stack, findings, _modes(stack), _cost(stack)),))


def hostile_review() -> Review:
    """A stack whose author calls everything what would be markup, were it no text."""
    (stack,) = reading_of(_hostile()).stacks
    found = Finding(
        rule=NASTY,
        severity=Severity.ERROR,
        logical_id="Function",
        construct_path=NASTY,
        message=NASTY,
        remedy=NASTY,
        source="javascript:alert('x')",
        family=NASTY,
        origin=NASTY,
    )
    mode = _mode(stack, "Function", "errors", NASTY, caught=Caught.NO, why=NASTY)
    cost = Cost(region=NASTY, prices_of=NASTY, lines=(_line("Function", NASTY, 1.0, 1),), advice=(NASTY,))
    return Review(templates=(review_of(stack, [found], [mode], cost),))


def review_of(
    stack: StackReading, findings: Sequence[Finding], modes: Sequence[FailureMode], cost: Cost
) -> TemplateReview:
    """The review of a stack, with what is given."""
    return TemplateReview(
        path=str(stack.template.source),
        stack=stack.template.name,
        region=stack.region,
        reading=stack,
        findings=tuple(findings),
        coverage=Coverage(modes=tuple(modes)),
        cost=cost,
    )


def finding(
    rule: str,
    severity: Severity,
    logical_id: str,
    message: str,
    *,
    family: str = "delivery",
    reason: str | None = None,
) -> Finding:
    """A finding at a resource."""
    return Finding(
        rule=rule,
        severity=severity,
        logical_id=logical_id,
        construct_path=logical_id,
        message=message,
        remedy=f"Mend what {rule} says.",
        source=SOURCE,
        family=family,
        acknowledged=reason,
    )


def _findings() -> list[Finding]:
    return [
        finding(
            "alarm-on-unpublished-metric",
            Severity.ERROR,
            "CreateErrors",
            "Nobody publishes Errrors.",
            family="firing",
        ),
        finding("alarm-without-action", Severity.WARNING, "Slow", "Slow rings and tells nobody."),
        *(
            finding(
                "queue-without-alarm",
                Severity.WARNING,
                "Payments",
                f"Message {each} waits unseen.",
                family="queues",
            )
            for each in range(9)
        ),
        finding("short-retention", Severity.NOTE, "Payments", "Messages live for a day.", family="queues"),
        finding(
            "no-backups",
            Severity.WARNING,
            "Orders",
            "Nothing is backed up.",
            family="data",
            reason="A cache.",
        ),
    ]


def _modes(stack: StackReading) -> list[FailureMode]:
    answers = [Caught.YES, Caught.UNHEARD, Caught.NO, Caught.UNKNOWN]
    return [
        _mode(
            stack,
            node.id,
            mode,
            title,
            caught=answers[(at + number) % 4],
            why=f"{title} at {node.path}: told by its alarms.",
        )
        for number, node in enumerate(stack.of_type("AWS::Lambda::Function", "AWS::SQS::Queue"))
        for at, (mode, title) in enumerate(MODES.items())
    ]


def _mode(
    stack: StackReading, logical_id: str, mode: str, title: str, *, caught: Caught, why: str
) -> FailureMode:
    node = stack.nodes[logical_id]
    return FailureMode(
        logical_id=logical_id,
        construct_path=node.path,
        kind=node.type.rpartition("::")[2].lower(),
        mode=mode,
        title=title,
        caught=caught,
        alarms=("CreateErrors",) if caught is Caught.YES else (),
        seconds=180 if caught is Caught.YES else None,
        proof="replayed",
        why=why,
    )


def _cost(stack: StackReading) -> Cost:
    alarms = [
        _line(each.id, "Standard-resolution alarm metrics", 0.10, 1)
        for each in stack.of_type("AWS::CloudWatch::Alarm")
    ]
    return Cost(
        region="eu-west-1",
        prices_of="2026-11-22",
        lines=(
            *alarms,
            _line("Health", "Health checks", 0.50, 1, group="health checks"),
            _line("Create", "Requests", 0.0000002, None, group="functions"),
        ),
        advice=("Provisioned concurrency of Create pays above 60 % of use.",),
        unknown=("The requests of Create: give a traffic file.",),
    )


def _line(
    logical_id: str, what: str, price: float, quantity: float | None, group: str = "alarms"
) -> CostLine:
    usd = None if quantity is None else price * quantity
    return CostLine(
        logical_id=logical_id,
        construct_path=logical_id,
        group=group,
        what=what,
        quantity=quantity,
        unit="a unit",
        unit_price=price,
        usd=usd,
        usd_with_free_tier=0.0 if usd else usd,
        source="https://aws.amazon.com/cloudwatch/pricing/",
    )


def _small_service(name: str) -> dict[str, Any]:
    return {
        name: {"Type": "AWS::Lambda::Function", "Properties": {}},
        f"{name}Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        f"{name}Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        f"{name}Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": [f"{name}Queue", "Arn"]},
                "FunctionName": {"Ref": name},
            },
        },
        f"{name}Errors": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
    }


def _hostile() -> Mapping[str, Any]:
    named = {"Metadata": {"aws:cdk:path": f"Stack1/{NASTY.replace('/', '|')}/Resource"}}
    return {
        "Resources": {
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}},
            }
            | named,
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Policies": [
                        {
                            "PolicyName": "p",
                            "PolicyDocument": {
                                "Statement": [
                                    {
                                        "Effect": "Allow",
                                        "Action": NASTY,
                                        "Resource": NASTY,
                                        "Condition": {NASTY: {NASTY: NASTY}},
                                    }
                                ]
                            },
                        }
                    ]
                },
            },
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "Namespace": NASTY,
                    "MetricName": NASTY,
                    "ComparisonOperator": NASTY,
                    "TreatMissingData": NASTY,
                    "Dimensions": [{"Name": NASTY, "Value": {"Ref": "Function"}}],
                    "AlarmActions": [{"Ref": "Topic"}, NASTY],
                },
            }
            | named,
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"Subscription": [{"Protocol": NASTY, "Endpoint": NASTY}]},
            },
            "Composite": {
                "Type": "AWS::CloudWatch::CompositeAlarm",
                "Properties": {"AlarmRule": f"{NASTY} ${{Alarm}}"},
            },
        }
    }
