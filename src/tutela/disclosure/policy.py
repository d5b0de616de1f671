"""What is protected and how: the few numbers that every table of a release shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tutela.errors import Misuse

Zeros = Literal["hidden", "structural"]
Method = Literal["suppress", "round3", "round5"]
#: The kinds of attacker by name (`tutela.disclosure.attackers` says what each knows).
KINDS = ("outsider", "zero-aware", "insider", "agency", "publications", "earlier")


@dataclass(frozen=True)
class Policy:
    """The rules of a release.

    Counts below `threshold` are small and hidden. Whatever an attacker does, the range of values
    that a small count could have stays at least `protection` wide. With `zeros="hidden"` an
    ordinary zero is a small count as well, and only declared structural zeros are shown; with
    `zeros="structural"` every zero of the table is one, is shown, and so tells that every hidden
    cell is at least 1. `attackers` names those that are reckoned with: all, unless one wants to
    know what protection from one of them costs. `method` hides cells or rounds them (to multiples
    of 3 or 5).
    `seed` makes the choice among equally good cells unpredictable to whoever does not hold it: a
    release uses one secret seed, so that running the algorithm again teaches nobody anything.
    """

    threshold: int = 5
    protection: int = 5
    zeros: Zeros = "hidden"
    method: Method = "suppress"
    seed: int = 0
    attackers: tuple[str, ...] = KINDS

    def __post_init__(self) -> None:
        if self.zeros not in get_args(Zeros):
            raise Misuse(f"zeros is {self.zeros!r}; it is 'hidden' or 'structural'.")
        if self.method not in get_args(Method):
            raise Misuse(f"method is {self.method!r}; it is 'suppress', 'round3' or 'round5'.")
        unknown = sorted(set(self.attackers) - set(KINDS))
        if unknown:
            raise Misuse(
                f"attackers names {unknown[0]!r}, which is no kind of attacker.",
                remedy=f"Kinds: {', '.join(KINDS)}.",
            )
        if self.threshold < 1:
            raise Misuse(f"threshold is {self.threshold}; it is at least 1.")
        if self.protection < 1:
            raise Misuse(f"protection is {self.protection}; it is at least 1.")
