"""Checks a vocabulary: what a correct code list or mapping may not contain."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from tutela.vocabulary.catalogue import Vocabulary
from tutela.vocabulary.codelist import CodeList
from tutela.vocabulary.mapping import Mapping
from tutela.vocabulary.rows import STATUSES


def check(vocabulary: Vocabulary) -> list[str]:
    """Every fault as one sentence, in the order of names; an empty list for a sound vocabulary.

    Faults: duplicate codes, missing labels, a parent outside the list, a period that ends before
    it starts, an unknown status, a missing source, a mapping from or to a code that does not
    exist, and two links of one code that overlap in time.
    """
    faults: list[str] = []
    for name in vocabulary.names():
        parents = {c for other in vocabulary.parent_lists(name) for c in vocabulary.codelist(other)}
        faults.extend(_list_faults(vocabulary.codelist(name), parents))
    for name in vocabulary.mapping_names():
        faults.extend(_mapping_faults(vocabulary, vocabulary.mapping(name)))
    return faults


def _list_faults(codelist: CodeList, parents: set[str]) -> list[str]:
    faults = [
        f"list {codelist.name}: code {code!r} stands {times} times"
        for code, times in Counter(e.code for e in codelist.entries).items()
        if times > 1
    ]
    for entry in codelist.entries:
        where = f"list {codelist.name}, code {entry.code!r}"
        if not entry.code or entry.code != entry.code.strip():
            faults.append(f"{where}: empty code or blanks around it")
        faults.extend(
            f"{where}: no label in {language}"
            for language, label in entry.labels.items()
            if not label.strip()
        )
        if entry.parent is not None and entry.parent not in parents:
            faults.append(f"{where}: parent {entry.parent!r} does not exist")
        if entry.valid_from and entry.valid_to and entry.valid_from >= entry.valid_to:
            faults.append(f"{where}: ends on {entry.valid_to} before it starts")
        if entry.status not in STATUSES:
            faults.append(f"{where}: status {entry.status!r} is none of {', '.join(STATUSES)}")
        if not entry.source:
            faults.append(f"{where}: no source")
    return faults


def _mapping_faults(vocabulary: Vocabulary, mapping: Mapping) -> list[str]:
    faults: list[str] = []
    domain = vocabulary.codelist(mapping.domain) if mapping.domain else None
    range_ = vocabulary.codelist(mapping.range_) if mapping.range_ else None
    for link in mapping.links:
        where = f"mapping {mapping.name}, {link.code!r} → {link.target!r}"
        if domain is not None and link.code not in domain:
            faults.append(f"{where}: {link.code!r} is not in the list {domain.name}")
        if range_ is not None and link.target not in range_:
            faults.append(f"{where}: {link.target!r} is not in the list {range_.name}")
        if link.valid_from and link.valid_to and link.valid_from >= link.valid_to:
            faults.append(f"{where}: ends on {link.valid_to} before it starts")
        if link.status not in STATUSES:
            faults.append(f"{where}: status {link.status!r} is none of {', '.join(STATUSES)}")
    return faults + _overlaps(mapping)


def _overlaps(mapping: Mapping) -> list[str]:
    faults: list[str] = []
    ordered = sorted(mapping.links, key=lambda link: (link.code, str(link.valid_from or "")))
    for earlier, later in pairwise(ordered):
        if earlier.code != later.code:
            continue
        if earlier.valid_to is None or later.valid_from is None:
            disjoint = False
        else:
            disjoint = earlier.valid_to <= later.valid_from
        if not disjoint:
            faults.append(f"mapping {mapping.name}, {earlier.code!r}: two links overlap in time")
    return faults
