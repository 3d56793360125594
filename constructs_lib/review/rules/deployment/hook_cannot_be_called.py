from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.roles import attached_are_known, documents_of
from constructs_lib.review.reading.statements import Statement
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import Shift, shifts_of

__all__ = ["hook_cannot_be_called"]

_INVOKE = "lambda:InvokeFunction"
_MANAGED = ("AWSCodeDeployRoleForLambda", "AWSCodeDeployRoleForLambdaLimited")
"""https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambda.html"""
_PREFIX = "CodeDeployHook_"


@rule(
    severity=Severity.ERROR,
    remedy=f"Begin the hook's FunctionName with {_PREFIX}, or allow the group's role {_INVOKE} on it.",
    source="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambda.html",
)
def hook_cannot_be_called(stack: StackReading) -> Iterator[Found]:
    """CodeDeploy may not call a hook: every deployment fails."""
    for shift in shifts_of(stack):
        role = _role(shift)
        for key, function in shift.hooks() if role is not None and shift.alias.surely_made else ():
            # CloudFormation makes up a name of the stack's, which has no underscores.
            name = function.text("FunctionName", default="")
            if name is not None and not name.startswith(_PREFIX):
                yield Found(
                    node=function,
                    message=f"{function.path} is the {key} of {shift.alias.path}, and its name does not begin with "
                    f"{_PREFIX}.",
                )


def _role(shift: Shift) -> Node | None:
    """The role of the group, where it surely may call functions of that name only."""
    role = shift.group.target("ServiceRoleArn", types=("AWS::IAM::Role",)) if shift.group else None
    if role is None or not role.surely_made or not attached_are_known(role):
        return None
    managed = [str(each).rpartition("/")[2] for each in role.items("ManagedPolicyArns")]
    if not managed or not set(managed) <= set(_MANAGED):
        return None
    for statements in documents_of(role):
        if statements is None or any(each.allows and _may_be_about_it(each) for each in statements):
            return None
    return role


def _may_be_about_it(statement: Statement) -> bool:
    return statement.is_about(_INVOKE) or not is_known(list(statement.actions))
