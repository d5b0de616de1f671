"""What an attacker recovers from encodings, with and without the key, and what hardening costs.

    python benchmarks/linkage_attack.py [--children 3000] [--seed 1]

The attacker holds all encodings and, in clear, the records of half of the persons as one agency
wrote them. Without the linkage secret he encodes under a key of his own, which gives other bits and
nearly the same similarities. Hardening changes the filters after encoding and before they leave:
XOR fold (Schnell and Borgs 2016) or rule 90 (Schnell and Borgs 2018).

- Frequency: the n-th most common encoding is taken for the n-th most common value.
- Graph matching: a few common names are placed by their similarities to one another (quadratic
  assignment, Vogelstein et al. 2015), then every other name by its similarities to those placed
  before, again and again (after Vidanage et al. 2020).
- With the secret: the names in clear are encoded and looked up.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import quadratic_assignment

from tutela.linkage import names
from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder, LinkageSecret
from tutela.linkage.evaluate import evaluate
from tutela.linkage.filters import BITS, HASHES, FilterMaker
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import Kind
from tutela.simulation.planted import FIELDS, planted_records

Bits = np.ndarray
Harden = Callable[[Bits], Bits]
NAMES = ("given_names", "family_names")
#: Names by which the graph attack starts, and its rounds.
START, ROUNDS = 120, 12
#: Names whose encoding the attacker knows beforehand, in the harder case.
GIVEN_AWAY = 50
WIDE = 1024


def halves(bits: Bits) -> tuple[Bits, Bits]:
    middle = bits.shape[1] // 2
    return bits[:, :middle], bits[:, middle:]


def fold(bits: Bits) -> Bits:
    """The first half XOR the second."""
    return np.bitwise_xor(*halves(bits))


def rule90(bits: Bits) -> Bits:
    """Each bit becomes the XOR of its neighbours, round the end."""
    return np.roll(bits, 1, axis=1) ^ np.roll(bits, -1, axis=1)


def narrow(bits: Bits) -> Bits:
    """512 bits without hardening: as if positions had been drawn from 512."""
    return np.bitwise_or(*halves(bits))


#: From 1,024 bits drawn for each name to what leaves the agency.
HARDENINGS: dict[str, Harden] = {
    "none": narrow,
    "rule 90": lambda bits: rule90(narrow(bits)),
    "XOR fold": fold,
    "XOR fold, rule 90": lambda bits: rule90(fold(bits)),
    "XOR fold twice": lambda bits: fold(fold(bits)),
    "XOR fold twice, rule 90": lambda bits: rule90(fold(fold(bits))),
}


def wide_bits(texts: list[str | None], maker: FilterMaker) -> Bits:
    """The bits of written names before any hardening, one row each."""
    out = np.zeros((len(texts), WIDE), np.uint8)
    for row, raw in enumerate(texts):
        number = 0
        for part in names.parts(raw or ""):
            number |= wide_mask(maker, names.folded(part))
        packed = np.frombuffer(number.to_bytes(WIDE // 8, "little"), np.uint8)
        out[row] = np.unpackbits(packed, bitorder="little")
    return out


def wide_mask(maker: FilterMaker, part: str) -> int:
    """The bits of one folded part among 1,024, drawn as the encoder draws them."""
    bits = 0
    padded = f"_{part}_"
    for start in range(len(padded) - 1):
        stream = hmac.new(maker._key, padded[start : start + 2].encode(), hashlib.sha512).digest()
        for at in range(0, 2 * HASHES, 2):
            bits |= 1 << (int.from_bytes(stream[at : at + 2], "little") % WIDE)
    return bits


def dice(bits: Bits) -> np.ndarray:
    dense = bits.astype(np.float32)
    shared = dense @ dense.T
    size = dense.sum(axis=1)
    return 2 * shared / np.maximum(size[:, None] + size[None, :], 1)


@dataclass(frozen=True)
class Side:
    """Distinct encodings of one side: bits, similarities, how common each is."""

    bits: Bits
    near: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class World:
    """Records in clear and encoded; `wide` are the bits of each filter before hardening; `known`
    are the records of the attacker's half."""

    people: pl.DataFrame
    encoded: pl.DataFrame
    filter_ids: list[int]
    wide: Bits
    known: np.ndarray


def make_world(children: int, seed: int) -> World:
    people = planted_records(children, seed).filter(pl.col("role") == "victim")
    secret = LinkageSecret.create()
    encoder = Encoder(DEFAULT_SCHEMA, secret)
    encoded = encoder.encode(people.select("record_id", "source", *FIELDS))
    persons = people["person_id"].unique().sort()
    half = persons.sample(len(persons) // 2, seed=seed)
    known = people["person_id"].is_in(half.implode()).to_numpy()
    written: dict[int, str] = {}
    for field in (f.name for f in DEFAULT_SCHEMA.of_kind(Kind.NAME)):
        written |= {
            number: raw
            for number, raw in zip(encoded[f"{field}_filter"], people[field], strict=True)
            if number is not None
        }
    order = sorted(written)
    wide = wide_bits([written[number] for number in order], FilterMaker(secret.key("names")))
    return World(people, encoded, order, wide, known)


def spelling(raw: str | None) -> str | None:
    """What of a written name decides its filter: the set of its folded parts."""
    return " ".join(sorted({names.folded(part) for part in names.parts(raw or "")})) or None


def by_frequency(true: list[object], known: np.ndarray) -> float:
    """Share of all values guessed by matching ranks of frequency; `true` are the values in clear.

    Encodings are one to one with values, so values stand for encodings here; the attacker sees the
    order of encodings by count, and that of his own half by count.
    """
    there = [value for value in true if value is not None]
    everybody = [v for v, _ in Counter(there).most_common()]
    mine = Counter(v for v, k in zip(true, known, strict=True) if k and v is not None)
    guess = dict(zip(everybody, [v for v, _ in mine.most_common()], strict=False))
    return sum(guess.get(value) == value for value in there) / len(there)


def by_frequency_within(years: list[object], true: list[object], known: np.ndarray) -> float:
    """As `by_frequency`, year by year, for what is encoded together with the year."""
    hits = total = 0.0
    for year in sorted({str(year) for year in years if year is not None}):
        rows = np.array([str(y) == year for y in years])
        here = [value for value, inside in zip(true, rows, strict=True) if inside]
        there = sum(value is not None for value in here)
        if there:
            hits += there * by_frequency(here, known[rows])
            total += there
    return hits / total


def placed_by_assignment(theirs: Side, mine: Side, seed: int) -> np.ndarray:
    """Rows (my name, their encoding) of common names placed by their similarities alone."""
    first = np.argsort(-theirs.counts, kind="stable")[:START]
    second = np.argsort(-mine.counts, kind="stable")[:START]
    rng = np.random.default_rng(seed)
    best, value = None, -np.inf
    a, b = theirs.near[np.ix_(first, first)], mine.near[np.ix_(second, second)]
    a, b = a - a.mean(), b - b.mean()
    for attempt in range(6):
        # Start from the ranks of frequency, blurred more at each attempt.
        place = np.arange(START)
        blur = np.exp(-np.abs(place[:, None] - place[None, :]) / (4.0 * (attempt + 1)))
        start = blur / blur.sum(axis=1, keepdims=True)
        for _ in range(2000):
            start /= start.sum(axis=0, keepdims=True)
            start /= start.sum(axis=1, keepdims=True)
        found = quadratic_assignment(
            b, a, options={"maximize": True, "P0": start, "rng": rng, "maxiter": 60}
        )
        if found.fun > value:
            best, value = found.col_ind, found.fun
    # My second[n] is their first[best[n]]; those that fit their neighbours best are believed.
    pairs = np.stack([second, first[best]], axis=1)
    fit = (b * a[np.ix_(best, best)]).sum(axis=1)
    return pairs[np.argsort(-fit)[: START // 3]]


def graph_attack(theirs: Side, mine: Side, anchors: np.ndarray) -> np.ndarray:
    """For each of my names the encoding it is taken for, from those placed before."""
    fixed = anchors
    guess = anchors[:, 1]
    for turn in range(ROUNDS):
        here = theirs.near[:, anchors[:, 1]]
        there = mine.near[:, anchors[:, 0]]
        distance = (there**2).sum(1)[:, None] + (here**2).sum(1)[None, :] - 2 * there @ here.T
        # How common a name is tells a little too.
        rate = np.log(theirs.counts / theirs.counts.sum())[None, :]
        distance = (
            distance / len(anchors)
            + 0.002 * (rate - np.log(mine.counts / mine.counts.sum())[:, None]) ** 2
        )
        nearest, back = distance.argmin(axis=1), distance.argmin(axis=0)
        mutual = back[nearest] == np.arange(len(nearest))
        two = np.partition(distance, 1, axis=1)[:, :2]
        margin = np.where(mutual, two[:, 1] - two[:, 0], -1.0)
        count = min(int(mutual.sum()), START * (turn + 1))
        chosen = np.argsort(-margin)[:count]
        anchors = np.concatenate([fixed[:GIVEN_AWAY], np.stack([chosen, nearest[chosen]], axis=1)])
        guess = nearest
    return guess


def side(bits: Bits, counts: list[int], harden: Harden) -> Side:
    changed = harden(bits)
    return Side(changed, dice(changed), np.array(counts, dtype=float))


def graph_result(world: World, field: str, harden: Harden, seed: int, *, given_away: bool) -> float:
    """Share of the attacker's records whose name is placed rightly.

    With `given_away` the attacker knows the encodings of GIVEN_AWAY of his common names, for
    instance because he knows some of the facts that stand beside them.
    """
    written = [spelling(raw) for raw in world.people[field]]
    numbers = world.encoded[f"{field}_filter"].to_list()
    counts = Counter(n for n in numbers if n is not None)
    order = sorted(counts)
    place = {number: row for row, number in enumerate(order)}
    rows = {number: row for row, number in enumerate(world.filter_ids)}
    bits = world.wide[[rows[number] for number in order]]
    theirs = side(bits, [counts[number] for number in order], harden)
    mine = Counter(w for w, k in zip(written, world.known, strict=True) if k and w)
    texts = sorted(mine)
    own_bits = wide_bits(list(texts), FilterMaker(LinkageSecret.create().key("names")))
    ours = side(own_bits, [mine[text] for text in texts], harden)
    true = {w: place[n] for w, n in zip(written, numbers, strict=True) if w and n is not None}
    if given_away:
        common = np.argsort(-ours.counts, kind="stable")[:GIVEN_AWAY]
        anchors = np.array([[row, true[texts[row]]] for row in common])
    else:
        anchors = placed_by_assignment(theirs, ours, seed)
    guess = graph_attack(theirs, ours, anchors)
    right = np.array([guess[row] == true[text] for row, text in enumerate(texts)])
    weight = np.array([mine[text] for text in texts])
    return float((right * weight).sum() / weight.sum())


def unique_by_codes(world: World) -> float:
    """Share of the attacker's records that no other shares sex, citizenship, home and year with."""
    codes = world.people.select(
        "sex", "citizenship", "residence", year=pl.col("birth_date").str.slice(0, 4)
    )
    codes = codes.with_columns(alone=pl.len().over(codes.columns) == 1)
    complete = pl.all_horizontal(pl.col("sex", "citizenship", "residence", "year").is_not_null())
    mine = codes.filter(pl.Series(world.known) & codes.select(complete).to_series())
    return float(mine["alone"].mean() or 0.0)


def with_secret(world: World) -> tuple[float, float]:
    """Shares of names read, of records known in clear and of the others."""
    shares = []
    for field in NAMES:
        words = [spelling(raw) for raw in world.people[field]]
        vocabulary = {w for w, k in zip(words, world.known, strict=True) if k and w}
        read = np.array([w in vocabulary for w in words])
        there = np.array([w is not None for w in words])
        shares.append([read[there & world.known].mean(), read[there & ~world.known].mean()])
    return tuple(np.mean(shares, axis=0).tolist())


def linkage_f1(world: World, harden: Harden) -> tuple[float, float]:
    bits = harden(world.wide)
    whole = np.zeros((len(bits), BITS), np.uint8)
    whole[:, : bits.shape[1]] = bits
    packed = np.packbits(whole, axis=1, bitorder="little")
    filters = pl.DataFrame(
        {"filter_id": world.filter_ids, "bits": [row.tobytes() for row in packed]},
        schema={"filter_id": pl.UInt32, "bits": pl.Binary},
    )
    result = link(world.encoded, filters, DEFAULT_SCHEMA, LinkOptions())
    truth = world.people.select("record_id", truth="person_id")
    found = evaluate(result.clusters, result.pairs, truth, [])
    return found["pair"]["f1"], found["cluster"]["f1"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    world = make_world(options.children, options.seed)
    persons = world.people["person_id"].n_unique()
    print(f"{world.people.height:,} records of {persons:,} persons; half of the persons in clear\n")
    print("Without the key, by frequency alone (share of all values guessed)\n")
    print("| value | travels as | guessed |\n| --- | --- | --- |")
    for name in ("sex", "citizenship", "residence"):
        share = by_frequency(world.people[name].to_list(), world.known)
        print(f"| {name} | code in clear | 100.0% (as a keyed hash {share:.1%}) |")
    for name in NAMES:
        share = by_frequency([spelling(raw) for raw in world.people[name]], world.known)
        print(f"| {name} | keyed filter | {share:.1%} |")
    dates = [date if date and len(date) == 10 else None for date in world.people["birth_date"]]
    years = [date[:4] if date else None for date in dates]
    months = [date[5:7] if date else None for date in dates]
    days = [date[8:] if date else None for date in dates]
    month_days = [date[5:] if date else None for date in dates]
    print("| birth year | code in clear | 100.0% |")
    for name, values in (("month", months), ("day", days)):
        alone, joined = (
            by_frequency_within(years, values, world.known),
            by_frequency(values, world.known),
        )
        print(
            f"| birth {name} | keyed token with the year | {alone:.1%}"
            f" ({joined:.1%} where he joins the years by shared days of the year) |"
        )
    print(f"| month and day | keyed token | {by_frequency(month_days, world.known):.1%} |")
    whole = by_frequency_within(years, dates, world.known)
    print(f"| birth date | keyed token, year in clear | {whole:.1%} |")
    known, other = with_secret(world)
    print(f"\nOf the attacker's records {unique_by_codes(world):.1%} are alone with their sex, "
          "citizenship, municipality and birth year")  # fmt: skip
    print(f"\nWith the key: {known:.1%} of names known in clear, {other:.1%} of the other half's\n")
    print("By graph matching, share of the attacker's records whose name is read, without the key"
          f" and without any (with {GIVEN_AWAY}) names given away\n")  # fmt: skip
    print("| hardening | given names | family names | pair F1 | cluster F1 |")
    print("| --- | --- | --- | --- | --- |")
    for name, harden in HARDENINGS.items():
        row = [name]
        for field in NAMES:
            alone, helped = (
                graph_result(world, field, harden, options.seed, given_away=given)
                for given in (False, True)
            )
            row.append(f"{alone:.1%} ({helped:.1%})")
        row += [f"{value:.4f}" for value in linkage_f1(world, harden)]
        print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
