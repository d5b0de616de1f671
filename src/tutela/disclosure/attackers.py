"""Who attacks: each kind of reader as a class that says what it knows beyond what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tutela.disclosure.graph import CellGraph
from tutela.disclosure.policy import Policy

#: Below any difference between two releases.
ANY = -(10**9)


@dataclass(frozen=True)
class View:
    """What one attacker knows: the value of the `known` cells (ids, beyond what is shown) and a
    least value for every cell (`lower`, int64 per cell)."""

    attacker: str
    known: np.ndarray
    lower: np.ndarray


class Attacker(Protocol):
    """A kind of attacker; `name` is how reports and policies call it."""

    name: str

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """One view per person or body of this kind; none where the kind does not exist."""


class Outsider:
    """Reads what is published, of all tables and releases at once; counts are not below 0 (A0)."""

    name = "outsider"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """The weakest view: everybody knows this much."""
        yield View(self.name, NOBODY, _not_negative(graph))


class ZeroAware:
    """Sees that zeros are shown, so that every hidden cell is at least 1 (A1)."""

    name = "zero-aware"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """Exists where zeros are shown."""
        if policy.zeros == "structural":
            lower = _not_negative(graph)
            counts = (graph.since < 0) & ~(graph.told & (graph.value == 0))
            yield View(self.name, NOBODY, np.where(counts, 1, lower))


class Insider:
    """The one contributor to a cell, who knows it and subtracts it (a singleton)."""

    name = "insider"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """One person per singleton cell."""
        lower = _not_negative(graph)
        for cell in np.flatnonzero(graph.single).tolist():
            yield View(self.name, np.array([cell], dtype=np.int64), lower)


class Agency:
    """A contributor who knows all its own cases, and subtracts them everywhere at once.

    A cell counts at least the agency's own cases; singleton cells that it fills alone it knows.
    """

    name = "agency"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """One body per contributor that the tables name."""
        for own in graph.holdings.values():
            alone = np.flatnonzero(graph.single & (own > 0) & (own == graph.value))
            yield View(self.name, alone, np.maximum(_not_negative(graph), own))


class PublicationsReader:
    """Reads what agencies publish of their own cases beside the tables."""

    name = "publications"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """One reader of all publications together: of each cell the largest count counts."""
        if graph.announced:
            lower = _not_negative(graph)
            for counts in graph.announced.values():
                lower = np.maximum(lower, counts)
            yield View(self.name, NOBODY, lower)


class EarlierReader:
    """Keeps every earlier release, and subtracts it from today's."""

    name = "earlier"

    def views(self, graph: CellGraph, policy: Policy) -> Iterator[View]:
        """Exists once there is an earlier release; its tables are part of the graph."""
        if graph.releases:
            yield View(self.name, NOBODY, _not_negative(graph))


NOBODY = np.zeros(0, dtype=np.int64)
ATTACKERS: tuple[Attacker, ...] = (
    Outsider(),
    ZeroAware(),
    Insider(),
    Agency(),
    PublicationsReader(),
    EarlierReader(),
)


def all_views(graph: CellGraph, policy: Policy) -> list[View]:
    """The views of every attacker that the policy reckons with; the outsider's is the first."""
    return [
        view
        for attacker in ATTACKERS
        if attacker.name == Outsider.name or attacker.name in policy.attackers
        for view in attacker.views(graph, policy)
    ]


def attacker_names(graph: CellGraph, policy: Policy) -> tuple[str, ...]:
    """Who is tried on this graph, in order."""
    found = [view.attacker for view in all_views(graph, policy)]
    return tuple(dict.fromkeys(found))


def _not_negative(graph: CellGraph) -> np.ndarray:
    return np.where(graph.falls, ANY, 0).astype(np.int64)
