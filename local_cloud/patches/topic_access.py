"""May an AWS service publish to a topic? Topic policy and key policy, judged as SNS and KMS do.

Without an explicit policy the default one lets the account's services publish. An explicit policy replaces it, so it
must allow the service. A topic encrypted with a customer managed key also needs a key policy that lets the service
use the key; the AWS managed key alias/aws/sns never does.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import scope

_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")


def refusal(topic: str, *, service: str, source: str) -> str | None:
    """Why `service`, acting for the resource `source`, may not publish to the topic; None when it may."""
    record = internal("services.sns._topic_by_arn_any_scope")(topic)
    if record is None:
        return f"Topic does not exist: {topic}"
    attributes = record["attributes"]
    policy = attributes.get("Policy")
    if policy and not _allows(policy, "sns:Publish", topic, service=service, source=source):
        return f"Resource: {source} is not authorized to perform: SNS:Publish on resource: {topic}"
    key = attributes.get("KmsMasterKeyId")
    if key and not _may_use_key(key, topic, service, source):
        by = "CloudWatch Alarms" if service == "cloudwatch.amazonaws.com" else service
        return f"{by} does not have authorization to access the SNS topic encryption key."
    return None


def _may_use_key(key: str, topic: str, service: str, source: str) -> bool:
    if key.rpartition(":")[2] == "alias/aws/sns":
        return False
    record = internal("services.kms._resolve_key")(key)
    if not record:
        return False
    context = {
        "kms:viaservice": f"sns.{scope.region()}.amazonaws.com",
        "kms:encryptioncontext:aws:sns:topicarn": topic,
    }
    policy, arn = record["Policy"], record["Arn"]
    return all(
        _allows(policy, action, arn, service=service, source=source, context=context)
        for action in _KEY_ACTIONS
    )


def _allows(
    policy: Any,
    action: str,
    resource: str,
    *,
    service: str,
    source: str,
    context: dict[str, str] | None = None,
) -> bool:
    request = internal("core.iam_evaluator.EvalContext")(
        principal_arn="*",  # a service is no principal of the account: only "*" and its own name cover it
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=scope.region(),
        secure_transport=True,
        service_context={
            "aws:sourcearn": source,
            "aws:sourceaccount": scope.account(),
            "aws:sourceowner": scope.account(),
            "aws:principalisawsservice": "true",
            "aws:principalservicename": service,
            **(context or {}),
        },
    )
    decided = internal("core.iam_evaluator.evaluate_resource_policy")(policy, request, service=service)
    return bool(decided.decision == "Allow")
