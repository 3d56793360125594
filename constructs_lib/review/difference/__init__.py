"""What changed between two templates, in the words of resilience."""

from constructs_lib.review.difference.comparing import changes_between
from constructs_lib.review.difference.kinds import INVERSE

__all__ = ["INVERSE", "changes_between"]
