"""Addresses of material: brought to one form, recognised again by a keyed hash, never a link."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings

#: Parts of a query that say who followed a link, not where it leads.
_TRACKING = frozenset(("fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "si"))
_DEFAULT_PORTS = {"http": 80, "https": 443}


def addresses(text: str) -> list[str]:
    """The addresses in a text, one a line, without repetition, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def normalise(address: str) -> str:
    """One address in one form: no scheme, host in lower case without `www.` and default port, no
    fragment, no tracking, query in order, no slash at the end. What is no web address (a user name,
    a channel) is only folded."""
    text = address.strip()
    parts = _split(text)
    if parts is None:
        return " ".join(text.casefold().split())
    host, port, path, query = parts
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    ]
    joined = f"?{urlencode(sorted(pairs))}" if pairs else ""
    return f"{host}{f':{port}' if port else ''}{path.rstrip('/')}{joined}"


def _split(text: str) -> tuple[str, int | None, str, str] | None:
    """Host, port that matters, path and query of a web address; None for anything else."""
    # Addresses are often written so that nobody follows them by mistake.
    plain = text.replace("[.]", ".").replace("(.)", ".")
    if plain.lower().startswith(("hxxp://", "hxxps://")):
        plain = "http" + plain[4:]
    candidate = plain if "://" in plain else f"http://{plain}"
    try:
        parts = urlsplit(candidate)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    mail = "@" in plain and "://" not in plain
    if " " in plain or "." not in host or mail:
        return None
    shown = port if port != _DEFAULT_PORTS.get(parts.scheme.lower()) else None
    return host.removeprefix("www."), shown, parts.path, parts.query


def keyed_hash(address: str) -> bytes:
    """The hash by which an address is found again (HMAC-SHA256); opens nothing by itself."""
    key = hashlib.blake2b(str(settings.SECRET_KEY).encode(), person=b"report-address").digest()
    return hmac.new(key, normalise(address).encode(), hashlib.sha256).digest()
