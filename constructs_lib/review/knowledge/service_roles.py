"""Which service assumes the role that a resource names, and where it names it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["SERVICE_ROLES"]

SERVICE_ROLES: Final[Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]] = {
    "AWS::Lambda::Function": ((("Role",), "lambda.amazonaws.com"),),
    "AWS::Scheduler::Schedule": ((("Target", "RoleArn"), "scheduler.amazonaws.com"),),
    "AWS::Events::Rule": ((("Targets", "RoleArn"), "events.amazonaws.com"),),
    "AWS::StepFunctions::StateMachine": ((("RoleArn",), "states.amazonaws.com"),),
    "AWS::Pipes::Pipe": ((("RoleArn",), "pipes.amazonaws.com"),),
    "AWS::CodeDeploy::DeploymentGroup": ((("ServiceRoleArn",), "codedeploy.amazonaws.com"),),
    "AWS::Backup::BackupSelection": ((("BackupSelection", "IamRoleArn"), "backup.amazonaws.com"),),
    "AWS::Backup::RestoreTestingSelection": ((("IamRoleArn",), "backup.amazonaws.com"),),
    "AWS::Logs::SubscriptionFilter": ((("RoleArn",), "logs.amazonaws.com"),),
    "AWS::SNS::Subscription": ((("SubscriptionRoleArn",), "sns.amazonaws.com"),),
    "AWS::ApiGateway::Method": ((("Integration", "Credentials"), "apigateway.amazonaws.com"),),
    "AWS::ApiGateway::Account": ((("CloudWatchRoleArn",), "apigateway.amazonaws.com"),),
    "AWS::ApiGatewayV2::Integration": ((("CredentialsArn",), "apigateway.amazonaws.com"),),
    "AWS::AppSync::DataSource": ((("ServiceRoleArn",), "appsync.amazonaws.com"),),
    "AWS::ECS::TaskDefinition": (
        (("TaskRoleArn",), "ecs-tasks.amazonaws.com"),
        (("ExecutionRoleArn",), "ecs-tasks.amazonaws.com"),
    ),
    "AWS::CodeBuild::Project": ((("ServiceRole",), "codebuild.amazonaws.com"),),
    "AWS::CodePipeline::Pipeline": ((("RoleArn",), "codepipeline.amazonaws.com"),),
    "AWS::Synthetics::Canary": ((("ExecutionRoleArn",), "lambda.amazonaws.com"),),
}
"""The type of a resource, to where it names roles and the service that assumes each."""
