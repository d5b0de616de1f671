"""Collect the site's texts and compile its catalogues with Babel; no system gettext is needed.

python -m tutela.site.translations           collect and compile
python -m tutela.site.translations --check   say what is missing, fuzzy or stale (exit 1)
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SITE = Path(__file__).parent
LOCALE = SITE / "locale"
LANGUAGES = ("fr", "nl", "de")
#: Function → which arguments are context, singular and plural (Babel's notation).
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def _sources() -> Iterator[tuple[str, str]]:
    for path in sorted(SITE.rglob("*.html")):
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield path.relative_to(SITE).as_posix(), text
    for path in sorted(SITE.rglob("*.py")):
        if path != Path(__file__):
            yield path.relative_to(SITE).as_posix(), path.read_text(encoding="utf-8")


def collected() -> Catalog:
    """All texts of templates and code, with where they stand."""
    catalog = Catalog(project="Tutela", charset="utf-8")
    for name, text in _sources():
        source = io.BytesIO(text.encode("utf-8"))
        for _, message, comments, context in extract("python", source, KEYWORDS):
            catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it is on disk; empty where there is none."""
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, project="Tutela", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _messages(catalog: Catalog) -> dict[tuple[str | None, str], Message]:
    return {
        (
            message.context,
            str(message.id if isinstance(message.id, str) else message.id[0]),
        ): message
        for message in catalog
        if message.id
    }


def faults() -> list[str]:
    """What is missing, fuzzy, left over or not compiled, one line each."""
    found = []
    wanted = _messages(collected())
    for language in LANGUAGES:
        catalog = read(language)
        have = _messages(catalog)
        for key in wanted:
            message = have.get(key)
            texts = message.string if message else ""
            if not all(texts if isinstance(texts, tuple | list) else (texts,)):
                found.append(f"{language}: not translated: {key[1]!r}")
            elif message is not None and message.fuzzy:
                found.append(f"{language}: fuzzy: {key[1]!r}")
        found += [f"{language}: no longer used: {key[1]!r}" for key in have if key not in wanted]
        mo = _po(language).with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != compiled(catalog):
            found.append(f"{language}: {mo.name} is not compiled from its .po file")
    return found


def update() -> None:
    """Bring the .po files up to date with the sources and compile them."""
    template = collected()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = _po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(
                file, catalog, width=100, omit_header=False, include_lineno=False, sort_output=True
            )
        path.with_suffix(".mo").write_bytes(compiled(read(language)))


def main() -> int:
    """Update, or with --check only report."""
    if "--check" not in sys.argv[1:]:
        update()
    lines = faults()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
