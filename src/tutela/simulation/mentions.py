"""How an agency writes down a person: names, birth date, sex, citizenship, residence, numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tutela.simulation.births import written_births
from tutela.simulation.chance import Bools, Dates, Ints, happens, pick, stream
from tutela.simulation.habits import Habits
from tutela.simulation.name_pools import CULTURES, NamePools
from tutela.simulation.people import SEXES
from tutela.simulation.slips import draw_slips, slips
from tutela.simulation.world import World

_NATIVE = (CULTURES.index("french"), CULTURES.index("dutch"))


def write_mentions(
    world: World, habits: Habits, who: Ints, known_on: Dates, facts: Dates
) -> pl.DataFrame:
    """The identity columns of one agency's rows, in canonical names and codes.

    `known_on` are the days by which the agency files the rows, `facts` the days of the facts as
    written: nobody is written as born after them, and no child as grown up at the facts. Rows about
    nobody (`who` is -1) stay empty.
    """
    rng = stream(world.seed, f"mentions {habits.agency}")
    known = np.maximum(who, 0)
    somebody = who >= 0
    given, family, other, mother = _names(rng, world, habits, known)
    dates = written_births(rng, world, known, known_on, facts)
    frame = pl.DataFrame(
        {
            "given_names": given,
            "family_names": family,
            "other_names": other,
            "mother_names": mother,
            **dates,
            "sex": _sexes(rng, world, known),
            "citizenship": _citizenships(rng, world, habits, known),
            "residence": _residences(rng, world, known),
            **_numbers(rng, world, habits, known),
        }
    )
    nobody = pl.lit(pl.Series("somebody", somebody))
    return frame.with_columns(pl.when(nobody).then(pl.all()).otherwise(None))


def _names(
    rng: np.random.Generator, world: World, habits: Habits, who: Ints
) -> tuple[pl.Series, pl.Series, pl.Series, pl.Series]:
    names, pools, rates = world.people.names, world.pools, world.rates
    size = len(who)
    culture = world.people.culture[who]
    native = np.isin(culture, _NATIVE)
    foreign_share = rates.table("writing.other_spelling")[habits.reads]
    native_share = rates.table("writing.other_spelling_native")[habits.reads]
    share = np.where(native, native_share, foreign_share)

    def heard(spelling: Ints) -> Ints:
        return np.where(happens(rng, share, size), pools.other_spelling(rng, spelling), spelling)

    given, second = heard(names.given[who]), heard(names.second[who])
    family, family2 = heard(names.family[who]), heard(names.family2[who])
    alias = names.alias[who]
    second[happens(rng, rates.number("writing.second_given_dropped"), size)] = -1
    dropped = happens(rng, rates.number("writing.double_family_dropped"), size) & (family2 >= 0)
    keep_second = dropped & (rng.random(size) < 0.3)
    family = np.where(keep_second, family2, family)
    family2 = np.where(dropped, -1, family2)
    alias_only = (alias >= 0) & happens(rng, rates.number("writing.alias_only"), size)
    middle_first = np.array([pool.middle_first for pool in pools.cultures])[culture]
    written_given = np.where(alias_only, alias, given)
    left = np.where(middle_first, second, written_given)
    right = np.where(middle_first, written_given, second)
    given_text = _text(pools, habits, left, right)
    family_text = _text(pools, habits, family, family2)
    given_text, family_text = _slipped(rng, world, given_text, family_text)
    given_text, family_text = _moved(rng, world, culture, given_text, family_text)
    if habits.capitals:
        family_text = family_text.str.to_uppercase()
    noted = (alias >= 0) & ~alias_only & happens(rng, rates.number("writing.alias_noted"), size)
    other = _text(pools, habits, np.where(noted, alias, -1), np.full(size, -1))
    asked = happens(rng, rates.table("writing.mother_noted")[habits.agency], size)
    mother = _text(
        pools,
        habits,
        np.where(asked, heard(names.mother_given[who]), -1),
        np.where(asked, heard(names.mother_family[who]), -1),
    )
    return given_text, family_text, _empty_to_null(other), _empty_to_null(mother)


def _text(pools: NamePools, habits: Habits, first: Ints, second: Ints) -> pl.Series:
    letters: pl.Series = getattr(pools, habits.letters)
    # The last text of every pool is empty, for names that are not there.
    last = len(letters) - 1
    one = letters.gather(np.where(first < 0, last, first))
    two = letters.gather(np.where(second < 0, last, second))
    return (one + " " + two).str.strip_chars()


def _empty_to_null(texts: pl.Series) -> pl.Series:
    return texts.set(texts == "", None)


def _slipped(
    rng: np.random.Generator, world: World, given: pl.Series, family: pl.Series
) -> tuple[pl.Series, pl.Series]:
    share = world.rates.number("writing.misspelt")
    written: list[pl.Series] = []
    for texts in (given, family):
        rows = np.flatnonzero(happens(rng, share, len(texts)))
        kinds, places = draw_slips(rng, len(rows))
        wrong = slips(texts.gather(rows).to_list(), kinds, places)
        written.append(texts.scatter(rows, wrong) if len(rows) else texts)
    return written[0], written[1]


def _moved(
    rng: np.random.Generator, world: World, culture: Ints, given: pl.Series, family: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """Swap names where the family name comes first, and lose one now and then."""
    size = len(given)
    shares = np.array([pool.habits["family_first"] for pool in world.pools.cultures])[culture]
    swapped = pl.Series(happens(rng, shares, size))
    lost = rng.random(size)
    no_given = world.rates.number("writing.given_missing")
    no_family = world.rates.number("writing.family_missing")
    first = given.zip_with(~swapped, family)
    last = family.zip_with(~swapped, given)
    first = first.set(pl.Series(lost < no_given), None)
    last = last.set(pl.Series(lost > 1 - no_family), None)
    return _empty_to_null(first), _empty_to_null(last)


def _sexes(rng: np.random.Generator, world: World, who: Ints) -> pl.Series:
    wrong = happens(rng, world.rates.number("writing.sex_wrong"), len(who))
    missing = happens(rng, world.rates.number("writing.sex_missing"), len(who))
    sex = np.where(wrong, 1 - world.people.sex[who], world.people.sex[who])
    return pl.Series(np.array(SEXES)[sex]).set(pl.Series(missing), None)


def _citizenships(rng: np.random.Generator, world: World, habits: Habits, who: Ints) -> pl.Series:
    """Claims change among foreigners; Belgians are known, and the register never says Belgian."""
    true = world.people.citizenship[who]
    claims = world.rates.value("origins.claims")
    codes, number = np.unique(true, return_inverse=True)
    first = np.array([claims[code][0] for code in codes])[number]
    last = np.array([claims[code][-1] for code in codes])[number]
    other = np.where(rng.random(len(who)) < 0.6, first, last)
    changes = happens(rng, world.rates.number("origins.claim_changes"), len(who))
    if habits.agency == "immigration_office":
        changes &= other != "BE"
    missing = happens(rng, world.rates.number("writing.citizenship_missing"), len(who))
    return pl.Series(np.where(changes, other, true)).set(pl.Series(missing), None)


def _residences(rng: np.random.Generator, world: World, who: Ints) -> pl.Series:
    size = len(who)
    moved = happens(rng, world.rates.number("children.moved"), size)
    cities = world.rates.table("children.big_cities")
    towards = pick(rng, cities, size)
    codes = np.where(moved, towards, world.places.codes[world.people.residence[who]])
    missing = happens(rng, world.rates.number("writing.residence_missing"), size)
    return pl.Series(codes, dtype=pl.String).set(pl.Series(missing), None)


def _numbers(rng: np.random.Generator, world: World, habits: Habits, who: Ints) -> dict[str, Any]:
    """Telephone and personal file number where the agency notes them."""
    rates, size = world.rates, len(who)
    phone = world.people.phone[who]
    has_phone: Bools = (phone >= 0) & happens(
        rng, rates.table("writing.phone_noted")[habits.agency], size
    )
    file_number = world.people.file_number[who]
    in_register = np.zeros(len(world.people), dtype=np.bool_)
    in_register[: world.child_count] = world.journeys.happened(
        "guardianship_service.signalled_on"
    ) | world.journeys.happened("presumed_on")
    has_number = in_register[who] & happens(
        rng, rates.table("writing.person_number_noted")[habits.agency], size
    )
    return {
        "phone": _numbered("+32", phone, has_phone),
        "person_reference": _numbered("SP", file_number, has_number),
    }


def _numbered(prefix: str, numbers: Ints, known: Bools) -> pl.Series:
    texts = prefix + pl.Series(numbers).cast(pl.String)
    return texts.set(pl.Series(~known), None)
