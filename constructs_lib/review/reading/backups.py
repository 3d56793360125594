"""Plans of AWS Backup as rules see them: when, into which vault, and what.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupplan.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.data import at, items_of, text_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["VAULTS", "PlanRule", "Selection", "plan_rules_of", "selected", "selections_of"]

PLAN: Final = "AWS::Backup::BackupPlan"
SELECTION: Final = "AWS::Backup::BackupSelection"
VAULTS: Final = ("AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault")


@dataclass(frozen=True, eq=False)
class PlanRule:
    """A rule of a plan.

    Attributes:
        plan: the plan.
        data: the rule as plain data.
    """

    plan: Node
    data: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call it, at the beginning of a sentence."""
        name = text_of(self.data.get("RuleName"))
        return f"The rule {name} of {self.plan.path}" if name else f"A rule of {self.plan.path}"

    @cached_property
    def vault(self) -> Node | None:
        """The vault at hand that gets its backups."""
        return self.plan.stack.find(self.data.get("TargetBackupVault"), *VAULTS)

    @cached_property
    def copies(self) -> list[Mapping[str, Any]]:
        """What it copies, and where."""
        return [each for each in items_of(self.data.get("CopyActions")) if isinstance(each, Mapping)]

    def vault_of(self, copy: Mapping[str, Any]) -> Node | None:
        """The vault at hand that gets a copy."""
        return self.plan.stack.find(copy.get("DestinationBackupVaultArn"), *VAULTS)

    def lifecycles(self) -> Iterator[tuple[str, Any, Node | None]]:
        """What becomes of its backups and of each copy: what it is of, the lifecycle, and the vault at hand."""
        yield self.title, at(self.data, "Lifecycle"), self.vault
        for copy in self.copies:
            yield (
                f"A copy of {self.title[0].lower()}{self.title[1:]}",
                at(copy, "Lifecycle"),
                self.vault_of(copy),
            )


@dataclass(frozen=True, eq=False)
class Selection:
    """What a plan backs up.

    Attributes:
        node: the resource.
    """

    node: Node

    @cached_property
    def plan(self) -> Node | None:
        """The plan, where that is at hand."""
        return self.node.target("BackupPlanId", types=(PLAN,))

    @cached_property
    def role(self) -> Node | None:
        """As which role, where that is at hand."""
        return self.node.target("BackupSelection", "IamRoleArn", types=("AWS::IAM::Role",))

    @property
    def resources(self) -> list[str]:
        """What it names: ARNs, with placeholders and wildcards."""
        return [each for each in self.node.items("BackupSelection", "Resources") if isinstance(each, str)]

    @cached_property
    def nodes(self) -> Sequence[Node | None]:
        """What it names; None for what is not at hand."""
        return [self.node.stack.find(each, *_BACKED_UP) for each in self.resources]

    @property
    def open(self) -> bool:
        """Whether it may take more than what it names and what is at hand."""
        by_tag = any(self.node.has("BackupSelection", key) for key in ("ListOfTags", "Conditions"))
        return by_tag or None in self.nodes or not self.resources


_BACKED_UP: Final = (
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
)


def plan_rules_of(where: StackReading | Reading) -> list[PlanRule]:
    """The rules of the plans of a stack, or of all."""
    return [
        PlanRule(plan, each)
        for plan in where.of_type(PLAN)
        for each in plan.items("BackupPlan", "BackupPlanRule")
        if isinstance(each, Mapping)
    ]


def selections_of(where: StackReading | Reading) -> list[Selection]:
    """The selections of a stack, or of all."""
    return [Selection(each) for each in where.of_type(SELECTION)]


def selected(node: Node) -> bool | None:
    """Whether a plan at hand backs a resource up; None where that is unknown, as with tags."""
    named, open_ = node.stack.whole.once("backed-up", _selected)
    return True if node in named else None if open_ else False


def _selected(whole: Reading) -> tuple[set[Node], bool]:
    found = selections_of(whole)
    named = {node for each in found for node in each.nodes if node is not None}
    return named, any(each.open for each in found)
