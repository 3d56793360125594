"""What a review finds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["OURS", "Finding", "Severity"]

OURS: Final = "constructs_lib"


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The template says one thing and AWS will do another: a deployment is refused, or a protection cannot work."""
    WARNING = "warning"
    """A protection is missing or weak."""
    NOTE = "note"
    """It could be better."""

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return {"note": 0, "warning": 1, "error": 2}[self.value]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that a rule found at a resource.

    Attributes:
        rule: the rule's id, such as ``alarm-without-action``.
        severity: how bad it is.
        logical_id: the resource; empty where it is the template as a whole.
        construct_path: the path of its construct below the stack; the logical id where the template does not tell.
        message: what is wrong with this resource, in a sentence, with the value.
        remedy: what to do.
        source: the address of the documentation that says so.
        family: of rules, such as ``delivery``.
        acknowledged: the reason why it is accepted; None where it is not.
        origin: who found it: this library, or a tool whose report lies in the assembly.
    """

    rule: str
    severity: Severity
    logical_id: str
    construct_path: str
    message: str
    remedy: str
    source: str
    family: str = ""
    acknowledged: str | None = None
    origin: str = OURS
