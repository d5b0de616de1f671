"""What a statistician wants to see before believing an estimate, and when to refuse one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutela.estimation.design import design_of
from tutela.estimation.lists import (
    ListTable,
    drop_lists,
    membership,
    merge_lists,
    pair_names,
)
from tutela.estimation.stepwise import choose

FEWEST_RECAPTURES = 10
"""Fewer persons than this on two or more lists cannot carry an estimate."""
FEW_RECAPTURES = 30
DOMINANT_SHARE = 2 / 3
REFERRAL_SHARE = 0.6
REFERRAL_ODDS = 2.0
"""How much more often, in odds, those of a list are on another than everybody else observed."""
WIDE_SPREAD = 1.5
MOVES_MUCH = 1.5
CHAINS_APART = 1.2


@dataclass(frozen=True)
class Caution:
    """A reason for care: a stable `code` and words for the reader."""

    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return {"code": self.code, "message": self.message}


def recaptures(table: ListTable) -> int:
    """Persons on two or more lists."""
    held = np.array([bin(mask).count("1") for mask in range(table.counts.size)])
    return round(float(table.counts[held >= 2].sum()))


def reason_to_refuse(table: ListTable) -> str | None:
    """Why the lists cannot carry an estimate, whatever the method; None when they may."""
    if len(table.names) < 2:
        return "one list alone says nothing about those it does not know"
    again = recaptures(table)
    if again == 0:
        return "no person is on two lists, so the lists say nothing about the unseen"
    if again < FEWEST_RECAPTURES:
        return (
            f"only {again} persons are on two or more lists; fewer than {FEWEST_RECAPTURES} "
            "cannot carry an estimate"
        )
    return None


def warnings_about(table: ListTable) -> list[Caution]:
    """Weaknesses of the lists themselves."""
    found = []
    sizes, observed = table.sizes(), table.observed
    if len(table.names) == 2:
        found.append(
            Caution(
                "two-lists",
                "two lists only: that they are independent is assumed and cannot be checked",
            )
        )
    again = recaptures(table)
    if again < FEW_RECAPTURES:
        found.append(
            Caution("few-overlaps", f"only {again} of {observed} persons are on two or more lists")
        )
    largest = max(sizes, key=lambda name: (sizes[name], name))
    if sizes[largest] > DOMINANT_SHARE * observed:
        share = round(100 * sizes[largest] / observed)
        found.append(
            Caution("dominant-list", f"list {largest} knows {share} % of all persons observed")
        )
    overlaps = table.overlaps()
    for a, b in pair_names(table):
        both = int(overlaps[table.names.index(a), table.names.index(b)])
        smaller = min(sizes[a], sizes[b])
        if both == 0:
            found.append(Caution("empty-overlap", f"nobody is on both {a} and {b}"))
        elif smaller >= FEWEST_RECAPTURES and _seems_fed(table, a, b, both):
            found.append(
                Caution(
                    "fed-by-referral",
                    f"{round(100 * both / smaller)} % of the smaller of {a} and {b} is on the "
                    f"other: if one feeds the other, merge them (--merge {a}{b}={a}+{b})",
                )
            )
    return found


def _seems_fed(table: ListTable, a: str, b: str, both: int) -> bool:
    """Whether most of the smaller list is on the other, and far more of it than of everybody else
    whom some third list knows: a large list overlaps with all others without feeding them."""
    sizes = table.sizes()
    small, large = sorted((a, b), key=lambda name: (sizes[name], name))
    if both <= REFERRAL_SHARE * sizes[small]:
        return False
    member = membership(len(table.names))
    on_small, on_large = (member[:, table.names.index(name)] for name in (small, large))
    third = member.sum(axis=1) > on_small.astype(int) + on_large
    counts = np.asarray(table.counts, dtype=np.float64)
    others = [float(counts[third & ~on_small & on].sum()) for on in (on_large, ~on_large)]
    if sum(others) == 0:
        return True
    odds = (both + 0.5) / (sizes[small] - both + 0.5)
    return odds * (others[1] + 0.5) >= REFERRAL_ODDS * (others[0] + 0.5)


@dataclass(frozen=True)
class Sensitivity:
    """The stepwise point estimate after one change to the lists (infinite: none exists)."""

    change: str
    estimate: float


def sensitivity(table: ListTable) -> list[Sensitivity]:
    """Drop each list, and merge each pair, one at a time."""
    results = []
    if len(table.names) > 2:
        for name in table.names:
            results.append(_point(drop_lists(table, [name]), f"without {name}"))
    if len(table.names) > 3:
        for a, b in pair_names(table):
            results.append(_point(merge_lists(table, {f"{a}+{b}": (a, b)}), f"{a} and {b} merged"))
    return results


def _point(table: ListTable, change: str) -> Sensitivity:
    if table.observed == 0 or recaptures(table) == 0:
        return Sensitivity(change, float("inf"))
    design = design_of(len(table.names))
    chosen = choose(design, table.counts[None, 1:].astype(np.float64))
    return Sensitivity(change, float(chosen.totals[0]))


def warnings_from(
    estimate: float, by_method: dict[str, float], changes: list[Sensitivity]
) -> list[Caution]:
    """Weaknesses that show only in the results: methods or changes that disagree."""
    found = []
    finite = {name: value for name, value in by_method.items() if np.isfinite(value)}
    if len(finite) > 1 and max(finite.values()) > WIDE_SPREAD * min(finite.values()):
        words = ", ".join(f"{name} {value:,.0f}" for name, value in finite.items())
        found.append(Caution("methods-disagree", f"the methods disagree: {words}"))
    moved = [c for c in changes if not estimate / MOVES_MUCH <= c.estimate <= estimate * MOVES_MUCH]
    if moved:
        words = "; ".join(
            f"{c.change}: {'no estimate' if np.isinf(c.estimate) else f'{c.estimate:,.0f}'}"
            for c in moved[:5]
        )
        found.append(Caution("sensitive-to-lists", f"the estimate hangs on single lists ({words})"))
    return found


def warnings_of_latent(results: Mapping[str, Mapping[str, Any]]) -> list[Caution]:
    """What latent classes say against the other methods, and against themselves."""
    latent = results.get("latent")
    if latent is None:
        return []
    found = []
    if latent["agreement"] > CHAINS_APART:
        found.append(
            Caution(
                "chains-disagree",
                f"chains of the latent classes have not settled (R = {latent['agreement']:.2f})",
            )
        )
    others = [
        each["upper"] for name, each in results.items() if name != "latent" and "upper" in each
    ]
    if others and latent["lower"] > min(others):
        found.append(
            Caution(
                "unequal-chances",
                "persons seem to differ in how likely lists are to know them: latent classes say "
                f"{latent['lower']:,.0f} - {latent['upper']:,.0f}, and models of dependence "
                "between lists are then too low",
            )
        )
    return found
