"""Step Functions workflows that undo what they began when they cannot go on."""

from constructs_lib.workflow.saga import Saga
from constructs_lib.workflow.steps import LAMBDA_TRANSIENT_ERRORS, Parallel, Retries, Step

__all__ = ["LAMBDA_TRANSIENT_ERRORS", "Parallel", "Retries", "Saga", "Step"]
