"""Find the pairs worth comparing: records that share a key, in blocks of bounded size.

Keys combine what survives clerks' habits: sounds of names in any order, parts of dates, tokens,
codes. A block over its cap is divided by a further attribute; what stays over the cap afterwards
pairs each record with a bounded number of others, so that work grows with records, never with
their square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from tutela.linkage import dates
from tutela.linkage.compiled import compiled
from tutela.linkage.schema import Kind, Part
from tutela.linkage.table import MISSING, OWN, Ints, Table

Keys = npt.NDArray[np.uint64]
Longs = npt.NDArray[np.int64]
#: Where a block starts (64 bits only where there are too many entries for 32), and small numbers.
Places = npt.NDArray[np.int32] | npt.NDArray[np.int64]
Few = npt.NDArray[np.uint8]

#: Sounds considered for each record, over all its own names.
MOST_SOUNDS = 6
#: Pairs compared at once.
CHUNK = 1 << 20


@dataclass(frozen=True)
class Rule:
    """One way to be a candidate: records and keys of the same length, one entry for each key.

    A record's keys follow from the record alone, so that they can be kept and looked up later.
    `cap` (at most 255) bounds the block; `refine` divides larger ones (missing values leave them).
    `asking`, one flag for each entry, leaves out the blocks in which no entry asks.
    """

    name: str
    records: Ints
    keys: Keys
    cap: int
    refine: tuple[Ints, ...] = ()
    asking: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Blocks:
    """All blocks of all rules; entry e pairs its record with `members[starts[e]:][:counts[e]]`.

    Entries stand in order of record: those of record r are `offsets[r]:offsets[r + 1]`.
    """

    members: Ints
    starts: Places
    counts: Few
    offsets: Longs
    capped: dict[str, int]

    @cached_property
    def _before(self) -> Longs:
        """Raw pairs of all records before each record."""
        totals = np.zeros(len(self.offsets), np.int64)
        add_up(self.counts, self.offsets, totals)
        return np.cumsum(totals)

    def ranges(self) -> list[tuple[int, int]]:
        """Ranges of records with about CHUNK raw pairs each."""
        by_record = self._before
        marks = np.arange(CHUNK, by_record[-1] + CHUNK, CHUNK)
        if by_record[-1] == 0:
            return []
        ends = np.unique(np.searchsorted(by_record, marks, side="left").clip(1, len(by_record) - 1))
        starts = np.concatenate([[0], ends[:-1]])
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def pairs(self, first: int, last: int) -> tuple[Ints, Ints]:
        """The distinct pairs (i, j), i < j, with i from `first` up to but not `last`."""
        return self.of(np.arange(first, last, dtype=np.int32))

    def of(self, records: Ints) -> tuple[Ints, Ints]:
        """The distinct pairs (i, j), i < j, with i among `records`."""
        most = int((self._before[records + 1] - self._before[records]).sum())
        i, j = np.empty(most, np.int32), np.empty(most, np.int32)
        seen = np.full(len(self.offsets) - 1, MISSING, np.int32)
        found = partners(records, self.members, self.starts, self.counts, self.offsets, seen, i, j)
        return i[:found], j[:found]

    def holds(self, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
        """Whether the pairs (i, j), i < j, are candidates."""
        found = np.zeros(len(i), np.bool_)
        proposed(i, j, self.members, self.starts, self.counts, self.offsets, found)
        return found


@compiled
def partners(
    records: Ints,
    members: Ints,
    starts: Places,
    counts: Few,
    offsets: Longs,
    seen: Ints,
    i: Ints,
    j: Ints,
) -> int:
    """Write the distinct pairs of `records`; returns how many."""
    found = 0
    for record in records:
        for entry in range(offsets[record], offsets[record + 1]):
            start = starts[entry]
            for place in range(start, start + counts[entry]):
                other = members[place]
                if seen[other] != record:
                    seen[other] = record
                    i[found], j[found] = record, other
                    found += 1
    return found


@compiled
def proposed(
    i: Ints,
    j: Ints,
    members: Ints,
    starts: Places,
    counts: Few,
    offsets: Longs,
    found: npt.NDArray[np.bool_],
) -> None:
    """Whether each pair stands in one of the blocks of its first record."""
    for pair in range(len(i)):
        for entry in range(offsets[i[pair]], offsets[i[pair] + 1]):
            start = starts[entry]
            for place in range(start, start + counts[entry]):
                if members[place] == j[pair]:
                    found[pair] = True


def build_blocks(table: Table) -> Blocks:
    """The blocks of every rule that the table's fields allow."""
    pieces: list[tuple[Ints, Ints, Few]] = []
    capped: dict[str, int] = {}
    for rule in rules(table):
        for owners, begins, counts, over in _blocks(rule):
            pieces.append((owners, begins, counts))
            capped[rule.name] = capped.get(rule.name, 0) + over
    entries = np.zeros(table.rows + 1, np.int64)
    for owners, _, _ in pieces:
        tally(owners, entries)
    offsets = np.cumsum(entries)
    size = int(offsets[-1])
    # Written in place, piece by piece: at a million records there are tens of millions of entries.
    members = np.empty(size, np.int32)
    short = size < np.iinfo(np.int32).max
    starts: Places = np.empty(size, np.int32) if short else np.empty(size, np.int64)
    few: Few = np.empty(size, np.uint8)
    following, base = offsets[:-1].copy(), 0
    for place, (owners, begins, counts) in enumerate(pieces):
        members[base : base + len(owners)] = owners
        lay_out(owners, begins, counts, base, following, starts, few)
        base += len(owners)
        pieces[place] = (owners[:0], begins[:0], counts[:0])
        del owners, begins, counts
    return Blocks(
        members, starts, few, offsets, {name: over for name, over in capped.items() if over}
    )


@compiled
def tally(owners: Ints, entries: Longs) -> None:
    """Count the entries of each record, one place later, so that their sum gives offsets."""
    for owner in owners:
        entries[owner + 1] += 1


@compiled
def lay_out(
    owners: Ints,
    begins: Ints,
    counts: Few,
    base: int,
    following: Longs,
    starts: Places,
    few: Few,
) -> None:
    """Write a piece's entries in order of their record; `following` is each record's next place."""
    for entry in range(len(owners)):
        place = following[owners[entry]]
        starts[place] = begins[entry] + base
        few[place] = counts[entry]
        following[owners[entry]] = place + 1


@compiled
def add_up(counts: Few, offsets: Longs, totals: Longs) -> None:
    """The raw pairs of each record, one place later."""
    for record in range(len(offsets) - 1):
        total = 0
        for entry in range(offsets[record], offsets[record + 1]):
            total += counts[entry]
        totals[record + 1] = total


def _blocks(rule: Rule) -> Iterator[tuple[Ints, Ints, Few, int]]:
    """Entries by block: record, where its partners start, how many; and entries cut by the cap."""
    records, keys = rule.records, rule.keys
    if rule.asking is not None:
        reachable = np.isin(keys, keys[rule.asking])
        records, keys = records[reachable], keys[reachable]
    for refiner in (*rule.refine, None):
        records, keys = _sorted(records, keys)
        new = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
        block = np.cumsum(new, dtype=np.int32) - np.int32(1)
        sizes = np.bincount(block) if len(block) else np.zeros(0, np.int64)
        size = sizes.astype(np.int32)[block]
        small = (size > 1) & (size <= rule.cap)
        large = size > rule.cap
        if refiner is None:
            small |= large
        chosen = records[small]
        kept = size[small]
        place = np.arange(len(chosen), dtype=np.int32)
        first = np.concatenate([[True], block[small][1:] != block[small][:-1]])[: len(kept)]
        begin = np.maximum.accumulate(np.where(first, place, np.int32(0)))
        left = begin + kept - place - np.int32(1)
        counts = np.minimum(left, rule.cap).astype(np.uint8)
        yield chosen, place + np.int32(1), counts, int((left > rule.cap).sum())
        if refiner is None or not large.any():
            return
        records, keys = records[large], keys[large]
        values = refiner[records]
        known = values != MISSING
        records, keys = records[known], mix(keys[known], values[known])


def _sorted(records: Ints, keys: Keys) -> tuple[Ints, Keys]:
    """Records by key, and by number inside one key; of the keys only the upper bits remain."""
    bits = np.uint64(max(int(records.max(initial=0)).bit_length(), 1))
    packed = ((keys >> bits) << bits) | records.astype(np.uint64)
    packed.sort()
    low = (np.uint64(1) << bits) - np.uint64(1)
    return (packed & low).astype(np.int32), packed >> bits


def mix(*columns: npt.NDArray[np.integer]) -> Keys:
    """One 64-bit key of several columns (multiply and shift; equal rows give equal keys)."""
    key = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        key ^= column.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        key *= np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(29)
    return key


def own_sounds(table: Table) -> Ints:
    """The distinct sounds of each record's own names, sorted, -1 where there are fewer."""
    pieces = []
    for part in OWN:
        field = table.schema.name_of(part)
        if field is not None and field.name in table.sounds:
            sounds = table.sounds[field.name]
            rows = np.repeat(np.arange(table.rows), np.diff(sounds.starts))
            pieces.append((rows, sounds.codes))
    matrix = np.full((table.rows, MOST_SOUNDS), MISSING, dtype=np.int32)
    if not pieces:
        return matrix
    rows = np.concatenate([rows for rows, _ in pieces])
    codes = np.concatenate([codes for _, codes in pieces])
    order = np.lexsort((codes, rows))
    rows, codes = rows[order], codes[order]
    fresh = np.concatenate([[True], (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1])])
    rows, codes = rows[fresh], codes[fresh]
    starts = np.searchsorted(rows, np.arange(table.rows))
    column = np.arange(len(rows)) - starts[rows]
    fits = column < MOST_SOUNDS
    matrix[rows[fits], column[fits]] = codes[fits]
    return matrix


def rules(table: Table) -> Iterator[Rule]:
    """Every rule for the fields that the table has.

    A block of a weak rule that stays over its cap leaves the comparison: whoever shares only that
    is found by a rarer key or not at all.
    """
    sounds = own_sounds(table)
    two = _two_sounds(sounds)
    leave = np.full(table.rows, MISSING, dtype=np.int32)
    year: Ints | None = None
    refine: tuple[Ints, ...] = ()
    dated = next(iter(table.dates.values()), None)
    if dated is not None:
        year = dated.year
        # Day and month exchanged give the same key.
        exact = dated.quality == dates.EXACT
        turned = np.where(dated.swapped == MISSING, dated.full, dated.swapped)
        full = np.where(exact, np.minimum(dated.full, turned), MISSING)
        month_day = np.where(exact, dated.month_day, MISSING)
        guessed = np.isin(dated.quality, (dates.ESTIMATED, dates.YEAR))
        refine = (year, full)
        yield _each("sound, day and month", sounds, (month_day,), 50, (year,))
        yield _each("sound, year", sounds, (year,), 50, (dated.year_month, dated.year_day, leave))
        for step in (-1, 1):
            yield _either(two, year, np.where(guessed, year + step, MISSING), leave)
        for name, code in table.codes.items():
            yield _plain(f"date, {name}", (full, code), 30, (leave,))
    yield Rule("two sounds", *two, 60, refine)
    given, family = table.own_name(Part.GIVEN), table.own_name(Part.FAMILY)
    if given is not None and family is not None:
        both = (np.minimum(given, family), np.maximum(given, family))
        yield _plain("names", both, 60, (*refine[:1], *table.codes.values(), leave))
    for words in (given, family):
        if words is not None:
            yield _each("sound, name", sounds, (words,), 30, (*refine[:1], leave))
    for name, code in table.codes.items():
        yield _each(f"sound, {name}", sounds, (code,), 20, (leave,))
    for (one, code), (other, second) in combinations(table.codes.items(), 2):
        yield _each(f"sound, {one}, {other}", sounds, (code, second), 30, (leave,))
    for name, token in table.tokens.items():
        yield _plain(name, (token,), 50)
    # Whoever keeps an address may be found though nothing is left of name and date.
    texts = {
        field.name: table.names[field.name]
        for field in table.schema.of_kind(Kind.NAME)
        if field.part is Part.TEXT and field.name in table.names
    }
    for (one, words), (other, second) in combinations({**texts, **table.codes}.items(), 2):
        if one in texts:
            yield _plain(f"{one}, {other}", (words, second), 30, (leave,))
    for field in table.schema.of_kind(Kind.NAME):
        if field.part not in OWN and field.name in table.names:
            words = table.names[field.name]
            yield _each(f"sound, {field.name}", sounds, (words,), 30)
            if year is not None:
                yield _plain(f"year, {field.name}", (year, words), 30)


def _plain(name: str, columns: tuple[Ints, ...], cap: int, refine: tuple[Ints, ...] = ()) -> Rule:
    """Records that share all of `columns`."""
    known = np.logical_and.reduce([column != MISSING for column in columns])
    rows = np.flatnonzero(known).astype(np.int32)
    return Rule(name, rows, mix(*(column[rows] for column in columns)), cap, refine)


def _each(
    name: str, sounds: Ints, columns: tuple[Ints, ...], cap: int, refine: tuple[Ints, ...] = ()
) -> Rule:
    """Records that share any of their sounds and all of `columns`."""
    known = np.logical_and.reduce([column != MISSING for column in columns])
    rows, places = np.nonzero((sounds != MISSING) & known[:, None])
    keys = mix(sounds[rows, places], *(column[rows] for column in columns))
    return Rule(name, rows.astype(np.int32), keys, cap, refine)


def _either(two: tuple[Ints, Keys], year: Ints, near: Ints, leave: Ints) -> Rule:
    """Records that share two sounds, of which one has guessed the year next to the other's."""
    records, keys = two
    told, guessed = year[records] != MISSING, near[records] != MISSING
    asking = np.repeat([False, True], [told.sum(), guessed.sum()])
    both = np.concatenate(
        [
            mix(keys[told], year[records[told]]),
            mix(keys[guessed], near[records[guessed]]),
        ]
    )
    owners = np.concatenate([records[told], records[guessed]])
    return Rule("two sounds, year nearby", owners, both, 30, (leave,), asking=asking)


def _two_sounds(sounds: Ints) -> tuple[Ints, Keys]:
    """Records and keys of any two of their sounds, in whichever of their names."""
    rows, keys = [], []
    for first, second in combinations(range(MOST_SOUNDS), 2):
        known = np.flatnonzero(sounds[:, second] != MISSING)
        rows.append(known.astype(np.int32))
        keys.append(mix(sounds[known, first], sounds[known, second]))
    return np.concatenate(rows), np.concatenate(keys)
