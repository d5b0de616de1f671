"""The language in which a command speaks of an agency's file."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

LANGUAGES = ("fr", "nl", "de", "en")


def spoken_language() -> str:
    """The language of TUTELA_LANG, else of LANG, else English."""
    for variable in ("TUTELA_LANG", "LANG"):
        language = os.environ.get(variable, "")[:2].lower()
        if language in LANGUAGES:
            return language
    return "en"


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --lang."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default=spoken_language,
        show_default="TUTELA_LANG, else LANG, else en",
        help="Language of the words.",
    )(command)
