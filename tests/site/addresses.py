"""All addresses of the site, each with a sample for what is to be filled in."""

import re
import uuid

from django.urls import URLPattern, get_resolver
from django.utils.translation import override

SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "x", "str": "x", "path": "x"}


def addresses(resolver=None, before=""):
    """(address, view) of every pattern, with a sample for each place to fill in."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES[m.group(1) or "str"], here)
            yield "/" + filled, pattern.callback
        else:
            yield from addresses(pattern, here)


def all_addresses():
    with override("en"):
        return list(addresses())
