"""The numbers that the home page says about the release as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tutela.publication.release import Release
from tutela.site.explorer.figures import Summary, summaries

#: Headlines on the home page: enough to fill a screen, few enough to be read.
HEADLINES = 6


@dataclass(frozen=True)
class Overview:
    """What is in the release, and what its audit says."""

    title: str
    published: datetime
    headlines: tuple[Summary, ...]
    indicators: int
    cells: int
    hidden: int
    attacked: int
    unsafe: int
    attackers: int

    @property
    def hidden_percent(self) -> float:
        """Hidden cells of all cells, in per cent; 0 for a release without cells."""
        return 100 * self.hidden / self.cells if self.cells else 0.0


@lru_cache(maxsize=8)
def overview(release: Release, language: str) -> Overview:
    """The overview of the release in `language`."""
    found = summaries(release, language)
    audit = release.manifest["audit"]
    return Overview(
        title=release.manifest["title"][language],
        published=datetime.fromisoformat(release.manifest["time"]),
        headlines=_spread(found),
        indicators=len(found),
        cells=sum(one.cells for one in found),
        hidden=sum(one.hidden for one in found),
        attacked=audit["attacked"],
        unsafe=audit["unsafe"],
        attackers=len(audit["attackers"]),
    )


def _spread(found: tuple[Summary, ...]) -> tuple[Summary, ...]:
    """The first headline of each theme, then the second of each, until there are enough.

    Several indicators may break down one total; its sentence is said once.
    """
    waiting: dict[str, list[Summary]] = {}
    said: set[str] = set()
    for one in found:
        if one.headline and one.lead not in said:
            said.add(one.lead)
            waiting.setdefault(one.theme, []).append(one)
    chosen: list[Summary] = []
    while len(chosen) < HEADLINES and any(waiting.values()):
        chosen += [queue.pop(0) for queue in waiting.values() if queue]
    order = {one.id: place for place, one in enumerate(found)}
    return tuple(sorted(chosen[:HEADLINES], key=lambda one: order[one.id]))
