"""The declared fields of a table to be linked: names, dates, codes, tokens, references."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from tutela.errors import InputRefused

_Option = TypeVar("_Option", bound=StrEnum)


class Kind(StrEnum):
    """How the values of a field are encoded and compared."""

    NAME = "name"
    """Names of a person; travel as a keyed filter and keyed sounds."""
    DATE = "date"
    """A date, possibly partial or estimated; travels as keyed tokens of its parts."""
    CODE = "code"
    """A value from a short list; travels in clear, because hashing it would hide nothing."""
    TOKEN = "token"  # noqa: S105 - the kind of a field
    """A value that is the same or is not (a telephone number); travels as one keyed token."""
    REFERENCE = "reference"
    """A file number; travels as one keyed token and says who or what must be together."""


class Part(StrEnum):
    """What a name field holds of the person's own name; decides which fields may be swapped."""

    GIVEN = "given"
    FAMILY = "family"
    OTHER = "other"
    RELATIVE = "relative"
    """Names of a parent: compared apart from the person's own."""
    TEXT = "text"
    """Any other words (a street): compared apart."""


@dataclass(frozen=True)
class Field:
    """One field of the schema.

    `part` is for names. `quality` names the column that says how well a date is known. `identifies`
    is for references: "person" (one number, one person) or "group" (a case with several persons).
    `apart` is for references to a group: a source names each person of the group once, so that two
    records of one source with the same number are two persons.
    """

    name: str
    kind: Kind
    part: Part | None = None
    quality: str | None = None
    identifies: str | None = None
    apart: bool = False


@dataclass(frozen=True)
class Schema:
    """The fields to link by, the column of record labels and the column of sources.

    `one_per_source` names the sources that hold each person once: two records of such a source are
    never one person, unless a known link says so.
    """

    fields: tuple[Field, ...]
    record_id: str = "record_id"
    source: str = "source"
    one_per_source: tuple[str, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[Field, ...]:
        """The fields of one kind, in the order of the schema."""
        return tuple(field for field in self.fields if field.kind is kind)

    def name_of(self, part: Part) -> Field | None:
        """The first name field that holds `part`, or None."""
        return next((field for field in self.fields if field.part is part), None)


DEFAULT_SCHEMA = Schema(
    fields=(
        Field("given_names", Kind.NAME, part=Part.GIVEN),
        Field("family_names", Kind.NAME, part=Part.FAMILY),
        Field("other_names", Kind.NAME, part=Part.OTHER),
        Field("mother_names", Kind.NAME, part=Part.RELATIVE),
        Field("birth_date", Kind.DATE, quality="birth_date_quality"),
        Field("sex", Kind.CODE),
        Field("citizenship", Kind.CODE),
        Field("residence", Kind.CODE),
        Field("phone", Kind.TOKEN),
        Field("case_reference", Kind.REFERENCE, identifies="group"),
        Field("person_reference", Kind.REFERENCE, identifies="person"),
    )
)


def load_schema(path: Path) -> Schema:
    """Read a schema from TOML: `record_id`, `source`, `one_per_source` and `[[fields]]`.

    Raises InputRefused where a field has no name, an unknown kind or an unknown part.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputRefused(f"There is no schema at {path}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefused(
            f"{path} is not TOML: {error}", remedy="Write it as shown in docs/linkage.md."
        ) from error
    strange = sorted(set(data) - {"record_id", "source", "one_per_source", "fields"})
    if strange:
        raise InputRefused(
            f"{path} has unknown keys: {', '.join(strange)}.",
            remedy="Known keys: record_id, source, one_per_source and [[fields]].",
        )
    entries = data.get("fields", [])
    if not isinstance(entries, list) or not entries:
        raise InputRefused(
            f"{path} declares no fields.", remedy="Add a [[fields]] entry for each column."
        )
    fields = tuple(_field(entry, number, path) for number, entry in enumerate(entries, start=1))
    names = [field.name for field in fields]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise InputRefused(f"{path} declares twice: {', '.join(doubled)}.")
    sources = data.get("one_per_source", [])
    if not isinstance(sources, list) or not all(isinstance(name, str) for name in sources):
        raise InputRefused(
            f"{path}: one_per_source is {sources!r}.",
            remedy='List the sources that hold each person once, as in ["registry"].',
        )
    return Schema(
        fields=fields,
        record_id=str(data.get("record_id", "record_id")),
        source=str(data.get("source", "source")),
        one_per_source=tuple(sources),
    )


def _field(entry: Any, number: int, path: Path) -> Field:
    """One declared field; the error names the entry by its number."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise InputRefused(f"{path}: field {number} has no name.")
    known = {"name", "kind", "part", "quality", "identifies", "apart"}
    strange = sorted(set(entry) - known)
    if strange:
        raise InputRefused(
            f"{path}: field {entry['name']} has unknown keys: {', '.join(strange)}.",
            remedy=f"Known keys: {', '.join(sorted(known))}.",
        )
    kind = _choice(Kind, entry.get("kind"), "kind", entry["name"], path)
    part = None
    if kind is Kind.NAME:
        part = _choice(Part, entry.get("part", "other"), "part", entry["name"], path)
    identifies = None
    if kind is Kind.REFERENCE:
        identifies = str(entry.get("identifies", "person"))
        if identifies not in ("person", "group"):
            raise InputRefused(
                f"{path}: field {entry['name']}: identifies is {identifies!r}.",
                remedy="Write person or group.",
            )
    apart = entry.get("apart", False)
    if not isinstance(apart, bool) or (apart and identifies != "group"):
        raise InputRefused(
            f"{path}: field {entry['name']}: apart is {apart!r}.",
            remedy='Write apart = true only for a reference with identifies = "group".',
        )
    return Field(entry["name"], kind, part, entry.get("quality"), identifies, apart)


def _choice(options: type[_Option], value: Any, key: str, field: str, path: Path) -> _Option:
    """`value` as a member of `options`, or a refusal that lists them."""
    try:
        return options(value)
    except ValueError as error:
        raise InputRefused(
            f"{path}: field {field}: {key} is {value!r}.",
            remedy=f"Write one of {', '.join(options)}.",
        ) from error
