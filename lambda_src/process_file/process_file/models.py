"""The message that asks for a file to be processed, and what became of the file."""

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Processed", "Upload"]


class Upload(BaseModel):
    """The message: one version of one object. Fields that a newer sender adds are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    file_id: str = Field(pattern=r"^[0-9a-f]{64}$")
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1)
    version_id: str = Field(min_length=1)
    size: int = Field(ge=0)
    catalogue_version: str | None = None
    correlation_id: str = Field(min_length=1)

    @property
    def compressed(self) -> bool:
        """Whether its name says that gzip made it."""
        return self.key.endswith(".gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """What became of a file that could be used.

    Attributes:
        rows: the clean rows.
        rejected: the rows that were left out.
        sha256: of the clean rows as text, so that two runs can be told to be the same.
        output: the key of the clean rows.
        rejects: the key of what was left out and why.
        totals: the key of the totals by group.
        revenue: what was sold, by currency.
        counts: how many rows there are of each currency.
    """

    rows: int
    rejected: int
    sha256: str
    output: str
    rejects: str
    totals: str
    revenue: dict[str, Decimal] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
