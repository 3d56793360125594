"""What can stand in a picture, and where the properties of its resources say what flows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["ACTORS", "FLOWS", "OWNER", "Actor", "Flow", "Kind", "Place", "Role"]


class Kind(StrEnum):
    """What flows."""

    EVENTS = "events"
    DATA = "data"
    DEAD_LETTERS = "dead letters"
    ALARMS = "alarms"
    FAILOVER = "failover"


class Role(StrEnum):
    """What a resource is there for."""

    ENTRY = "entry"
    COMPUTE = "compute"
    MESSAGES = "messages"
    DATA = "data"
    WATCH = "watch"
    PEOPLE = "people"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """What takes part: a resource, alarms that watch the same, or who is told.

    Attributes:
        id: what no other of the picture is called.
        role: what it is there for.
        word: what it is, such as ``Function``.
        label: its name.
        logical_ids: the resources that it stands for.
        group: the first part of the path of its construct.
    """

    id: str
    role: Role
    word: str
    label: str
    logical_ids: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, kw_only=True, order=True)
class Flow:
    """What goes from one to another.

    Attributes:
        source: the id of the one.
        target: the id of the other.
        kind: what flows.
        label: what is done, such as ``reads, writes``.
    """

    source: str
    target: str
    kind: Kind
    label: str = ""


ACTORS: Final[Mapping[str, tuple[Role, str]]] = {
    "AWS::ApiGateway::RestApi": (Role.ENTRY, "API"),
    "AWS::ApiGatewayV2::Api": (Role.ENTRY, "API"),
    "AWS::AppSync::GraphQLApi": (Role.ENTRY, "API"),
    "AWS::Serverless::Api": (Role.ENTRY, "API"),
    "AWS::CloudFront::Distribution": (Role.ENTRY, "Distribution"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (Role.ENTRY, "Load balancer"),
    "AWS::Route53::RecordSet": (Role.ENTRY, "DNS record"),
    "AWS::Route53::HealthCheck": (Role.WATCH, "Health check"),
    "AWS::Events::Rule": (Role.ENTRY, "Event rule"),
    "AWS::Events::EventBus": (Role.MESSAGES, "Event bus"),
    "AWS::Scheduler::Schedule": (Role.ENTRY, "Schedule"),
    "AWS::Pipes::Pipe": (Role.MESSAGES, "Pipe"),
    "AWS::Lambda::Function": (Role.COMPUTE, "Function"),
    "AWS::Serverless::Function": (Role.COMPUTE, "Function"),
    "AWS::StepFunctions::StateMachine": (Role.COMPUTE, "State machine"),
    "AWS::ECS::Service": (Role.COMPUTE, "Service"),
    "AWS::CodeDeploy::DeploymentGroup": (Role.WATCH, "Deployment"),
    "AWS::SQS::Queue": (Role.MESSAGES, "Queue"),
    "AWS::SNS::Topic": (Role.MESSAGES, "Topic"),
    "AWS::Kinesis::Stream": (Role.MESSAGES, "Stream"),
    "AWS::KinesisFirehose::DeliveryStream": (Role.MESSAGES, "Delivery stream"),
    "AWS::DynamoDB::Table": (Role.DATA, "Table"),
    "AWS::DynamoDB::GlobalTable": (Role.DATA, "Table"),
    "AWS::S3::Bucket": (Role.DATA, "Bucket"),
    "AWS::RDS::DBInstance": (Role.DATA, "Database"),
    "AWS::RDS::DBCluster": (Role.DATA, "Database"),
    "AWS::Backup::BackupPlan": (Role.DATA, "Backup plan"),
}

OWNER: Final[Mapping[str, str]] = {
    # A resource that takes part only as a piece of another: where that stands.
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::Version": "FunctionName",
    "AWS::Lambda::EventInvokeConfig": "FunctionName",
    "AWS::Lambda::EventSourceMapping": "EventSourceArn",
    "AWS::Lambda::Url": "TargetFunctionArn",
    "AWS::SNS::Subscription": "TopicArn",
    "AWS::ApiGateway::Method": "RestApiId",
    "AWS::ApiGateway::Stage": "RestApiId",
    "AWS::ApiGateway::Authorizer": "RestApiId",
    "AWS::ApiGateway::DomainName": "",
    "AWS::ApiGatewayV2::Integration": "ApiId",
    "AWS::ApiGatewayV2::Authorizer": "ApiId",
    "AWS::AppSync::DataSource": "ApiId",
    "AWS::Backup::BackupSelection": "BackupPlanId",
}

Place = tuple[str, ...]
FLOWS: Final[tuple[tuple[str, Place, Kind, bool], ...]] = (
    # Of which type, where the other stands, what flows, and whether it flows from the other to the resource.
    ("AWS::Events::Rule", ("Targets", "Arn"), Kind.EVENTS, False),
    ("AWS::Events::Rule", ("EventBusName",), Kind.EVENTS, True),
    ("AWS::Events::Rule", ("Targets", "DeadLetterConfig"), Kind.DEAD_LETTERS, False),
    ("AWS::Scheduler::Schedule", ("Target", "Arn"), Kind.EVENTS, False),
    ("AWS::Scheduler::Schedule", ("Target", "DeadLetterConfig"), Kind.DEAD_LETTERS, False),
    ("AWS::Pipes::Pipe", ("Source",), Kind.EVENTS, True),
    ("AWS::Pipes::Pipe", ("Enrichment",), Kind.EVENTS, False),
    ("AWS::Pipes::Pipe", ("Target",), Kind.EVENTS, False),
    ("AWS::Lambda::Function", ("DeadLetterConfig",), Kind.DEAD_LETTERS, False),
    ("AWS::Lambda::EventInvokeConfig", ("DestinationConfig", "OnFailure"), Kind.DEAD_LETTERS, False),
    ("AWS::Lambda::EventInvokeConfig", ("DestinationConfig", "OnSuccess"), Kind.EVENTS, False),
    ("AWS::Lambda::EventSourceMapping", ("FunctionName",), Kind.EVENTS, False),
    ("AWS::Lambda::EventSourceMapping", ("DestinationConfig",), Kind.DEAD_LETTERS, False),
    ("AWS::SNS::Subscription", ("Endpoint",), Kind.EVENTS, False),
    ("AWS::SNS::Subscription", ("RedrivePolicy",), Kind.DEAD_LETTERS, False),
    ("AWS::SNS::Topic", ("Subscription", "Endpoint"), Kind.EVENTS, False),
    ("AWS::SQS::Queue", ("RedrivePolicy",), Kind.DEAD_LETTERS, False),
    ("AWS::S3::Bucket", ("NotificationConfiguration",), Kind.EVENTS, False),
    ("AWS::ApiGateway::Method", ("Integration", "Uri"), Kind.EVENTS, False),
    ("AWS::ApiGateway::RestApi", ("Body",), Kind.EVENTS, False),
    ("AWS::ApiGatewayV2::Api", ("Body",), Kind.EVENTS, False),
    ("AWS::ApiGateway::Authorizer", ("AuthorizerUri",), Kind.EVENTS, False),
    ("AWS::ApiGatewayV2::Integration", ("IntegrationUri",), Kind.EVENTS, False),
    ("AWS::ApiGatewayV2::Authorizer", ("AuthorizerUri",), Kind.EVENTS, False),
    ("AWS::AppSync::DataSource", ("LambdaConfig",), Kind.EVENTS, False),
    ("AWS::AppSync::DataSource", ("DynamoDBConfig",), Kind.DATA, False),
    ("AWS::CloudFront::Distribution", ("DistributionConfig", "Origins"), Kind.EVENTS, False),
    ("AWS::StepFunctions::StateMachine", ("Definition",), Kind.EVENTS, False),
    ("AWS::StepFunctions::StateMachine", ("DefinitionString",), Kind.EVENTS, False),
    ("AWS::StepFunctions::StateMachine", ("DefinitionSubstitutions",), Kind.EVENTS, False),
    ("AWS::KinesisFirehose::DeliveryStream", ("ExtendedS3DestinationConfiguration",), Kind.DATA, False),
    ("AWS::Backup::BackupSelection", ("BackupSelection", "Resources"), Kind.DATA, True),
    ("AWS::Route53::RecordSet", ("AliasTarget", "DNSName"), Kind.FAILOVER, False),
    ("AWS::Route53::RecordSet", ("ResourceRecords",), Kind.FAILOVER, False),
    ("AWS::Route53::RecordSet", ("HealthCheckId",), Kind.FAILOVER, True),
    ("AWS::Route53::HealthCheck", ("HealthCheckConfig", "FullyQualifiedDomainName"), Kind.FAILOVER, True),
    ("AWS::Route53::HealthCheck", ("HealthCheckConfig", "ChildHealthChecks"), Kind.FAILOVER, True),
)
