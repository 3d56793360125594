from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.reading.deliveries import source_of
from constructs_lib.review.reading.functions import Function, Invocation, callee_of, functions_of
from constructs_lib.review.reading.permissions import permissions_are_known, permissions_of
from constructs_lib.review.reading.permits import is_service
from constructs_lib.review.rule import Found, rule

__all__ = ["invoker_not_permitted"]

_SERVICES = {
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
    "AWS::CloudWatch::Alarm": "lambda.alarms.cloudwatch.amazonaws.com",
    "AWS::CloudWatch::CompositeAlarm": "lambda.alarms.cloudwatch.amazonaws.com",
    "AWS::Events::Rule": "events.amazonaws.com",
    "AWS::S3::Bucket": "s3.amazonaws.com",
    "AWS::SNS::Subscription": "sns.amazonaws.com",
    "AWS::SNS::Topic": "sns.amazonaws.com",
    "AWS::Logs::SubscriptionFilter": "logs.amazonaws.com",
    "AWS::IoT::TopicRule": "iot.amazonaws.com",
    "AWS::SES::ReceiptRule": "ses.amazonaws.com",
    "AWS::Cognito::UserPool": "cognito-idp.amazonaws.com",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing.amazonaws.com",
    "AWS::SecretsManager::RotationSchedule": "secretsmanager.amazonaws.com",
    "AWS::ApiGateway::Method": "apigateway.amazonaws.com",
    "AWS::ApiGateway::Authorizer": "apigateway.amazonaws.com",
    "AWS::ApiGatewayV2::Integration": "apigateway.amazonaws.com",
    "AWS::ApiGatewayV2::Authorizer": "apigateway.amazonaws.com",
}
_AS_A_ROLE = (
    ("Integration", "Credentials"),
    ("CredentialsArn",),
    ("AuthorizerCredentials",),
    ("AuthorizerCredentialsArn",),
)


@rule(
    severity=Severity.ERROR,
    remedy="Add an AWS::Lambda::Permission for the service with the invoker as SourceArn (CDK: "
    "function.add_permission; its event sources, targets and integrations do it).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
)
def invoker_not_permitted(stack: StackReading) -> Iterator[Found]:
    """A service is told to invoke a function that does not let it: no event arrives."""
    if not permissions_are_known(stack):
        return
    for function in functions_of(stack):
        refused: dict[str, list[Node]] = {}
        for each in function.invocations:
            service = _SERVICES.get(each.by.type)
            certain = each.by.surely_made and function.node.surely_made
            if service and certain and not _needs_none(each, function):
                lets = [_lets(permission, service, each.by) for permission in permissions_of(function.node)]
                if not any(lets):
                    refused.setdefault(service, []).append(each.by)
        for service, by in refused.items():
            others = f" and {len(by) - 1} more" if len(by) > 1 else ""
            yield Found(
                node=function.node,
                message=f"{function.node.path} does not let {service} invoke it, which {by[0].path}{others} needs.",
            )


def _lets(permission: Node, service: str, by: Node) -> bool:
    principal = permission.value("Principal")
    if not isinstance(principal, str):
        return False
    named, source = permission.stack.find(permission.value("SourceArn")), source_of(by)
    other = named is not None and source is not None and named.type == source.type and named is not source
    return not other and (not is_known(principal) or is_service(principal, service))


def _needs_none(invocation: Invocation, function: Function) -> bool:
    """Whether the invoker calls as a role, which needs no permission of the function, or does not call it at all."""
    by = invocation.by
    if by.type == "AWS::Events::Rule":
        direct = [at(each, "Arn") for each in by.items("Targets") if at(each, "RoleArn") is None]
        called = [callee_of(by.stack, each) for each in direct]
        return not any(each and each.function is function.node for each in called)
    if by.type == "AWS::ApiGateway::Method":
        # What it sends may name functions that it does not call.
        uri = by.value("Integration", "Uri")
        if not isinstance(uri, str) or invocation.callee.node not in by.stack.mentioned(uri):
            return True
    return any(by.has(*place) for place in _AS_A_ROLE)
