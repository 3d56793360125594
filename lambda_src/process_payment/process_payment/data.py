"""The payment provider, behind a synchronous invocation of a function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from process_payment.errors import ProviderError, ProviderUnavailableError

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Callable, Mapping

    from mypy_boto3_lambda import LambdaClient

__all__ = ["LambdaProvider"]

# What the provider raises over requests that it cannot understand; anything else is its own trouble.
_REFUSED = frozenset({"KeyReusedError", "ValidationError"})


class LambdaProvider:
    """The function that stands in for a provider. Another one takes its place by these two methods."""

    def __init__(
        self,
        client: LambdaClient,
        function: str,
        *,
        protect: Callable[[Callable[[], Mapping[str, Any]]], Mapping[str, Any]],
    ) -> None:
        """Invoke `function`, an alias's ARN.

        Args:
            client: for Lambda.
            function: the alias.
            protect: makes one call, with whatever retries and circuit breaker there are around it.
        """
        self._client = client
        self._function = function
        self._protect = protect

    def charge(self, key: str, *, amount: str, currency: str) -> Mapping[str, Any]:
        """Have `amount` taken, once for each `key`."""
        return self._ask(operation="charge", idempotency_key=key, amount=amount, currency=currency)

    def refund(self, key: str) -> Mapping[str, Any]:
        """Have what was charged under `key` given back; nothing can be charged under it any more."""
        return self._ask(operation="refund", idempotency_key=key)

    def _ask(self, **request: str) -> Mapping[str, Any]:
        answer = self._protect(lambda: self._invoke(request))
        if (refused := answer.get("errorType")) is not None:
            raise ProviderError(str(refused))
        return answer

    def _invoke(self, request: Mapping[str, str]) -> Mapping[str, Any]:
        """One call. A request that the provider does not understand is answered, for the provider is well then."""
        answer = self._client.invoke(FunctionName=self._function, Payload=json.dumps(request).encode())
        body: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
        if "FunctionError" in answer and body.get("errorType") not in _REFUSED:
            raise ProviderUnavailableError(str(body.get("errorType", answer["FunctionError"])))
        return body
