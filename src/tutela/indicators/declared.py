"""Reads the declared indicators of a country pack: TOML in `countries/<country>/indicators`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tutela.errors import Misuse
from tutela.indicators.dimension import LANGUAGES, Dimension, Text, read_dimension
from tutela.vocabulary import Vocabulary
from tutela.vocabulary import load as load_vocabulary


@dataclass(frozen=True)
class Population:
    """A set of units counted together; its tables are protected as one.

    `unit` is the unit of description, `time` the dimension by which all its tables count, `who`
    the numerator in words, `when` what its year means.
    """

    name: str
    unit: str
    unit_label: Text
    unit_reading: Text
    time: str
    year_of: str
    who: Text
    when: Text


@dataclass(frozen=True)
class Source:
    """A reporting body behind a figure, and what it can and cannot see."""

    agency: str
    label: Text
    coverage: Text


@dataclass(frozen=True)
class Answer:
    """A recommendation or a paragraph of the 2018 report that an indicator answers."""

    ref: str
    text: Text


@dataclass(frozen=True)
class Indicator:
    """One declared indicator; every text is in French, Dutch, German and English."""

    id: str
    theme: str
    label: Text
    definition: Text
    population: Population
    dimensions: tuple[Dimension, ...]
    year_of: str
    age_at: str | None
    sources: tuple[Source, ...]
    standards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()

    @property
    def how_to_read(self) -> dict[str, str]:
        """What one unit is and what the year means, in each language."""
        population = self.population
        return {
            lang: f"{population.unit_reading[lang]} {population.when[lang]}"
            if self.year_of == population.year_of
            else population.unit_reading[lang]
            for lang in LANGUAGES
        }

    @property
    def denominator(self) -> dict[str, str]:
        """What a share of a cell is a share of: the total beside which the cell stands."""
        times = [dimension.name for dimension in self.dimensions if dimension.kind == "time"]
        return dict(_DENOMINATORS[times[0] if times else ""])

    def entry(self) -> dict[str, Any]:
        """The declaration as a release describes it (`docs/architecture.md`)."""
        return {
            "id": self.id,
            "theme": self.theme,
            "label": dict(self.label),
            "definition": dict(self.definition),
            "how_to_read": self.how_to_read,
            "unit": {
                "code": self.population.unit,
                "label": dict(self.population.unit_label),
            },
            "population": self.population.name,
            "numerator": dict(self.population.who),
            "denominator": self.denominator,
            "dimensions": [dimension.entry() for dimension in self.dimensions],
            "year_of": self.year_of,
            "age_at": self.age_at,
            "sources": [
                {"agency": s.agency, "label": dict(s.label), "coverage": dict(s.coverage)}
                for s in self.sources
            ],
            "standards": {
                name: list(self.standards.get(name, ())) for name in ("iccs", "sdg", "eurostat")
            },
            "answers": [{"ref": a.ref, "text": dict(a.text)} for a in self.answers],
        }


_YEAR_TOTAL = {
    "fr": "Total de la même année",
    "nl": "Totaal van hetzelfde jaar",
    "de": "Summe desselben Jahres",
    "en": "Total of the same year",
}
_DENOMINATORS: Mapping[str, Text] = {
    "year": _YEAR_TOTAL,
    "year_facts": _YEAR_TOTAL,
    "period": {
        "fr": "Total de la même période",
        "nl": "Totaal van dezelfde periode",
        "de": "Summe desselben Zeitraums",
        "en": "Total of the same period",
    },
    "": {
        "fr": "Total de toutes les années",
        "nl": "Totaal van alle jaren",
        "de": "Summe aller Jahre",
        "en": "Total of all years",
    },
}


@cache
def load(country: str = "be") -> list[Indicator]:
    """All declared indicators of a country pack, in the order of their files.

    Raises Misuse when a declaration names a population, dimension, source or answer that is not
    declared, leaves out a language, or counts a population by two different times.
    """
    folder = files("tutela.countries").joinpath(country, "indicators")
    if not folder.is_dir():
        raise Misuse(f"There is no country pack with indicators called “{country}”.")
    reader = _Reader(folder, load_vocabulary(country))
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    order = sorted(names, key=lambda name: (reader.order(name), name))
    indicators = [
        indicator for name in order for indicator in reader.indicators(folder.joinpath(name))
    ]
    repeated = {i.id for i in indicators if [j.id for j in indicators].count(i.id) > 1}
    if repeated:
        raise Misuse(f"indicator {sorted(repeated)[0]} is declared twice")
    return indicators


#: The order of the files follows a case: told, protected, judged, compensated.
_ORDER = ("reports", "victims", "referral", "justice", "money")


class _Reader:
    def __init__(self, folder: Traversable, vocabulary: Vocabulary) -> None:
        shared = folder.joinpath("shared")
        self.vocabulary = vocabulary
        self.units = _load(shared.joinpath("units.toml"))
        self.paragraphs = _load(shared.joinpath("paragraphs.toml"))
        self.coverage = _load(shared.joinpath("sources.toml"))
        self.declared_dimensions = _load(shared.joinpath("dimensions.toml"))
        self.populations = {
            name: self.population(name, declared)
            for name, declared in _load(shared.joinpath("populations.toml")).items()
        }
        self._dimensions: dict[str, Dimension] = {}

    @staticmethod
    def order(name: str) -> int:
        stem = name.removesuffix(".toml")
        return _ORDER.index(stem) if stem in _ORDER else len(_ORDER)

    def population(self, name: str, declared: Mapping[str, Any]) -> Population:
        unit = declared["unit"]
        if unit not in self.units:
            raise Misuse(f"population {name}: there is no unit of description {unit!r}")
        return Population(
            name=name,
            unit=unit,
            unit_label=_text(self.units[unit]["label"], f"unit {unit}, label"),
            unit_reading=_text(self.units[unit]["reading"], f"unit {unit}, reading"),
            time=declared["time"],
            year_of=declared["year_of"],
            who=_text(declared["who"], f"population {name}, who"),
            when=_text(declared["when"], f"population {name}, when"),
        )

    def dimension(self, name: str) -> Dimension:
        if name not in self._dimensions:
            if name not in self.declared_dimensions:
                raise Misuse(f"there is no dimension {name!r}")
            read = read_dimension(name, self.declared_dimensions[name], self.vocabulary)
            _text(read.label, f"dimension {name}, label")
            for code in read.codes:
                _text(code.label, f"dimension {name}, code {code.code}, label")
            self._dimensions[name] = read
        return self._dimensions[name]

    def indicators(self, file: Traversable) -> Iterator[Indicator]:
        declared = _load(file)
        for each in declared["indicator"]:
            indicator = self.indicator(each, each.get("theme", declared["theme"]))
            if "each" in each:
                yield from self.family(indicator, each["each"])
            else:
                yield indicator

    def indicator(self, declared: Mapping[str, Any], theme: str) -> Indicator:
        name = declared["id"]
        if declared["population"] not in self.populations:
            raise Misuse(f"indicator {name}: no population {declared['population']!r}")
        population = self.populations[declared["population"]]
        dimensions = tuple(self.dimension(each) for each in declared["dimensions"])
        year_of = declared.get("year_of", population.year_of)
        times = [d.name for d in dimensions if d.kind == "time"]
        if year_of == population.year_of and times not in ([population.time], []):
            raise Misuse(
                f"indicator {name}: its population counts by {population.time}, not by "
                f"{', '.join(times)}; two times over the same units would not add up"
            )
        return Indicator(
            id=name,
            theme=theme,
            label=_text(declared["label"], f"indicator {name}, label"),
            definition=_text(declared["definition"], f"indicator {name}, definition"),
            population=population,
            dimensions=dimensions,
            year_of=year_of,
            age_at=declared.get("age_at"),
            sources=tuple(self.source(agency, name) for agency in declared["sources"]),
            standards={
                standard: tuple(codes) for standard, codes in declared.get("standards", {}).items()
            },
            answers=tuple(self.answer(ref, name) for ref in declared["answers"]),
        )

    def family(self, pattern: Indicator, codelist: str) -> Iterator[Indicator]:
        """One indicator per code of a list: a question that has an answer for each code."""
        codes = self.vocabulary.codelist(codelist)
        *others, answer = pattern.dimensions
        for code in codes:
            labels = codes.labels(code)
            words = {lang: labels[lang][:1].lower() + labels[lang][1:] for lang in LANGUAGES}
            # German keeps the capitals of its nouns.
            words["de"] = labels["de"]
            name = f"{pattern.id}_{code}"
            yield replace(
                pattern,
                id=name,
                label={k: v.replace("{label}", words[k]) for k, v in pattern.label.items()},
                definition={
                    k: v.replace("{label}", words[k]) for k, v in pattern.definition.items()
                },
                dimensions=(*others, replace(answer, name=name, label=labels)),
            )

    def source(self, agency: str, indicator: str) -> Source:
        if agency not in self.coverage:
            raise Misuse(f"indicator {indicator}: the coverage of {agency!r} is not declared")
        return Source(
            agency,
            self.vocabulary.codelist("agencies").labels(agency),
            _text(self.coverage[agency], f"coverage of {agency}"),
        )

    def answer(self, ref: str, indicator: str) -> Answer:
        kind, _, key = ref.partition(" ")
        if kind == "recommendation":
            return Answer(ref, self.vocabulary.codelist("recommendations").labels(key))
        if kind == "paragraph" and key in self.paragraphs:
            return Answer(ref, _text(self.paragraphs[key], f"paragraph {key}"))
        raise Misuse(
            f"indicator {indicator}: it answers {ref!r}, which is not declared",
            remedy="Name a recommendation by number, or a declared paragraph.",
        )


def _load(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _text(text: Text, where: str) -> Text:
    """A text in all four languages, or a refusal that says where it stands."""
    missing = [lang for lang in LANGUAGES if not text.get(lang)]
    if missing:
        raise Misuse(f"{where}: there is no text in {missing[0]}")
    return text
