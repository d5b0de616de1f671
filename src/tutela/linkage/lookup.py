"""Keep the keys of all blocks sorted, and look up which kept records share one with a new record.

The caps are those of blocking: a block over its cap is divided by its rule's further attributes,
and what stays over the cap pairs a new record with at most twice the cap of its neighbours in the
order of labels, as if the record had been there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.linkage.block import Rule, mix, rules
from tutela.linkage.table import MISSING, Ints, Table

Array = npt.NDArray[Any]
Longs = npt.NDArray[np.int64]


def block_arrays(table: Table) -> dict[str, Array]:
    """Keys (sorted) and records of every rule, and of the finer rules for blocks over the cap."""
    found: dict[str, Array] = {}
    for name, rule in _named(table):
        records, keys, asking = rule.records, rule.keys, rule.asking
        for stage in range(len(rule.refine) + 1):
            order = np.lexsort((records, keys))
            records, keys = records[order], keys[order]
            found[f"keys:{name}:{stage}"], found[f"records:{name}:{stage}"] = keys, records
            if asking is not None:
                found[f"asking:{name}"] = np.concatenate([[0], np.cumsum(asking[order])])
                asking = None
            if stage == len(rule.refine):
                break
            starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
            sizes = np.diff(np.append(starts, len(keys)))
            large = np.repeat(sizes > rule.cap, sizes)
            records, keys = records[large], keys[large]
            values = rule.refine[stage][records]
            records, keys = records[values != MISSING], keys[values != MISSING]
            keys = mix(keys, values[values != MISSING])
    return found


def kept_partners(kept: Mapping[str, Array], new: Table, place: Longs) -> tuple[Ints, Ints]:
    """Pairs (kept record, new record) that share a block; `place` is where each new record's label
    would stand among the kept ones. Pairs stand once, in order."""
    pairs: list[Longs] = [np.zeros(0, np.int64)]
    for name, rule in _named(new):
        records, keys = rule.records, rule.keys
        asks = rule.asking
        for stage in range(len(rule.refine) + 1):
            held = kept.get(f"keys:{name}:{stage}")
            if held is None or not len(records):
                break
            members = kept[f"records:{name}:{stage}"]
            low = np.searchsorted(held, keys, side="left")
            high = np.searchsorted(held, keys, side="right")
            if asks is not None:
                running = kept[f"asking:{name}"]
                reached = asks | (running[high] > running[low])
                high = np.where(reached, high, low)
            large = high - low > rule.cap
            last = stage == len(rule.refine)
            if last and large.any():
                _narrow(low, high, np.flatnonzero(large), members, place[records], rule.cap)
            taken = np.flatnonzero((high > low) & (last | ~large))
            pairs.append(_expanded(low[taken], high[taken], records[taken], members, new.rows))
            if last or not large.any():
                break
            values = rule.refine[stage][records]
            going = large & (values != MISSING)
            records, keys = records[going], mix(keys[going], values[going])
    distinct = np.sort(np.concatenate(pairs))
    distinct = distinct[np.append(True, distinct[1:] != distinct[:-1])[: len(distinct)]]
    kept_rows, new_rows = np.divmod(distinct, max(new.rows, 1))
    return kept_rows.astype(np.int32), new_rows.astype(np.int32)


def _named(table: Table) -> Iterator[tuple[str, Rule]]:
    """The rules with names that are different."""
    seen: dict[str, int] = {}
    for rule in rules(table):
        seen[rule.name] = seen.get(rule.name, 0) + 1
        yield f"{rule.name}:{seen[rule.name]}", rule


def _narrow(low: Longs, high: Longs, large: Longs, members: Ints, place: Longs, cap: int) -> None:
    """Narrow blocks over the cap to the neighbours of the new record."""
    for entry in large.tolist():
        first, last = int(low[entry]), int(high[entry])
        middle = first + int(np.searchsorted(members[first:last], place[entry]))
        low[entry], high[entry] = max(first, middle - cap), min(last, middle + cap)


def _expanded(low: Longs, high: Longs, records: Ints, members: Ints, rows: int) -> Longs:
    """One number for each pair: kept record · rows + new record."""
    counts = high - low
    before = np.cumsum(counts) - counts
    at = np.arange(int(counts.sum())) + np.repeat(low - before, counts)
    pairs: Longs = members[at].astype(np.int64) * rows + np.repeat(records, counts)
    return pairs
