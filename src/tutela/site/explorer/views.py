"""The explorer's pages; each is a plain GET over the release and asks the database nothing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request, override
from django.views.decorators.http import require_safe

from tutela.site.explorer.current_release import current_release
from tutela.site.explorer.downloads import all_downloads, download
from tutela.site.explorer.figures import figure as figure_of
from tutela.site.explorer.figures import summaries
from tutela.site.explorer.hidden_figure import hidden_figure as hidden_figure_of
from tutela.site.explorer.linkage import linkage_trust
from tutela.site.explorer.overview import overview
from tutela.site.explorer.published import published_figures
from tutela.site.explorer.themes import by_theme


def _language() -> str:
    """The language of the address."""
    return get_language() or "en"


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send the reader to the home page in the language that the browser asks for."""
    with override(get_language_from_request(request)):
        response = redirect("explorer:home")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is known, what is not, and how safe the figures are."""
    release = current_release()
    return render(
        request,
        "home.html",
        {
            "overview": overview(release, _language()),
            "hidden": hidden_figure_of(release, _language()),
        },
    )


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All indicators, by theme."""
    release = current_release()
    found = summaries(release, _language())
    return render(
        request,
        "figures.html",
        {
            "themes": by_theme(found),
            "total": len(found),
            "hidden": hidden_figure_of(release, _language()),
        },
    )


@require_safe
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One indicator: chart, tables, meaning, coverage, safety, downloads."""
    found = figure_of(current_release(), name, _language())
    if found is None:
        raise Http404
    return render(request, "figure.html", {"figure": found})


@require_safe
def hidden_figure(request: HttpRequest) -> HttpResponse:
    """How many children no list knows: what is known, an interval, and how far to trust it."""
    found = hidden_figure_of(current_release(), _language())
    if found is None:
        raise Http404
    return render(request, "hidden_figure.html", {"hidden": found})


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The figures that the 2018 report published, apart from everything synthetic."""
    found = published_figures(current_release(), _language())
    file = download(current_release(), "published_figures.csv")
    return render(request, "published.html", {"published": found, "file": file})


@require_safe
def release(request: HttpRequest) -> HttpResponse:
    """The release itself: manifest, files with hashes, how to verify and to cite it."""
    found = current_release()
    return render(
        request,
        "release.html",
        {"files": all_downloads(found), "overview": overview(found, _language())},
    )


@require_safe
def methodology(request: HttpRequest) -> HttpResponse:
    """How the figures are made, in plain words, and how far linkage can be trusted."""
    found, language = current_release(), _language()
    return render(
        request,
        "methodology.html",
        {"overview": overview(found, language), "linkage": linkage_trust(found, language)},
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can read the site, and what is not done yet."""
    return render(request, "accessibility.html")


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For the machine that watches: 200 while a verified release is shown, otherwise 503."""
    found = current_release()
    answer = JsonResponse({"status": "ok", "release": found.manifest["id"]})
    answer["Cache-Control"] = "no-store"
    return answer
