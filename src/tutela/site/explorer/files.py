"""The release's files for download, checked against the manifest each time they are read."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tutela.errors import InputRefused
from tutela.publication.folder import MANIFEST
from tutela.publication.release import Release
from tutela.site.explorer.current_release import current_release
from tutela.site.explorer.downloads import DIGITS
from tutela.site.explorer.no_release import NoRelease

log = logging.getLogger(__name__)

#: A year: the address holds the hash, so that its content can never change.
FOREVER = "public, max-age=31536000, immutable"

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml",
}

#: An SVG that is opened alone may style itself (its dark mode) and nothing more.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def file(request: HttpRequest, digest: str, path: str) -> HttpResponse:
    """One file of the release, at the address that carries its hash; anything else is 404."""
    release = current_release()
    entry = release.manifest["files"].get(path)
    if entry is None or entry["sha256"][:DIGITS] != digest:
        raise Http404
    try:
        content = release.read(path)
    except InputRefused as error:
        log.error("file refused: %s", error.message)
        raise NoRelease from error
    response = _answer(release, path, content)
    response["Cache-Control"] = FOREVER
    response["ETag"] = f'"{entry["sha256"]}"'
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The manifest of the release, by which every other file can be checked."""
    release = current_release()
    response = _answer(release, MANIFEST, (release.path / MANIFEST).read_bytes())
    response["Cache-Control"] = "no-cache"
    return response


def _answer(release: Release, path: str, content: bytes) -> HttpResponse:
    """The file as its type; charts are shown, all else is saved under a name that tells it."""
    extension = path.rpartition(".")[2]
    response = HttpResponse(content, content_type=TYPES.get(extension, "application/octet-stream"))
    if extension == "svg":
        response["Content-Security-Policy"] = SVG_POLICY
    else:
        name = f"{release.manifest['id']}-{path.replace('/', '-')}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
