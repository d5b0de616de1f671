"""A second synthetic nation for measuring linkage, independent of the simulation.

Nobody tunes on it. It shares nothing with `tutela.simulation`: names are not taken from lists but
spelled by a syllable grammar per culture; errors are not drawn afresh for each mention but handed
on, since each mention is copied from the person or from an earlier mention through the ears of an
office. Columns are those of the default linkage schema, with `person_id` and `culture` as truth.

    python benchmarks/second_nation.py --records 20000 --seed 1 --out nation.csv
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Rng = np.random.Generator


class Tongue:
    """How names of one culture are built, how common it is, and how well offices hear it."""

    def __init__(
        self,
        share: float,
        heard_wrong: float,
        no_papers: float,
        onsets: str,
        vowels: str,
        codas: str,
        ends: tuple[str, str],
        family_ends: str,
        syllables: tuple[int, int],
        countries: str,
        families: int,
    ) -> None:
        self.share, self.heard_wrong, self.no_papers = share, heard_wrong, no_papers
        self.onsets, self.vowels, self.codas = onsets.split(), vowels.split(), codas.split("|")
        self.ends = (ends[0].split("|"), ends[1].split("|"))
        self.family_ends = family_ends.split("|")
        self.syllables, self.countries, self.families = syllables, countries.split(), families


# Letters typical of each language's sounds; the names are invented.
TONGUES = {
    "french": Tongue(
        0.24, 0.05, 0.01, "b br c ch d f g gu j l m n p pr r s t v", "a e i o é ou eau ai",
        "|||n|r|l|x", ("ine|ette|elle|e", "ien|in|el|ard"), "ier|ot|eau|ard|mont|val|et", (1, 2),
        "BE BE BE FR", 5000,
    ),
    "dutch": Tongue(
        0.27, 0.05, 0.01, "b d dr g h j k kl l m n p r s sch st t v w z", "a aa e ee i ie o oo ui",
        "|||n|r|l|k|s", ("je|ke|a|lien", "|er|rt|n"), "mans|s|sen|inck|aert|huys|dam", (1, 2),
        "BE BE BE NL", 5000,
    ),
    "arabic": Tongue(
        0.13, 0.3, 0.2, "b d dh f gh h j k kh l m n q r s sh t y z", "a i ou aa ee",
        "|||d|m|r|l|n|s",
        ("a|ah|ia|at", "|d|m|ir"), "i|oui|ani|awi|an", (2, 2), "MA MA DZ SY IQ BE", 3500,
    ),
    "romanian": Tongue(
        0.1, 0.25, 0.12, "b c d f g l m n p r s ș st t ț v", "a e i o u ă ea", "|||n|r|l|s",
        ("a|ina|ela", "|el|in|u"), "escu|eanu|aru|oiu|ache", (1, 2), "RO RO RO MD", 3000,
    ),
    "slavic": Tongue(
        0.07, 0.3, 0.12, "b bl d g k kr l m n p r s sl st t v z zh ch sh", "a e i o u y ya",
        "|||n|r|l|v",
        ("a|ka|ina", "|ko|mir|slav"), "ov|ev|enko|ski|ić|chuk", (1, 2), "BG UA RU RS", 3500,
    ),
    "west_african": Tongue(
        0.08, 0.3, 0.3, "b d f g k kp l m mb n nd ng ny s t w y", "a e i o u ou é", "|||||n",
        ("tou|ta|ma|", "di|ssa|ra|"), "lo|ré|té|ba|wu|ye|kwe", (2, 3), "NG GN GH CD SN", 2500,
    ),
    "vietnamese": Tongue(
        0.04, 0.28, 0.3, "b c ch d đ g h kh l m n ng nh ph qu t th tr v x",
        "a â ă e ê i o ô ơ u ư y",
        "|n|ng|nh|m|t|c", ("|", "|"), "", (1, 1), "VN", 45,
    ),
    "indian": Tongue(
        0.04, 0.28, 0.2, "b bh ch d dh g gh j k kh l m n p r s sh t v", "a aa i ee u oo e",
        "|||n|r|l|sh",
        ("a|i|ita", "|esh|it|an"), "a|an|ani|wal|kar|pal", (2, 2), "IN IN PK AF", 2000,
    ),
    "hungarian": Tongue(
        0.03, 0.25, 0.1, "b cs d f g gy h k l m n p r s sz t v z zs", "a á e é i o ö ő u ü",
        "|||n|r|l|s",
        ("a|ka|ina", "|s|os|or"), "i|y|ai|os|ács|dy", (1, 2), "HU HU RO", 2000,
    ),
}  # fmt: skip
GIVEN_NAMES = 260
SOUND_CLASSES = [
    line.split()
    for line in (
        "k c q ck kh", "s ss z sz ç ș", "i y ie ee ij", "ou u oo w oe", "e é ea ae ai", "f ph v",
        "t th d dh tt", "g gh h j", "sh ch sch zh cs", "b p bh", "n nn ng nh", "l ll", "r rr",
        "a aa ah ă â á", "o ô ö au eau", "m mm mb", "ts ț tz", "dj j gy",
    )
]  # fmt: skip
HEARD_AS = {sound: group for group in SOUND_CLASSES for sound in group}
# Offices: chance to hear anew (rather than copy), factor on mishearing, and a way of writing.
OFFICES: dict[str, tuple[float, float, Callable[[str], str]]] = {
    "north": (0.7, 1.0, lambda text: text),
    "south": (0.7, 1.1, lambda text: text.upper()),
    "border": (0.8, 1.3, lambda text: text.replace("-", " ")),
    "shelter": (0.9, 1.4, lambda text: text.lower()),
    "register": (0.4, 0.6, lambda text: text.upper()[:20]),
    "bench": (0.2, 0.5, lambda text: text),
    "clinic": (0.6, 1.2, lambda text: text.replace(" ", "-")),
}
MENTIONS = [0.45, 0.25, 0.14, 0.08, 0.05, 0.03]
FIRST_BIRTH, LAST_BIRTH = np.datetime64("1992-01-01", "D"), np.datetime64("2018-12-31", "D")
PLACES = 480


def spelled(rng: Rng, tongue: Tongue, ends: list[str], size: int) -> list[str]:
    """`size` different words of one grammar, fewer if the grammar has no more."""
    words: dict[str, None] = {}
    least, most = tongue.syllables
    for _ in range(10):
        length = rng.integers(least, most + 1, 2 * size)
        onset = rng.integers(0, len(tongue.onsets), (2 * size, most))
        vowel = rng.integers(0, len(tongue.vowels), (2 * size, most))
        coda = rng.integers(0, len(tongue.codas), 2 * size)
        end = rng.integers(0, len(ends), 2 * size)
        for word in range(2 * size):
            letters = "".join(
                tongue.onsets[onset[word, place]] + tongue.vowels[vowel[word, place]]
                for place in range(length[word])
            )
            words[(letters + tongue.codas[coda[word]] + ends[end[word]]).capitalize()] = None
            if len(words) == size:
                return list(words)
    return list(words)


def ranked(rng: Rng, names: list[str], size: int) -> list[str]:
    """Names by rank: the weight falls with the rank, as surnames do."""
    weights = 1 / (np.arange(len(names)) + 3) ** 0.85
    return [names[i] for i in rng.choice(len(names), size, p=weights / weights.sum())]


def persons(rng: Rng, size: int) -> pl.DataFrame:
    """People with true names, birth dates and papers; some are siblings or twins."""
    tongues = list(TONGUES)
    shares = np.array([tongue.share for tongue in TONGUES.values()])
    culture = rng.choice(len(tongues), size, p=shares / shares.sum())
    sibling = np.flatnonzero(rng.random(size) < 0.06)
    sibling = sibling[sibling > 0]
    culture[sibling] = culture[sibling - 1]
    female = rng.random(size) < 0.7
    given, family, mother, citizenship = ([""] * size for _ in range(4))
    for number, name in enumerate(tongues):
        tongue = TONGUES[name]
        here = np.flatnonzero(culture == number)
        family_ends = [""] if name == "vietnamese" else tongue.family_ends
        families = ranked(rng, spelled(rng, tongue, family_ends, tongue.families), 2 * len(here))
        women = spelled(rng, tongue, tongue.ends[0], GIVEN_NAMES)
        men = spelled(rng, tongue, tongue.ends[1], GIVEN_NAMES)
        hers, his = ranked(rng, women, len(here)), ranked(rng, men, len(here))
        second_hers, second_his = ranked(rng, women, len(here)), ranked(rng, men, len(here))
        mothers = ranked(rng, women, len(here))
        second = rng.random(len(here)) < (0.8 if name == "vietnamese" else 0.25)
        country = rng.choice(tongue.countries, len(here))
        for place, person in enumerate(here.tolist()):
            first, other = (hers, second_hers) if female[person] else (his, second_his)
            given[person] = first[place] + (" " + other[place] if second[place] else "")
            family[person] = families[2 * place]
            mother[person] = f"{mothers[place]} {families[2 * place + 1]}"
            citizenship[person] = str(country[place])
    span = int((LAST_BIRTH - FIRST_BIRTH).astype(int))
    birth = FIRST_BIRTH + rng.integers(0, span, size).astype("timedelta64[D]")
    residence = 10_000 + 7 * (PLACES * rng.random(size) ** 2).astype(np.int64)
    for person in sibling.tolist():
        family[person], mother[person] = family[person - 1], mother[person - 1]
        citizenship[person] = citizenship[person - 1]
    residence[sibling] = residence[sibling - 1]
    twin = rng.random(len(sibling)) < 0.06
    apart = np.where(twin, 0, rng.integers(350, 1800, len(sibling)))
    birth[sibling] = birth[sibling - 1] + apart.astype("timedelta64[D]")
    no_papers = np.array([tongue.no_papers for tongue in TONGUES.values()])[culture]
    return pl.DataFrame(
        {
            "person_id": np.char.add("T", np.arange(1, size + 1).astype(np.str_)),
            "culture": np.array(tongues)[culture],
            "given_names": given,
            "family_names": family,
            "mother_names": mother,
            "birth": birth,
            "papers": rng.random(size) >= no_papers,
            "sex": np.where(female, "F", "M"),
            "citizenship": citizenship,
            "residence": residence,
            "phone": rng.integers(470_000_000, 499_999_999, size),
        }
    )


def misheard(rng: Rng, name: str) -> str:
    """One sound written as another of its class, wherever in the name it stands."""
    lower = name.lower()
    places = [
        (at, length)
        for at in range(len(lower))
        for length in (3, 2, 1)
        if lower[at : at + length] in HEARD_AS and len(lower[at : at + length]) == length
    ]
    if not places:
        return name
    at, length = places[int(rng.integers(len(places)))]
    others = [
        sound for sound in HEARD_AS[lower[at : at + length]] if sound != lower[at : at + length]
    ]
    return name[:at] + str(rng.choice(others)) + name[at + length :]


def mistyped(rng: Rng, name: str) -> str:
    """A letter left out, put in, put for another, or exchanged with the next."""
    at = int(rng.integers(len(name)))
    letter = chr(97 + int(rng.integers(26)))
    kind = int(rng.integers(4))
    if kind == 0 and len(name) > 2:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + letter + name[at:]
    if kind == 2:
        return name[:at] + letter + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


def passed_on(rng: Rng, names: list[str], wrong: npt.NDArray[np.float64]) -> list[str]:
    """Names after one more pair of ears and hands."""
    written = list(names)
    twice = rng.random(len(names)) < wrong * 0.25
    for place in np.flatnonzero(rng.random(len(names)) < wrong).tolist():
        if written[place]:
            written[place] = misheard(rng, written[place])
            if twice[place]:
                written[place] = misheard(rng, written[place])
    for place in np.flatnonzero(rng.random(len(names)) < 0.035).tolist():
        if written[place]:
            written[place] = mistyped(rng, written[place])
    return written


def births_passed_on(
    rng: Rng, birth: npt.NDArray[np.datetime64], papers: npt.NDArray[np.bool_]
) -> npt.NDArray[np.datetime64]:
    """Dates after one more telling: proven ones slip seldom, told ones heap on round days."""
    size = len(birth)
    year = birth.astype("datetime64[Y]")
    off = rng.choice([-2, -1, 0, 0, 0, 1, 2], size)
    told_year = year + off.astype("timedelta64[Y]")
    heap = rng.integers(0, 4, size)
    middle = told_year.astype("datetime64[M]") + np.timedelta64(6, "M")
    first = told_year.astype("datetime64[D]")
    last = (told_year + np.timedelta64(1, "Y")).astype("datetime64[D]") - np.timedelta64(1, "D")
    told = np.select([heap <= 1, heap == 2], [first, middle.astype("datetime64[D]")], last)
    retold = ~papers & (rng.random(size) < 0.45)
    slips = rng.random(size) < 0.025
    slip = birth + rng.choice([-365, -31, -30, -9, -1, 1, 9, 30, 31, 365], size).astype(
        "timedelta64[D]"
    )
    return np.where(retold, told, np.where(slips, slip, birth))


def mentions(rng: Rng, people: pl.DataFrame, records: int) -> pl.DataFrame:
    """`records` rows: each mention is told by the person or copied from the mention before."""
    number = 1 + rng.choice(len(MENTIONS), people.height, p=MENTIONS)
    wrong = np.array([TONGUES[name].heard_wrong for name in people["culture"].to_list()])
    last = people
    rounds: list[pl.DataFrame] = []
    for turn in range(1, len(MENTIONS) + 1):
        here = np.flatnonzero(number >= turn)
        offices = rng.choice(len(OFFICES), len(here))
        anew = np.array([office[0] for office in OFFICES.values()])[offices]
        factor = np.array([office[1] for office in OFFICES.values()])[offices]
        by_person = (rng.random(len(here)) < anew) | (turn == 1)
        source = pl.Series(by_person)
        true, copied = people[here], last[here]
        base = {
            name: copied[name].zip_with(source, true[name])
            for name in ("given_names", "family_names", "mother_names", "birth")
        }
        columns = {
            name: passed_on(rng, base[name].to_list(), wrong[here] * factor)
            for name in ("given_names", "family_names", "mother_names")
        }
        birth = births_passed_on(rng, base["birth"].to_numpy(), true["papers"].to_numpy())
        told = true.with_columns(
            **{name: pl.Series(values) for name, values in columns.items()},
            birth=pl.Series(birth),
            source=np.array(list(OFFICES))[offices],
        )
        rounds.append(told)
        last = _remembered(last, here, told)
    drawn = pl.concat(rounds)
    order = rng.permutation(drawn.height)[:records]
    return drawn[order]


def _remembered(last: pl.DataFrame, here: Ints, told: pl.DataFrame) -> pl.DataFrame:
    names = ("given_names", "family_names", "mother_names", "birth")
    return last.with_columns(last[name].scatter(here, told[name]) for name in names)


def as_filed(rng: Rng, rows: pl.DataFrame) -> pl.DataFrame:
    """What stands in the table: the office's way of writing, and what nobody filled in."""
    size = rows.height
    given, family, other = (
        rows["given_names"].to_list(),
        rows["family_names"].to_list(),
        [""] * size,
    )
    ways = [OFFICES[name][2] for name in rows["source"].to_list()]
    luck = rng.random(size)
    native = rows["culture"].is_in(["french", "dutch"]).to_numpy()
    for place in range(size):
        first, *more = given[place].split(" ")
        if more and luck[place] < 0.35:
            given[place] = first if luck[place] < 0.28 else " ".join(more)
        elif luck[place] > 0.99 and len(first) > 1:
            given[place] = first[0] + "."
        elif luck[place] > (0.985 if native[place] else 0.93):
            given[place], family[place] = family[place], given[place]
        elif 0.4 < luck[place] < 0.43:
            other[place] = first[: max(3, len(first) // 2)]
        given[place], family[place] = ways[place](given[place]), ways[place](family[place])
    day = rows["birth"].dt.strftime("%Y-%m-%d")
    part = rng.random(size)
    date = (
        pl.when(pl.lit(pl.Series(part < 0.05)))
        .then(None)
        .when(pl.lit(pl.Series(part < 0.08)))
        .then(day.str.slice(0, 4))
        .when(pl.lit(pl.Series(part < 0.095)))
        .then(day.str.slice(0, 7))
        .otherwise(day)
    )
    quality = np.where(rows["papers"].to_numpy(), "exact", "estimated")
    quality = np.where(part < 0.08, "year_only", quality)
    quality = np.where(part < 0.05, "unknown", quality)
    phone = pl.lit("0") + rows["phone"].cast(pl.String)
    moved = 10_000 + 7 * (PLACES * rng.random(size) ** 2).astype(np.int64)
    place_now = np.where(rng.random(size) < 0.22, moved, rows["residence"].to_numpy())
    claims = np.array(["FR", "RO", "SY", "NG", "UA", "BE", "XX"])[rng.integers(0, 7, size)]
    claimed = np.where(~native & (rng.random(size) < 0.08), claims, rows["citizenship"].to_numpy())
    return rows.select(
        pl.Series("record_id", [f"r{place:07d}" for place in range(1, size + 1)]),
        "source",
        _some(rng, pl.Series("given_names", given), 0.988),
        _some(rng, pl.Series("family_names", family), 0.992),
        pl.Series("other_names", other).replace("", None),
        _some(rng, rows["mother_names"], 0.4),
        date.alias("birth_date"),
        _some(rng, pl.Series("birth_date_quality", quality), 0.8),
        _some(rng, rows["sex"], 0.98),
        _some(rng, pl.Series("citizenship", claimed), 0.93),
        _some(rng, pl.Series("residence", place_now.astype(np.str_)), 0.75),
        _some(rng, rows.select(phone.alias("phone")).to_series(), 0.22),
        "person_id",
        "culture",
        pl.lit("SYNTHETIC").alias("synthetic"),
    )


def _some(rng: Rng, column: pl.Series, share: float) -> pl.Series:
    filled = pl.Series(rng.random(len(column)) < share)
    return column.zip_with(
        filled, pl.Series([None], dtype=column.dtype).new_from_index(0, len(column))
    )


def second_nation(records: int, seed: int) -> pl.DataFrame:
    """A table of `records` mentions; the same arguments give the same table."""
    rng = np.random.default_rng([seed, 20_260_101])
    mean = float(np.dot(np.arange(1, len(MENTIONS) + 1), MENTIONS))
    people = persons(rng, max(int(records / mean * 1.02) + 20, 20))
    return as_filed(rng, mentions(rng, people, records))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    beside = arguments.out.with_name(f".{arguments.out.name}.part")
    second_nation(arguments.records, arguments.seed).write_csv(beside)
    beside.replace(arguments.out)


if __name__ == "__main__":
    main()
