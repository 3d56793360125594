"""TLS certificates for whatever name a client asks for, from an authority that is made when the server starts."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

import trustme

_authority = cache(trustme.CA)


def write_authority(file: Path) -> None:
    """Write the authority's certificate, for clients that want to verify."""
    _authority().cert_pem.write_to_path(str(file))


@cache
def _certificate(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    _authority().issue_cert(name).configure_cert(context)
    return context


def server_context(address: str, serves: Callable[[str], bool]) -> ssl.SSLContext:
    """TLS for an address: the certificate of the name that the client sends as SNI, or none for a name not served.

    Without SNI it is the certificate of the address.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    _authority().issue_cert(address).configure_cert(context)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name is None:
            return None
        if not serves(name.lower()):
            return int(ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)
        connection.context = _certificate(name.lower())
        return None

    context.sni_callback = choose
    return context
