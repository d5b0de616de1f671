"""What every page of the front door carries, and where its forms may come from.

No cookie is set before something is sent, so Django's cookie against cross-site forms cannot serve
here. A form counts when its sealed state is ours (`sealed_state`) and the browser does not say that
another site sent it: Sec-Fetch-Site where the browser knows it, otherwise Origin. A browser that
sends neither is old, and is let through: the worst that a forged form can do is to write a report.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


def front_door(view: View[Parameters]) -> View[Parameters]:
    """A page of the front door: never stored, no cookie, forms to this site only.

    The referrer stays inside the site: with none at all, browsers would hide a form's origin.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(
        request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        response._csp_replace = {"form-action": [SELF]}  # type: ignore[attr-defined]
        return response

    result: Any = guarded
    return result  # type: ignore[no-any-return]
