"""Releases in succession: what the ledger holds of the units that today's tables count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from tutela.disclosure.earlier import EarlierTable, Relation
from tutela.disclosure.ledger import Entry, Ledger, PublishedCells, same_release
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import Protection, protect
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import CodedTable, FrequencyTable
from tutela.errors import SafetyBlock


def as_published(table: FrequencyTable, cells: pl.DataFrame) -> PublishedCells:
    """One protected table as the ledger records it; `cells` as `protect` returns them."""
    names = table.names
    frame = table.frame().with_columns(pl.Series("count", table.values.ravel()))
    leaves = frame.filter(pl.Series(table.leaf_mask().ravel()) & (pl.col("count") > 0))
    return PublishedCells(
        name=table.name,
        population=table.population,
        dimensions=tuple(
            replace(d, codes=tuple(tree.codes[1:]), hide_cost=1.0)
            for d, tree in zip(table.dimensions, table.trees, strict=True)
        ),
        cells=cells.select(*names, "count", "status"),
        counts=leaves,
    )


def protect_after(tables: Sequence[FrequencyTable], policy: Policy, ledger: Ledger) -> Protection:
    """Protect `tables` jointly with every release in `ledger` that counts the same populations.

    The secret seed is the ledger's, so that what is equally good is chosen alike each time. When
    the last release counted exactly the same, it is made again as it was, byte for byte.
    """
    policy = replace(policy, seed=ledger.seed)
    entries = ledger.entries
    if entries and _counted_alike(entries[-1], tables, policy):
        again = protect(tables, policy, earlier_tables(entries[:-1], tables))
        made = [as_published(table, again.tables[table.name]) for table in tables]
        if same_release(entries[-1], policy, made):
            return again
    return protect(tables, policy, earlier_tables(entries, tables))


def record(
    ledger: Ledger,
    release: str,
    tables: Sequence[FrequencyTable],
    policy: Policy,
    protected: Mapping[str, pl.DataFrame],
) -> Entry:
    """Add a protected release to the ledger; call it inside `ledger.writing()`, before giving it
    out."""
    cells = [as_published(table, protected[table.name]) for table in tables]
    return ledger.append(release, policy, cells)


def _counted_alike(entry: Entry, tables: Sequence[FrequencyTable], policy: Policy) -> bool:
    if [t.name for t in entry.tables] != [t.name for t in tables]:
        return False
    if replace(entry.policy, seed=policy.seed) != policy:
        return False
    for then, now in zip(entry.tables, tables, strict=True):
        counts = as_published(now, now.frame().with_columns(count=None, status=None)).counts
        if not then.counts.sort(now.names).equals(counts.sort(now.names)):
            return False
    return True


def earlier_tables(
    entries: Sequence[Entry], tables: Sequence[FrequencyTable]
) -> list[EarlierTable]:
    """The recorded tables that count the same populations as `tables`, oldest first.

    How the units relate is read from the true counts: `same` where no cell that both hold has
    changed, `grown` where none has fallen, `revised` otherwise. A population that was rounded
    before cannot be hidden now, nor the other way round: SafetyBlock.
    """
    populations = {table.population for table in tables}
    found = []
    for entry in entries:
        recorded = [t for t in entry.tables if t.population in populations]
        if recorded and entry.policy.method != "suppress":
            raise SafetyBlock(
                f"Release {entry.release} rounded the population {recorded[0].population!r}; "
                "hiding cells of it now would undo both.",
                remedy="Keep one method for a population.",
                details={"release": entry.release, "tables": [t.name for t in recorded]},
            )
        rebuilt = [(table, _table(table)) for table in recorded]
        for population in dict.fromkeys(table.population for table in recorded):
            mine = [table for table in tables if table.population == population]
            then = [true for _, true in rebuilt if true.population == population]
            relation = _relation(then, mine)
            found += [
                EarlierTable(entry.release, _seen(table), true, relation)
                for table, true in rebuilt
                if table.population == population
            ]
    return found


def _seen(table: PublishedCells) -> PublishedTable:
    return PublishedTable(table.name, table.dimensions, table.cells, table.population)


def _table(table: PublishedCells) -> FrequencyTable:
    """The true table of a record; zeros that were shown as such are structural."""
    names = [dimension.name for dimension in table.dimensions]
    zeros = table.cells.filter(pl.col("status") == "zero").select(names)
    return FrequencyTable(
        table.name,
        table.dimensions,
        table.counts,
        structural=_leaves_only(zeros, table) if zeros.height else None,
        population=table.population,
    )


def _leaves_only(cells: pl.DataFrame, table: PublishedCells) -> pl.DataFrame:
    """A margin is structural when its leaves are."""
    inner = {
        d.name: [d.total, *d.parents.values()] for d in table.dimensions
    }  # codes with others below
    return cells.filter(~pl.col(name).is_in(codes) for name, codes in inner.items())


def _relation(then: Sequence[CodedTable], now: Sequence[CodedTable]) -> Relation:
    changes = [change for one in then for two in now for change in _changes(one, two)]
    if not any(changes):
        return "same"
    return "revised" if min(changes) < 0 else "grown"


def _changes(then: CodedTable, now: CodedTable) -> Iterable[int]:
    """Of every cell that both tables hold, how much the count has changed."""
    shared = [name for name in then.names if name in now.names]
    one, two = _margin(then, shared, "then"), _margin(now, shared, "now")
    if not shared:
        return [int(two["now"][0] - one["then"][0])]
    # A code that only one of them has counts nobody in the other.
    both = one.join(two, on=shared, how="full", coalesce=True).fill_null(0)
    difference: list[int] = (both["now"] - both["then"]).to_list()
    return difference


def _margin(table: CodedTable, names: Sequence[str], value: str) -> pl.DataFrame:
    """The cells of `table` over `names`, all other dimensions at their total."""
    cells = table.frame().with_columns(pl.Series(value, table.values.ravel()))
    others = {d.name: d.total for d in table.dimensions if d.name not in names}
    kept = pl.all_horizontal(pl.lit(True), *[pl.col(name) == t for name, t in others.items()])
    return cells.filter(kept).select(*names, value)
