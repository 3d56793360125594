from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import shifts_of

__all__ = ["hook_cannot_report"]

_REPORT = "codedeploy:PutLifecycleEventHookExecutionStatus"


@rule(
    severity=Severity.ERROR,
    remedy=f"Allow its role {_REPORT} on the deployment group "
    "(in the CDK: group.grant_put_lifecycle_event_hook_execution_status).",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html",
)
def hook_cannot_report(stack: StackReading) -> Iterator[Found]:
    """A hook may not tell CodeDeploy what it found: every deployment waits for it, and fails."""
    for shift in shifts_of(stack):
        for key, function in shift.hooks():
            role = function_of(function).role
            if role is not None and shift.alias.surely_made and lacks(role, (_REPORT,)):
                yield Found(
                    node=function,
                    message=f"{function.path} is the {key} of {shift.alias.path}, and {role.path} does not "
                    f"allow {_REPORT}.",
                )
