"""What the values of dimensions are: of which attribute of a resource, and which texts cannot be one.

The "Return values" of each resource type, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/,
and the pages of the services' metrics (see `metrics`); read on 2026-11-22.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["ARNS", "FIXED", "NAMES", "REFERENCE", "RIGHT"]

REFERENCE: Final = ""
"""What ``Ref`` gives."""

_REFERENCE: Final = frozenset({REFERENCE})
_NOTHING: Final = frozenset[str]()

RIGHT: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    (
        "QueueName",
        "AWS::SQS::Queue",
    ): _REFERENCE,  # QueueName is the name, which is what a reference counts as here
    ("TopicName", "AWS::SNS::Topic"): _REFERENCE,  # likewise TopicName
    ("FunctionName", "AWS::Lambda::Function"): _REFERENCE,
    ("FunctionName", "AWS::Lambda::Alias"): _NOTHING,
    ("FunctionName", "AWS::Lambda::Version"): _NOTHING,
    ("Resource", "AWS::Lambda::Alias"): _NOTHING,
    ("Resource", "AWS::Lambda::Version"): _NOTHING,
    ("EventSourceMappingUUID", "AWS::Lambda::EventSourceMapping"): frozenset({REFERENCE, "Id"}),
    ("StateMachineArn", "AWS::StepFunctions::StateMachine"): frozenset({"Arn"}),
    ("ApiName", "AWS::ApiGateway::RestApi"): _NOTHING,  # a reference is the id
    ("ApiName", "AWS::ApiGatewayV2::Api"): _NOTHING,
    ("ApiId", "AWS::ApiGatewayV2::Api"): frozenset({REFERENCE, "ApiId"}),
    ("ApiId", "AWS::ApiGateway::RestApi"): _NOTHING,  # its metrics go by its name
    ("TableName", "AWS::DynamoDB::Table"): _REFERENCE,
    ("TableName", "AWS::DynamoDB::GlobalTable"): _REFERENCE,
    ("StreamName", "AWS::Kinesis::Stream"): _REFERENCE,
    ("DeliveryStreamName", "AWS::KinesisFirehose::DeliveryStream"): _REFERENCE,
    ("RuleName", "AWS::Events::Rule"): _REFERENCE,
    ("EventBusName", "AWS::Events::EventBus"): _REFERENCE,
    ("ScheduleGroup", "AWS::Scheduler::ScheduleGroup"): _REFERENCE,
    ("ScheduleGroup", "AWS::Scheduler::Schedule"): _NOTHING,
    ("PipeName", "AWS::Pipes::Pipe"): _REFERENCE,
    ("BucketName", "AWS::S3::Bucket"): _REFERENCE,
    ("LogGroupName", "AWS::Logs::LogGroup"): _REFERENCE,
    ("GraphQLAPIId", "AWS::AppSync::GraphQLApi"): frozenset({"ApiId"}),
    ("LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"): frozenset({"LoadBalancerFullName"}),
    ("TargetGroup", "AWS::ElasticLoadBalancingV2::TargetGroup"): frozenset({"TargetGroupFullName"}),
    ("ClusterName", "AWS::ECS::Cluster"): _REFERENCE,
    ("DBInstanceIdentifier", "AWS::RDS::DBInstance"): _REFERENCE,
    ("DBClusterIdentifier", "AWS::RDS::DBCluster"): _REFERENCE,
    ("DistributionId", "AWS::CloudFront::Distribution"): frozenset({REFERENCE, "Id"}),
    ("HealthCheckId", "AWS::Route53::HealthCheck"): frozenset({REFERENCE, "HealthCheckId"}),
    ("BackupVaultName", "AWS::Backup::BackupVault"): frozenset({REFERENCE, "BackupVaultName"}),
    ("CertificateArn", "AWS::CertificateManager::Certificate"): frozenset({REFERENCE, "Id"}),
}
"""Dimension and type of a resource to the attributes of it that are right there; nothing where none is."""

NAMES: Final = frozenset(name for name, _ in RIGHT if not name.endswith("Arn")) - {"Resource"}
"""Dimensions whose value is neither an ARN nor an address."""

ARNS: Final = frozenset({"StateMachineArn", "ActivityArn", "CertificateArn"})
"""Dimensions whose value is an ARN."""

FIXED: Final[Mapping[tuple[str, str], str]] = {
    ("AWS/CloudFront", "Region"): "Global",
    ("AWS/Billing", "Currency"): "USD",
}
"""Namespace and dimension to the only value that is published.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""
