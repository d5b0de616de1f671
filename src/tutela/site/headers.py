"""Headers that every answer carries and that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tutela.site.permissions.gate import Door, declared

#: Features of the browser that no page of ours ever needs.
DENIED_FEATURES = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "web-share",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in DENIED_FEATURES)
#: Where a security key may be asked for: pages of staff with scripts, and nowhere else.
KEYS_POLICY = ", ".join(
    f"{feature}=(self)" if feature.startswith("publickey-") else f"{feature}=()"
    for feature in DENIED_FEATURES
)

#: A page of a release changes only when another release is served.
PAGE_CACHE = "public, max-age=300"


class AnswerHeaders:
    """Deny the browser's features, keep other origins out, let open pages be kept five minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what the answer does not say itself."""
        response = self.get_response(request)
        access = declared(getattr(request.resolver_match, "func", None))
        scripts = access is not None and access.scripts
        response.setdefault("Permissions-Policy", KEYS_POLICY if scripts else PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        is_open = access is not None and access.door is Door.OPEN
        cacheable = is_open and response.status_code in (200, 304)
        response.setdefault("Cache-Control", PAGE_CACHE if cacheable else "no-store")
        return response
