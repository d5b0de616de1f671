"""A dimension of a table: its codes, its hierarchy, and the margin codes that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tutela.errors import InputRefused, Misuse


@dataclass(frozen=True)
class Dimension:
    """One dimension of a frequency table.

    `parents` maps a code to the code above it, in as many levels as needed; a flat dimension has
    none. The code `total` stands above everything. `hide_cost` above 1 asks to hide other cells
    before cells that carry detail in this dimension. `codes` may declare codes that hang directly
    under the total beside a hierarchy (otherwise such codes are refused as unknown).
    """

    name: str
    total: str = "_T"
    parents: Mapping[str, str] = field(default_factory=dict)
    hide_cost: float = 1.0
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise Misuse("A dimension has no name.")
        if not self.hide_cost > 0:
            raise Misuse(
                f"Dimension {self.name}: hide_cost is {self.hide_cost}, and must be above 0."
            )
        if self.total in self.parents:
            raise InputRefused(
                f"Dimension {self.name}: the total {self.total!r} has a parent "
                f"{self.parents[self.total]!r}.",
                remedy="The total stands above every code; remove this line of parents.",
                details={"dimension": self.name, "code": self.total},
            )
        for code in self.parents:
            seen = {code}
            above = self.parents[code]
            while above != self.total and above in self.parents:
                if above in seen:
                    raise InputRefused(
                        f"Dimension {self.name}: the hierarchy runs in a circle at {above!r}.",
                        remedy="Every code must lead to the total through its parents.",
                        details={"dimension": self.name, "code": above},
                    )
                seen.add(above)
                above = self.parents[above]


class CodeTree:
    """The codes of one dimension as a tree; index 0 is the total, parents come before children."""

    def __init__(self, dimension: Dimension, seen: Iterable[str]) -> None:
        """Lay out `dimension`; `seen` are the codes of the data, refused when unknown."""
        self.dimension = dimension
        total = dimension.total
        declared = {*dimension.parents, *dimension.parents.values(), *dimension.codes}
        found = set(seen)
        if dimension.parents:
            unknown = sorted(found - declared - {total})
            if unknown:
                raise InputRefused(
                    f"Dimension {dimension.name}: code {unknown[0]!r} is not in the hierarchy"
                    + (f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else "")
                    + ".",
                    remedy=f"Correct the code, or declare {unknown[0]!r} with its parent "
                    f"({total!r} if it hangs under the total).",
                    details={"dimension": dimension.name, "codes": unknown},
                )
        children: dict[str, list[str]] = {}
        for code in sorted((declared | found) - {total}):
            children.setdefault(dimension.parents.get(code, total), []).append(code)
        self.codes: list[str] = [total]
        self.parent: list[int] = [-1]
        self.depth: list[int] = [0]
        at = 0
        while at < len(self.codes):
            for code in children.get(self.codes[at], ()):
                self.codes.append(code)
                self.parent.append(at)
                self.depth.append(self.depth[at] + 1)
            at += 1
        self.index: dict[str, int] = {code: i for i, code in enumerate(self.codes)}
        self.children: list[list[int]] = [[] for _ in self.codes]
        for i, above in enumerate(self.parent):
            if above >= 0:
                self.children[above].append(i)
        self.leaves: list[int] = [i for i, below in enumerate(self.children) if not below]
        if self.leaves == [0]:
            self.leaves = []

    def __len__(self) -> int:
        return len(self.codes)
