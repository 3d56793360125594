"""Findings that somebody has looked at and accepts, with the reason; and those of them that say nothing any more.

They stand in a file, in a resource's metadata, or where CDK keeps its own:

    - rule: alarm-without-action
      resource: CreateOrder/Alarms/*     # a construct path or logical id; * and ? stand for what they do in shells
      stack: OrderService-prod           # left out: in every stack
      reason: The composite alarm of another account reads it.
      expires: 2027-03-31                # left out: never

    Metadata:
      constructs_lib:
        acknowledge:
          - {rule: alarm-without-action, reason: The composite alarm of another account reads it.}

    Validations.of(alarm).acknowledge(Acknowledgment(id="constructs_lib::alarm-without-action", reason="..."))
"""

from constructs_lib.review.acknowledgements.judging import acknowledged, unused_of
from constructs_lib.review.acknowledgements.written import Acknowledgement, read_acknowledgements

__all__ = ["Acknowledgement", "acknowledged", "read_acknowledgements", "unused_of"]
