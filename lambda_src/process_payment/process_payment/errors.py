"""What a payment can end with."""

from typing import Final

from handler_toolkit import Failure
from order_book.errors import OrderRefusedError

__all__ = ["PaymentDeclinedError", "PaymentVoidedError", "ProviderError", "ProviderUnavailableError"]


class PaymentDeclinedError(OrderRefusedError):
    """The provider will not take this payment, however often it is asked."""


class PaymentVoidedError(OrderRefusedError):
    """The payment was given back, perhaps before it was taken: this charge comes too late."""


class ProviderError(Exception):
    """The provider did not understand the request."""


class ProviderUnavailableError(Exception):
    """The provider failed; it may have taken the payment or not, which the same request finds out."""

    failure: Final = Failure.TRANSIENT
