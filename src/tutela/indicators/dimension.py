"""A dimension of an indicator: its codes in order, with labels in four languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutela.errors import Misuse
from tutela.indicators.territories import territory_codes
from tutela.vocabulary import Vocabulary

#: The languages of everything that people read.
LANGUAGES = ("fr", "nl", "de", "en")
#: The code of a margin, above every other code.
TOTAL = "_T"
TOTAL_LABEL = {"fr": "Total", "nl": "Totaal", "de": "Insgesamt", "en": "Total"}
KINDS = ("time", "ordered", "category", "hierarchy")

Text = Mapping[str, str]


@dataclass(frozen=True)
class Code:
    """One code of a dimension.

    `parent` is the code above it, None right under the total. A `residual` code is left out of a
    table when nobody falls in it. `from_days` and `until_days` bound a band of time, in days,
    [from, until).
    """

    code: str
    label: Text
    parent: str | None = None
    residual: bool = False
    from_days: int | None = None
    until_days: int | None = None


@dataclass(frozen=True)
class Dimension:
    """A named dimension; `kind` is time, ordered, category or hierarchy.

    A time dimension has no codes until a calendar gives them (`tutela.indicators.calendar`).
    """

    name: str
    label: Text
    kind: str
    codes: tuple[Code, ...]

    def parents(self) -> dict[str, str]:
        """Code → the code above it, for the codes that have one."""
        return {code.code: code.parent for code in self.codes if code.parent is not None}

    def leaves(self) -> tuple[str, ...]:
        """The codes that units are counted under: those that are no other code's parent."""
        above = set(self.parents().values())
        return tuple(code.code for code in self.codes if code.code not in above)

    def entry(self) -> dict[str, Any]:
        """The dimension as a release describes it: name, label, kind, codes with the total."""
        codes: list[dict[str, Any]] = [{"code": TOTAL, "label": TOTAL_LABEL, "parent": None}]
        codes += [
            {"code": code.code, "label": dict(code.label), "parent": code.parent or TOTAL}
            for code in self.codes
        ]
        return {"name": self.name, "label": dict(self.label), "kind": self.kind, "codes": codes}


def read_dimension(name: str, declared: Mapping[str, Any], vocabulary: Vocabulary) -> Dimension:
    """A dimension from its declaration; codes of a code list come before its own codes."""
    if declared["kind"] not in KINDS:
        raise Misuse(
            f"dimension {name}: {declared['kind']!r} is no kind of dimension",
            remedy=f"Kinds: {', '.join(KINDS)}.",
        )
    every = declared.get("residual") == "every"
    residual = set() if every else set(declared.get("residual", ()))
    codes = [
        Code(code, labels, parent, residual=every or code in residual)
        for code, labels, parent in _listed(declared, vocabulary)
    ]
    for own in declared.get("codes", ()):
        label = own.get("label")
        if "from" in own:
            label = vocabulary.codelist(own["from"]).labels(own["code"])
        code = Code(
            own["code"],
            label,
            own.get("parent"),
            residual=every or own["code"] in residual,
            from_days=own.get("from_days"),
            until_days=own.get("until_days"),
        )
        known = [each.code for each in codes]
        place = known.index(own["after"]) + 1 if "after" in own else len(codes)
        if code.code in known:
            raise Misuse(f"dimension {name}: the code {code.code!r} is declared twice")
        codes.insert(place, code)
    stray = residual - {code.code for code in codes}
    if stray:
        raise Misuse(f"dimension {name}: residual {sorted(stray)[0]!r} is none of its codes")
    return Dimension(name, declared["label"], declared["kind"], tuple(codes))


def _listed(
    declared: Mapping[str, Any], vocabulary: Vocabulary
) -> list[tuple[str, Text, str | None]]:
    """Code, labels and parent of the codes that a code list of the vocabulary gives."""
    if declared.get("territories"):
        return territory_codes(vocabulary)
    if "codelist" not in declared:
        return []
    codelist = vocabulary.codelist(declared["codelist"])
    codes: tuple[str, ...] = codelist.codes()
    if "event_type" in declared:
        codes = codelist.where("event_type", declared["event_type"])
    if declared.get("bodies"):
        codes = codelist.where("reports", "yes")
    left_out = set(declared.get("leave_out", ()))
    return [(code, codelist.labels(code), None) for code in codes if code not in left_out]
