"""How the provider decides, whatever keeps its charges."""

from collections.abc import Mapping
from typing import Final, Protocol
from uuid import UUID, uuid5

from payment_sandbox.models import Answer, Charge, Outcome, Refund, Request

__all__ = ["DECLINED_CENTS", "Charges", "KeyReusedError", "answer"]

_NAMESPACE: Final = UUID("3b1a0a5e-8a43-4f0c-9a52-6a4f2f0e8c11")

# Test amounts, as providers have them for their test cards: the cents are the response code of ISO 8583.
DECLINED_CENTS: Final[Mapping[str, str]] = {
    "05": "do_not_honor",
    "51": "insufficient_funds",
    "54": "expired_card",
}


class KeyReusedError(Exception):
    """The idempotency key was used before, for another amount."""


class Charges(Protocol):
    """Keeps what has become of each key."""

    def first(self, key: str, answer: Answer, amount: str) -> tuple[Answer, str]:
        """Keep `answer` and `amount` unless the key is known; return what is kept."""
        ...

    def refunded(self, key: str) -> Answer:
        """Turn the charge under the key into a refund; done already is done."""
        ...


def answer(request: Request, charges: Charges) -> Answer:
    """Charge or refund.

    Raises:
        KeyReusedError: the key was used for another amount.
    """
    payment_id = f"pay_{uuid5(_NAMESPACE, request.idempotency_key).hex}"
    match request:
        case Charge(idempotency_key=key):
            reason = DECLINED_CENTS.get(request.amount[-2:])
            outcome = Outcome.DECLINED if reason else Outcome.CHARGED
            amount = f"{request.amount} {request.currency}"
            kept, for_amount = charges.first(
                key, Answer(outcome=outcome, payment_id=payment_id, reason=reason), amount
            )
            if for_amount not in ("", amount):
                raise KeyReusedError(key)
            return kept
        case Refund(idempotency_key=key):
            kept, _ = charges.first(key, Answer(outcome=Outcome.VOIDED, payment_id=payment_id), "")
            return charges.refunded(key) if kept.outcome is Outcome.CHARGED else kept
