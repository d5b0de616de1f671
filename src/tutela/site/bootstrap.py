"""Bootstrap's style sheet from its PyPI package, served by ourselves; nothing else of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE_SHEET = "bootstrap.min.css"


def style_sheet_folder() -> Path:
    """The folder in site-packages that holds Bootstrap's compiled style sheets."""
    spec = importlib.util.find_spec("bootstrap")
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise ModuleNotFoundError("bootstrap (from the package bootstrap-wrapper) is missing")
    return Path(places[0]) / "css"


class BootstrapFinder(BaseFinder):
    """Finds one file, the minified style sheet; scripts stay where they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=str(style_sheet_folder()))

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: the place is not configurable."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The style sheet's place if `path` is its name."""
        if path != STYLE_SHEET:
            return []
        place = self.storage.path(STYLE_SHEET)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """The one file, for collectstatic."""
        yield STYLE_SHEET, self.storage


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Assets with their hash in the name and a gzip copy; our style sheets link to no file."""

    patterns = ()
