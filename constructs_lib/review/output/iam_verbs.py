"""What the actions of policies do in plain words, and which statements are wider than they look.

What an action does is told by the first word of its name, as AWS's access levels mostly are:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from constructs_lib.review.reading.statements import Statement

__all__ = ["verb_of", "why_wide"]

_VERBS: Final[Mapping[str, str]] = {
    "sqs:SendMessage": "send to",
    "sqs:ReceiveMessage": "receive from",
    "sqs:DeleteMessage": "receive from",
    "sqs:ChangeMessageVisibility": "receive from",
    "sns:Publish": "publish to",
    "lambda:InvokeFunction": "invoke",
    "lambda:InvokeFunctionUrl": "invoke",
    "states:StartExecution": "start",
    "states:StartSyncExecution": "start",
    "events:PutEvents": "send events to",
    "sts:AssumeRole": "act as",
    "iam:PassRole": "pass on",
    "kms:Decrypt": "decrypt with",
    "kms:GenerateDataKey": "encrypt with",
    "kms:GenerateDataKey*": "encrypt with",
    "kms:Encrypt": "encrypt with",
    "kms:ReEncrypt*": "encrypt with",
    "cloudwatch:PutMetricData": "publish metrics to",
    "xray:PutTraceSegments": "send traces to",
    "xray:PutTelemetryRecords": "send traces to",
    "logs:CreateLogStream": "log to",
    "logs:PutLogEvents": "log to",
    "logs:CreateLogGroup": "log to",
    "dynamodb:ConditionCheckItem": "read from",
}
_BY_FIRST_WORD: Final[Mapping[str, str]] = {
    "read from": "Get List Describe BatchGet Query Scan Head Select Lookup View Search",
    "write to": "Put Update BatchWrite Write Create Add Set Modify Register Tag Untag Associate Attach Publish Send "
    "Import Restore Copy Replicate",
    "delete from": "Delete Remove Deregister Detach Disassociate Purge Abort Cancel Terminate",
    "start or stop": "Start Stop Run Execute Invoke Reboot Enable Disable",
}
_FIRST_WORDS: Final = {word: verb for verb, words in _BY_FIRST_WORD.items() for word in words.split()}
_NO_NARROWER: Final = (
    # Actions for which AWS takes no other resource than *, of those that functions need most:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    "xray:Put*",
    "xray:GetSampling*",
    "cloudwatch:PutMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:GetMetricData",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "kms:ListAliases",
    "lambda:ListFunctions",
    "s3:ListAllMyBuckets",
    "sts:GetCallerIdentity",
    "tag:GetResources",
)


def verb_of(action: str, statement: Statement) -> str:
    if action in _VERBS:
        return _VERBS[action]
    service, _, name = action.partition(":")
    if action == "*" or name == "*":
        all_ = "everything" if statement.allows else "anything"
        return f"do {all_}{'' if action == '*' else f' that {service} offers'} with"
    first = re.match(r"Batch(?:Get|Write)|[A-Z][a-z]+|[a-z]+", name)
    return _FIRST_WORDS.get(first[0] if first else "", f"use {service} on")


def why_wide(statement: Statement, actions: Sequence[str]) -> str:
    if not statement.allows:
        return ""
    if statement.inverted_actions or statement.inverted_resources:
        return "it allows all that it does not name"
    everybody = "*" in statement.principals.get("*", ()) or "*" in statement.principals.get("AWS", ())
    if everybody and not statement.conditions:
        return "anybody may"
    unbounded = "*" in statement.resources and not statement.principals and not statement.conditions
    if unbounded and not all(any(fnmatchcase(each, known) for known in _NO_NARROWER) for each in actions):
        return "it is for every resource of the account"
    return "all actions" if any(each == "*" or each.endswith(":*") for each in actions) else ""
