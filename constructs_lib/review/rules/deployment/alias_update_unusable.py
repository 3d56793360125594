from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import APPLICATION, Shift, shifts_of

__all__ = ["alias_update_unusable"]


@rule(
    severity=Severity.ERROR,
    remedy="Name an application of the compute platform Lambda, and a deployment group of that application.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
)
def alias_update_unusable(stack: StackReading) -> Iterator[Found]:
    """An alias cannot be deployed as its UpdatePolicy says."""
    for shift in shifts_of(stack):
        if shift.alias.surely_made:
            for what in _wrong(shift):
                yield Found(node=shift.alias, message=f"{shift.alias.path} {what}.")


def _wrong(shift: Shift) -> Iterator[str]:
    for key in ("ApplicationName", "DeploymentGroupName"):
        if key not in shift.policy:
            yield f"has no {key} in its UpdatePolicy"
    application, group = shift.application, shift.group
    if application is not None:
        platform = application.text("ComputePlatform", default="Server")
        if platform not in (None, "Lambda"):
            yield f"deploys through {application.path}, which is of the compute platform {platform}"
    if application is not None and group is not None:
        other = group.target("ApplicationName", types=(APPLICATION,))
        if other is not None and other is not application:
            yield f"names {application.path}, and {group.path} is of {other.path}"
