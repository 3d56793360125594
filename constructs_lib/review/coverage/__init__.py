"""Which failures of a stack's resources its alarms catch: each claim is proved by replaying an incident."""

from constructs_lib.review.coverage.findings import coverage_findings
from constructs_lib.review.coverage.matrix import coverage_of

__all__ = ["coverage_findings", "coverage_of"]
