"""Where the house may knock outside (webhooks, gateways): https, to an address of the open internet.

It is judged when it is kept and again when it is used.

The name is resolved here and the connection goes to the very address that was judged, so that a name that
answers differently a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LONGEST = 500
resolve = socket.getaddrinfo
# Ways of writing an IPv4 address inside an IPv6 one that a router behind us might unwrap.
_WRAPPERS = (ip_network("64:ff9b::/96"), ip_network("2002::/16"), ip_network("2001::/32"))


class AddressRefused(ValueError):
    """The address does not lead to the open internet; whoever asked says so in its own words."""


@dataclass(frozen=True)
class Target:
    """An address that was judged: the name for the certificate, the number to connect to."""

    host: str
    port: int
    ip: str


def check_address(url: str) -> str:
    """The address as it will be kept, without asking any name server. Raises `AddressRefused`."""
    _split(url.strip())
    return url.strip()


def target_of(url: str) -> Target:
    """Resolve and judge. Raises `AddressRefused`; `OSError` when the name is not known."""
    parts = _split(url)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    answers = resolve(host, port, type=socket.SOCK_STREAM)
    found = [ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
    # All of them: a name with one public and one private address is an attempt.
    if not found or not all(_is_allowed(one) for one in found):
        raise AddressRefused(url)
    return Target(host=host, port=port, ip=str(found[0]))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(url) from None
    schemes = {"https", "http"} if settings.WEBHOOK_ALLOW_LOOPBACK else {"https"}
    if (
        len(url) > LONGEST
        or parts.scheme not in schemes
        or not host
        or port == 0
        or parts.username is not None
        or parts.password is not None
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or any(sign in url for sign in " \\")
    ):
        raise AddressRefused(url)
    try:
        number = ip_address(host)
    except ValueError:
        return parts
    if not _is_allowed(number):
        raise AddressRefused(url)
    return parts


def _is_allowed(one: IPv4Address | IPv6Address) -> bool:
    if isinstance(one, IPv6Address):
        if one.ipv4_mapped is not None:
            return _is_allowed(one.ipv4_mapped)
        if any(one in wrapper for wrapper in _WRAPPERS):
            return False
    if one.is_loopback:
        return bool(settings.WEBHOOK_ALLOW_LOOPBACK)
    return one.is_global and not one.is_multicast
