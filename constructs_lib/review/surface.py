"""What `constructs_lib.review` offers to tests and scripts."""

from constructs_lib.review.acknowledgements import Acknowledgement, read_acknowledgements
from constructs_lib.review.comparing import compare
from constructs_lib.review.cost import Account, Prices, Traffic, cost_of
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.report import (
    Caught,
    Change,
    Cost,
    CostLine,
    Coverage,
    FailureMode,
    Review,
    TemplateReview,
)
from constructs_lib.review.reviewing import review
from constructs_lib.review.rules import RULES
from constructs_lib.review.unusable import UnusableError

__all__ = [
    "RULES",
    "Account",
    "Acknowledgement",
    "Caught",
    "Change",
    "Cost",
    "CostLine",
    "Coverage",
    "FailureMode",
    "Finding",
    "Prices",
    "Review",
    "Severity",
    "TemplateReview",
    "Traffic",
    "UnusableError",
    "compare",
    "cost_of",
    "read_acknowledgements",
    "review",
]
