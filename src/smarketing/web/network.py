"""From where a request comes: the address of the browser, as far as it can be believed."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = ""


def network_of(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw; without proxies, the one that the connection has.

    Each proxy adds whom it heard to the end of `X-Forwarded-For`. What stands further left, the browser may have written itself.
    """
    proxies: int = getattr(settings, "PROXIES", 0)
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    heard = told[-proxies] if len(told) >= proxies > 0 else request.META.get("REMOTE_ADDR", "")
    return _address(heard) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip().removeprefix("[").partition("]")[0]))
    except ValueError:
        return UNKNOWN
