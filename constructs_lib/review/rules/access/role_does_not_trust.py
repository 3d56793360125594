from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.service_roles import SERVICE_ROLES
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import every_at
from constructs_lib.review.reading.permits import trusts
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE

__all__ = ["role_does_not_trust"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the service sts:AssumeRole in the role's AssumeRolePolicyDocument (CDK: assumed_by).",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
)
def role_does_not_trust(stack: StackReading) -> Iterator[Found]:
    """A role is given to a service that may not assume it: the deployment is refused, or nothing is done as it."""
    for type_, places in SERVICE_ROLES.items():
        for by in stack.of_type(type_):
            for place, service in places:
                for role in dict.fromkeys(stack.find(each, ROLE) for each in every_at(by.properties, place)):
                    if role and role.surely_made and by.surely_made and trusts(role, service) is False:
                        yield Found(
                            node=role,
                            message=f"{role.path} does not let {service} assume it, which {by.path} needs.",
                        )
