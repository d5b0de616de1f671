"""A dated mapping from the codes of one list to those of another."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tutela.vocabulary.rows import holds_on, parse_date

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("code", "target", "valid_from", "valid_to", "source", "status")


@dataclass(frozen=True, slots=True)
class Link:
    """One code and what it maps to during [valid_from, valid_to)."""

    code: str
    target: str
    valid_from: date | None
    valid_to: date | None
    source: str
    status: str


class Mapping:
    """Codes of the list `domain` (None: free text) to codes of the list `range_`."""

    def __init__(
        self,
        name: str,
        rows: Sequence[AbstractMapping[str, str]],
        *,
        domain: str | None,
        range_: str | None,
    ) -> None:
        self.name = name
        self.domain = domain
        self.range_ = range_
        self.links = tuple(
            Link(
                code=row["code"],
                target=row["target"],
                valid_from=parse_date(row["valid_from"], f"mapping {name}, {row['code']}"),
                valid_to=parse_date(row["valid_to"], f"mapping {name}, {row['code']}"),
                source=row["source"],
                status=row["status"],
            )
            for row in rows
        )
        self._by_code: dict[str, list[Link]] = {}
        for link in self.links:
            self._by_code.setdefault(link.code, []).append(link)

    def __repr__(self) -> str:
        return f"Mapping({self.name!r}, {len(self.links)} links)"

    def get(self, code: str, on: date | None = None) -> str | None:
        """What `code` maps to on a date (today's open-ended link without one); None if nothing."""
        for link in self._by_code.get(code, ()):
            if holds_on(link.valid_from, link.valid_to, on):
                return link.target
        return None

    def frame(self) -> pl.DataFrame:
        """One row per link: code, target, valid_from, valid_to, source, status."""
        import polars as pl

        dtypes = {"valid_from": pl.Date, "valid_to": pl.Date}
        return pl.DataFrame(
            {
                column: pl.Series(
                    [getattr(link, column) for link in self.links],
                    dtype=dtypes.get(column, pl.String),
                )
                for column in COLUMNS
            }
        )
