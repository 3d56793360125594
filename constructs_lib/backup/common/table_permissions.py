"""What a role may do with many tables, in as many policies as that takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["TableActions", "let_use_tables"]

_TABLES_A_POLICY = 12
"""So that a hundred tables fit, with names of 140 characters.

A managed policy has 6,144 characters at most, and a role ten of them; all inline policies of a role have 10,240.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


@dataclass(frozen=True, kw_only=True)
class TableActions:
    """Actions on each table, or on what is below it.

    Attributes:
        actions: what is allowed.
        below: what follows the table's ARN. Left out: the table itself.
    """

    actions: tuple[str, ...]
    below: str = ""

    def on(self, arns: Sequence[str]) -> iam.PolicyStatement:
        """The statement that allows them on the tables of these ARNs."""
        return iam.PolicyStatement(
            actions=list(self.actions), resources=[f"{arn}{self.below}" for arn in arns]
        )


def let_use_tables(
    role: iam.Role, tables: Sequence[dynamodb.ITable], allowed: Sequence[TableActions], reason: str = ""
) -> Sequence[iam.ManagedPolicy]:
    """Let `role` do with each of `tables` what is `allowed`; patterns below them are acknowledged for `reason`.

    Returns the policies, below the role. Each holds twelve tables with names of up to 150 characters.
    """
    policies = []
    for first in range(0, len(tables), _TABLES_A_POLICY):
        arns = [table.table_arn for table in tables[first : first + _TABLES_A_POLICY]]
        policy = iam.ManagedPolicy(
            role, f"Tables{first or ''}", statements=[each.on(arns) for each in allowed], roles=[role]
        )
        belows = dict.fromkeys(each.below for each in allowed if "*" in each.below)
        acknowledge_patterns(policy, [f"{arn}{below}" for below in belows for arn in arns], reason)
        policies.append(policy)
    return policies
