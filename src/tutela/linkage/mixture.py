"""The classes of pairs, estimated by EM on weighted patterns.

A pair is one person or it is not, but not all that are not are alike. Two persons may agree by
chance, or because they come from one country with few family names, or because they are kin with
one mother, one home, one telephone. Inside a class the fields are taken to be independent; what
depends on one another across all pairs (family name and mother, given name and citizenship) does so
because the classes differ, so that the evidence of a household is counted once. Latent classes in
record linkage: Winkler (1993), Larsen and Rubin (2001).

Two anchors keep the classes apart, for strangers outnumber all others a hundred thousand to one. In
every class of strangers birth dates agree as in random pairs. Kin agree in family name and
mother's name as one person does, which holds through each stage of EM and is renewed between them,
and few of them are twins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.linkage.agreement import EQUAL, NEAR
from tutela.linkage.compare import Compared, Feature
from tutela.linkage.compiled import compiled
from tutela.linkage.sample import Patterns

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Places of the classes: one person, kin, strangers.
SAME, KIN, STRANGERS_FROM, CLASSES = 0, 1, 2, 11
STRANGERS = slice(STRANGERS_FROM, CLASSES)
#: Strangers by whether their given and their family names are near one another; None is either.
NEAR_NAMES = (
    (True, True), (True, True), (True, True),
    (False, True), (False, True),
    (True, False), (True, False),
    (False, False), (False, False),
)  # fmt: skip
#: Most rounds of EM in each stage.
STAGES = (20, 20, 40, 40)
_SETTLED = 1e-5
#: Pairs added to each feature's levels: of one person and of kin, and of strangers.
_SMOOTH, _HOLD = 0.5, 100.0
_LEAST = 1e-9
_NEVER = 1e-12
_FIRST_EQUAL_DATE = 10
#: Most kin that are born on one day.
TWINS = 0.03


@dataclass(frozen=True)
class Classes:
    """`chances` of each level (all features one after another) by class, 1 where missing; `shares`
    of all pairs by class; `fits`, the objective of EM before each round of each stage: inside a
    stage it never falls."""

    chances: Floats
    shares: Floats
    fits: tuple[tuple[float, ...], ...]


def starts_of(features: Sequence[Feature]) -> npt.NDArray[np.int32]:
    """Where the levels of each feature start."""
    return np.cumsum([0, *(f.levels for f in features)])[:-1].astype(np.int32)


def estimate(features: Sequence[Feature], patterns: Patterns, rows: int) -> Classes:
    """Estimate the classes from patterns that stand for all pairs of a table of `rows` records."""
    starts = starts_of(features)
    width = sum(f.levels for f in features)
    seen = patterns.levels.astype(np.int32) + starts
    weights = patterns.counts
    total = max(float(weights.sum()), 1.0)
    places = [slice(s + 1, s + f.levels) for s, f in zip(starts.tolist(), features, strict=True)]
    even = np.ones(width)
    for place in places:
        even[place] = _SMOOTH / (place.stop - place.start)
    counted = np.zeros(width)
    for column in seen.T:
        np.add.at(counted, column, weights)
    chance = _chances(places, counted[:, None], even[:, None])[:, 0]
    chances = _first_guess(features, places, chance)
    shares = _first_shares(rows, total)
    dates = _levels_of(features, places, Compared.DATE)
    dated = [p for f, p in zip(features, places, strict=True) if f.kind is Compared.DATE]
    family = _levels_of(features, places, Compared.NAME)
    barred = _barred(features, places)
    chances[barred] = _NEVER
    prior = _prior(places, chance, barred, chances)
    fits: list[tuple[float, ...]] = []
    for rounds in STAGES:
        chances[family, KIN] = chances[family, SAME]
        stage: list[float] = []
        for _ in range(rounds):
            mass, sums = np.zeros(CLASSES), np.zeros((width, CLASSES))
            likely = one_round(seen, patterns.proposed, weights, chances, shares, mass, sums)
            stage.append(likely + float((prior * np.log(chances)).sum()))
            shares = np.maximum(mass, 1e-3)
            shares /= shares.sum()
            fresh = _chances(places, sums, prior)
            fresh[dates, STRANGERS] = chance[dates, None]
            fresh[family, KIN] = chances[family, KIN]
            _no_more_twins(fresh, dated)
            moved = float(np.abs(fresh[:, SAME] - chances[:, SAME]).max(initial=0.0))
            chances = fresh
            if moved < _SETTLED:
                break
        fits.append(tuple(stage))
    return Classes(chances, shares, tuple(fits))


@compiled
def one_round(
    seen: npt.NDArray[np.int32],
    proposed: Bools,
    weights: Floats,
    chances: Floats,
    shares: Floats,
    mass: Floats,
    sums: Floats,
) -> float:
    """Share out each pattern among the classes: pairs by class into `mass`, by level and class into
    `sums`; returns the log likelihood. What blocking does not propose is taken for strangers."""
    classes = len(shares)
    part = np.empty(classes, np.float64)
    fit = 0.0
    for row in range(len(seen)):
        first = 0 if proposed[row] else STRANGERS_FROM
        for k in range(classes):
            part[k] = shares[k] if k >= first else 0.0
        for feature in range(seen.shape[1]):
            at = seen[row, feature]
            for k in range(classes):
                part[k] *= chances[at, k]
        whole = 1e-300
        for k in range(classes):
            whole += part[k]
        fit += weights[row] * np.log(whole)
        for k in range(classes):
            part[k] *= weights[row] / whole
            mass[k] += part[k]
        for feature in range(seen.shape[1]):
            at = seen[row, feature]
            for k in range(classes):
                sums[at, k] += part[k]
    return fit


def _barred(features: Sequence[Feature], places: Sequence[slice]) -> Bools:
    """Levels of names that a class of strangers cannot show."""
    barred = np.zeros((sum(f.levels for f in features), CLASSES), np.bool_)
    kinds = [f.kind for f in features]
    for which, kind in enumerate((Compared.GIVEN, Compared.NAME)):
        if kind not in kinds:
            continue
        place = places[kinds.index(kind)]
        for k, near in enumerate(NEAR_NAMES, start=STRANGERS.start):
            low = slice(place.start, place.start + NEAR - 1)
            high = slice(place.start + NEAR - 1, place.stop)
            barred[low if near[which] else high, k] = True
    return barred


def _no_more_twins(chances: Floats, dated: Sequence[slice]) -> None:
    """Bound the kin who are born on one day (day and month exchanged or not), in place."""
    for place in dated:
        other, equal = np.split(chances[place, KIN], [_FIRST_EQUAL_DATE - 1])
        share = equal.sum()
        if share > TWINS:
            chances[place, KIN] = np.concatenate(
                [other * (1.0 - TWINS) / max(1.0 - share, _LEAST), equal * TWINS / share]
            )


def _chances(places: Sequence[slice], sums: Floats, prior: Floats) -> Floats:
    """Chances of the levels of each feature by class, given that no side is missing; a level whose
    prior is 0 stays out of reach."""
    chances = np.ones_like(sums)
    for place in places:
        known = sums[place] + prior[place]
        chances[place] = np.maximum(known / np.maximum(known.sum(axis=0), _NEVER), _NEVER)
    return chances


def _prior(places: Sequence[slice], chance: Floats, barred: Bools, guess: Floats) -> Floats:
    """Pairs taken as seen before any is: few, but enough to keep strangers from fitting the slips
    of a few persons."""
    prior = np.where(barred, 0.0, np.maximum(chance, _LEAST)[:, None])
    for place in places:
        prior[place] /= prior[place].sum(axis=0)
    prior[:, :STRANGERS_FROM] = _SMOOTH * guess[:, :STRANGERS_FROM]
    prior[:, STRANGERS] *= _HOLD
    return prior


def _first_guess(features: Sequence[Feature], places: Sequence[slice], chance: Floats) -> Floats:
    """Where EM starts: agreement for one person; a shared mother and home for kin; a shared
    background for strangers, each class but the last leaning on another field."""
    chances = np.repeat(chance[:, None], CLASSES, axis=1)
    backgrounds = range(STRANGERS.start, STRANGERS.stop - 1)
    undated = 0
    for feature, place in zip(features, places, strict=True):
        base = chance[place]
        agree = _agreeing(feature)
        alike = np.where(agree, base, 0.0)
        alike /= max(float(alike.sum()), _LEAST)
        rising = 1.3 ** np.arange(len(base))
        chances[place, SAME] = 0.75 * alike + 0.125 * base + 0.125 * rising / rising.sum()
        dated = feature.kind is Compared.DATE
        share = 0.0 if dated or feature.kind is Compared.GIVEN else 0.7
        chances[place, KIN] = share * alike + (1 - share) * base
        for number, background in enumerate(backgrounds):
            leans = undated % len(backgrounds) == number
            share = 0.0 if dated else (0.3 if leans else 0.1)
            chances[place, background] = share * alike + (1 - share) * base
        undated += not dated
    return np.maximum(chances, _LEAST)


def _agreeing(feature: Feature) -> Bools:
    """Which known levels mean that two values are equal."""
    first = {Compared.DATE: _FIRST_EQUAL_DATE + 1, Compared.CODE: 2}.get(feature.kind, EQUAL)
    return np.arange(1, feature.levels) >= first


def _first_shares(rows: int, total: float) -> Floats:
    shares = np.full(CLASSES, 0.1)
    shares[SAME] = min(rows * 0.5 / total, 0.2)
    shares[KIN] = min(rows * 0.05 / total, 0.05)
    shares[-1] = 1.0 - shares[:-1].sum()
    return shares


def _levels_of(features: Sequence[Feature], places: Sequence[slice], kind: Compared) -> Bools:
    """The known levels of all features of one kind."""
    found = np.zeros(sum(f.levels for f in features), np.bool_)
    for feature, place in zip(features, places, strict=True):
        found[place] = feature.kind is kind
    return found
