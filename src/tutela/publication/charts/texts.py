"""One drawing, four languages: marks stand for the texts until the image is drawn.

Rendering costs a hundred times what putting words in costs, so a chart is rendered once, with
marks, on a layout that does not depend on the length of words.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from xml.sax.saxutils import escape

from tutela.publication.charts.words import THOUSANDS

# Signs that every font has, for looking elsewhere is slow; the drawing holds no other text.
_MARK = re.compile(r"¤(\d+)¤")
#: Stands between groups of three digits until the language is known.
GROUP = "¬"


class Texts:
    """The texts of one chart: `add` gives the mark to draw, `fill` puts a language's words in."""

    def __init__(self) -> None:
        self._texts: list[dict[str, list[str]]] = []

    def add(self, text: Mapping[str, str], *, width: int = 200, lines: int = 1) -> str:
        """A mark for `text` (by language), wrapped at `width` characters into at most `lines`."""
        wrapped = {
            language: textwrap.wrap(
                words, width, max_lines=lines, placeholder=" …", break_long_words=True
            )
            for language, words in text.items()
        }
        return self._mark(wrapped)

    def block(self, text: Mapping[str, str], *, width: int) -> list[str]:
        """Marks for the lines of `text`: as many as the longest language needs."""
        wrapped = {language: textwrap.wrap(words, width) for language, words in text.items()}
        count = max(len(lines) for lines in wrapped.values())
        return [
            self._mark({language: lines[i : i + 1] for language, lines in wrapped.items()})
            for i in range(count)
        ]

    def longest(self, mark: str) -> int:
        """The most characters that a line of `mark` has in any language."""
        found = _MARK.fullmatch(mark)
        texts = self._texts[int(found[1])].values() if found else [[mark]]
        return max((len(line) for lines in texts for line in lines), default=0)

    def fill(self, svg: str, language: str) -> str:
        """`svg` with the words of `language` in place of the marks."""

        def words(match: re.Match[str]) -> str:
            lines = [escape(line) for line in self._texts[int(match[1])][language]]
            if len(lines) < 2:
                return "".join(lines)
            # Centred on the line that was drawn; the text stands where its transform puts it.
            first = -0.55 * (len(lines) - 1)
            return "".join(
                f'<tspan x="0" dy="{first if i == 0 else 1.1:.2f}em">{line}</tspan>'
                for i, line in enumerate(lines)
            )

        return _MARK.sub(words, svg.replace(GROUP, THOUSANDS[language]))

    def _mark(self, lines: dict[str, list[str]]) -> str:
        """Keep `lines` by language and return what stands for them."""
        self._texts.append(lines)
        return f"¤{len(self._texts) - 1}¤"


def number(value: int) -> str:
    """A whole number in groups of three digits; `fill` writes the separator of the language."""
    return f"{value:,}".replace(",", GROUP)
