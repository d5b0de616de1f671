"""The vocabulary of a country: its own lists, the international ones, and those it derives."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

from tutela.errors import Misuse
from tutela.vocabulary import codelist, mapping, territories
from tutela.vocabulary.codelist import CodeList
from tutela.vocabulary.rows import read_rows

_HERE = Path(__file__).parent
_COUNTRIES = _HERE.parent / "countries"

Rows = Sequence[Mapping[str, str]]
RowsOf = Callable[[], Rows]
#: A mapping that is computed: its rows, the list it maps from, the list it maps to.
DerivedMapping = tuple[RowsOf, str | None, str | None]


class Vocabulary:
    """All code lists and mappings of one country; each is read when first asked for."""

    def __init__(self, country: str) -> None:
        self.country = country
        pack = self._pack(country)
        folders = (_HERE, _COUNTRIES / country)
        self._list_files = {p.stem: p for f in folders for p in sorted(f.glob("codes/*.csv"))}
        self._mapping_files = {p.stem: p for f in folders for p in sorted(f.glob("mappings/*.csv"))}
        self._derived_lists: dict[str, RowsOf] = {
            "countries": territories.countries,
            **pack.LISTS,
        }
        self._derived_mappings: dict[str, DerivedMapping] = dict(pack.MAPPINGS)
        self._derived_mappings["citizenship_group_of_country"] = (
            lambda: territories.citizenship_groups(country, self.mapping("eu_membership")),
            "countries",
            "citizenship_groups",
        )
        self._ends: dict[str, tuple[str | None, str | None]] = {
            "eu_membership": ("countries", None),
            **pack.MAPPING_ENDS,
        }
        self._parents: dict[str, tuple[str, ...]] = pack.PARENTS
        self._lists: dict[str, CodeList] = {}
        self._mappings: dict[str, mapping.Mapping] = {}

    @staticmethod
    def _pack(country: str) -> ModuleType:
        known = sorted(p.parent.name for p in _COUNTRIES.glob("*/lists.py"))
        if country not in known:
            raise Misuse(
                f"there is no country pack {country!r}", remedy=f"Packs: {', '.join(known)}."
            )
        return importlib.import_module(f"tutela.countries.{country}.lists")

    def names(self) -> tuple[str, ...]:
        """The names of all code lists, in alphabetical order."""
        return tuple(sorted({*self._list_files, *self._derived_lists}))

    def mapping_names(self) -> tuple[str, ...]:
        """The names of all mappings, in alphabetical order."""
        return tuple(sorted({*self._mapping_files, *self._derived_mappings}))

    def parent_lists(self, name: str) -> tuple[str, ...]:
        """The lists in which the parents of the codes of `name` stand; usually itself."""
        return self._parents.get(name, (name,))

    def codelist(self, name: str) -> CodeList:
        """The code list `name`."""
        if name not in self._lists:
            if name in self._derived_lists:
                rows: Rows = self._derived_lists[name]()
            elif name in self._list_files:
                rows = read_rows(self._list_files[name], codelist.COLUMNS)
            else:
                raise Misuse(
                    f"there is no code list {name!r}", remedy=f"Lists: {', '.join(self.names())}."
                )
            self._lists[name] = CodeList(name, rows)
        return self._lists[name]

    def mapping(self, name: str) -> mapping.Mapping:
        """The mapping `name`."""
        if name not in self._mappings:
            if name in self._derived_mappings:
                rows_of, domain, range_ = self._derived_mappings[name]
                rows = rows_of()
            elif name in self._mapping_files:
                rows = read_rows(self._mapping_files[name], mapping.COLUMNS)
                domain, range_ = self._ends.get(name, (None, None))
            else:
                raise Misuse(
                    f"there is no mapping {name!r}",
                    remedy=f"Mappings: {', '.join(self.mapping_names())}.",
                )
            self._mappings[name] = mapping.Mapping(name, rows, domain=domain, range_=range_)
        return self._mappings[name]


@cache
def load(country: str = "be") -> Vocabulary:
    """The vocabulary of a country pack, read once; a list is parsed when it is first asked for."""
    return Vocabulary(country)
