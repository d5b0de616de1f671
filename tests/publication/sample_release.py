"""A small realistic release for tests: invented figures, four indicators, four languages.

The cells are hidden by a bare threshold, without secondary suppression: good enough to show pages
and read files, never to protect anybody.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from tests.publication.linkage_report import REPORT
from tutela.indicators.compared_lists import NO, TIME, YES, compared_lists
from tutela.indicators.run import TablesRun
from tutela.publication.contents import release_files
from tutela.publication.folder import write_folder
from tutela.publication.hidden_figure import hidden_figure_files
from tutela.publication.linkage_quality import linkage_quality
from tutela.publication.release import LANGUAGES
from tutela.vocabulary import published_figures

MOMENT = "2026-01-31T12:00:00+00:00"
TOTAL = "_T"
YEARS = [str(year) for year in range(2014, 2026)]

Text = dict[str, str]


def text(fr: str, nl: str, de: str, en: str) -> Text:
    return {"fr": fr, "nl": nl, "de": de, "en": en}


def same(word: str) -> Text:
    return dict.fromkeys(LANGUAGES, word)


def code(name: str, label: Text, parent: str | None = None) -> dict[str, Any]:
    return {"code": name, "label": label, "parent": parent}


TOTAL_CODE = code(TOTAL, text("Total", "Totaal", "Insgesamt", "Total"))
UNKNOWN = code("unknown", text("inconnu", "onbekend", "unbekannt", "unknown"), TOTAL)

YEAR = {
    "name": "year",
    "kind": "time",
    "label": text("Année", "Jaar", "Jahr", "Year"),
    "codes": [TOTAL_CODE, *(code(year, same(year), TOTAL) for year in YEARS)],
}
FORM = {
    "name": "form",
    "label": text("Forme", "Vorm", "Form", "Form"),
    "codes": [
        TOTAL_CODE,
        code(
            "prostitution",
            text(
                "exploitation d’enfants dans la prostitution",
                "uitbuiting van kinderen in de prostitutie",
                "Ausbeutung von Kindern in der Prostitution",
                "exploitation of children in prostitution",
            ),
            TOTAL,
        ),
        code(
            "csam",
            text(
                "matériel d’abus sexuels d’enfants",
                "materiaal van seksueel misbruik van kinderen",
                "Darstellungen sexuellen Kindesmissbrauchs",
                "child sexual abuse material",
            ),
            TOTAL,
        ),
        code(
            "grooming",
            text(
                "sollicitation d’enfants à des fins sexuelles",
                "grooming",
                "Cybergrooming",
                "grooming",
            ),
            TOTAL,
        ),
        code(
            "trafficking",
            text(
                "traite à des fins sexuelles",
                "mensenhandel met seksueel oogmerk",
                "Menschenhandel zu sexuellen Zwecken",
                "trafficking for sexual purposes",
            ),
            TOTAL,
        ),
        code("several", text("plusieurs", "meerdere", "mehrere", "several"), TOTAL),
        UNKNOWN,
    ],
}
AGE = {
    "name": "age_band",
    "label": text("Âge", "Leeftijd", "Alter", "Age"),
    "codes": [
        TOTAL_CODE,
        *(
            code(
                band,
                text(f"{a} à {b} ans", f"{a} tot {b} jaar", f"{a} bis {b} Jahre", f"{a} to {b}"),
                TOTAL,
            )
            for band in ("0-5", "6-9", "10-13", "14-15", "16-17")
            for a, b in [band.split("-")]
        ),
        UNKNOWN,
    ],
}
SEX = {
    "name": "sex",
    "label": text("Sexe", "Geslacht", "Geschlecht", "Sex"),
    "codes": [
        TOTAL_CODE,
        code("F", text("filles", "meisjes", "Mädchen", "girls"), TOTAL),
        code("M", text("garçons", "jongens", "Jungen", "boys"), TOTAL),
        UNKNOWN,
    ],
}
REGION = {
    "name": "territory",
    "label": text("Territoire", "Gebied", "Gebiet", "Territory"),
    "codes": [
        TOTAL_CODE,
        code("BRU", text("Bruxelles", "Brussel", "Brüssel", "Brussels"), TOTAL),
        code("VLG", text("Flandre", "Vlaanderen", "Flandern", "Flanders"), TOTAL),
        code("VAN", text("Anvers", "Antwerpen", "Antwerpen", "Antwerp"), "VLG"),
        code(
            "VOV",
            text("Flandre orientale", "Oost-Vlaanderen", "Ostflandern", "East Flanders"),
            "VLG",
        ),
        code("WAL", text("Wallonie", "Wallonië", "Wallonien", "Wallonia"), TOTAL),
        code("WHT", text("Hainaut", "Henegouwen", "Hennegau", "Hainaut"), "WAL"),
        code("WLG", text("Liège", "Luik", "Lüttich", "Liège"), "WAL"),
        UNKNOWN,
    ],
}
CHANNEL = {
    "name": "channel",
    "label": text("Canal", "Kanaal", "Weg", "Channel"),
    "codes": [
        TOTAL_CODE,
        code("phone", text("téléphone", "telefoon", "Telefon", "telephone"), TOTAL),
        code("web", text("formulaire web", "webformulier", "Webformular", "web form"), TOTAL),
        code("chat", text("chat", "chat", "Chat", "chat"), TOTAL),
        UNKNOWN,
    ],
}

INDICATORS = [
    {
        "id": "victims_by_form",
        "theme": "victims",
        "label": text(
            "Enfants victimes par forme",
            "Minderjarige slachtoffers naar vorm",
            "Minderjährige Opfer nach Form",
            "Child victims by form",
        ),
        "dimensions": [YEAR, FORM],
        "unit": "victim",
    },
    {
        "id": "victims_by_age_and_sex",
        "theme": "victims",
        "label": text(
            "Enfants victimes par âge et sexe",
            "Minderjarige slachtoffers naar leeftijd en geslacht",
            "Minderjährige Opfer nach Alter und Geschlecht",
            "Child victims by age and sex",
        ),
        "dimensions": [YEAR, AGE, SEX],
        "unit": "victim",
    },
    {
        "id": "victims_by_territory",
        "theme": "victims",
        "label": text(
            "Enfants victimes par territoire",
            "Minderjarige slachtoffers naar gebied",
            "Minderjährige Opfer nach Gebiet",
            "Child victims by territory",
        ),
        "dimensions": [YEAR, REGION],
        "unit": "victim",
    },
    {
        "id": "reports_received",
        "theme": "reports",
        "label": text(
            "Signalements reçus par canal",
            "Ontvangen meldingen per kanaal",
            "Eingegangene Meldungen nach Weg",
            "Reports received by channel",
        ),
        "dimensions": [YEAR, CHANNEL],
        "unit": "report",
    },
]

UNITS = {
    "victim": text(
        "enfants victimes présumées",
        "vermoedelijke minderjarige slachtoffers",
        "mutmaßliche minderjährige Opfer",
        "presumed child victims",
    ),
    "report": text("signalements", "meldingen", "Meldungen", "reports"),
}


def leaves(dimension: dict[str, Any]) -> list[str]:
    parents = {entry["parent"] for entry in dimension["codes"]}
    return [e["code"] for e in dimension["codes"] if e["code"] not in parents | {TOTAL}]


def ancestors(dimension: dict[str, Any], leaf: str) -> list[str]:
    parent = {entry["code"]: entry["parent"] for entry in dimension["codes"]}
    chain = [leaf]
    while parent[chain[-1]] is not None:
        chain.append(parent[chain[-1]])
    return chain


def table_of(indicator: dict[str, Any]) -> pl.DataFrame:
    """Counts by a fixed formula, margins by adding, small cells hidden, one zero, one unknown."""
    dimensions = indicator["dimensions"]
    names = [dimension["name"] for dimension in dimensions]
    frame = pl.DataFrame({names[0]: leaves(dimensions[0])})
    for dimension in dimensions[1:]:
        frame = frame.join(pl.DataFrame({dimension["name"]: leaves(dimension)}), how="cross")
    seed = sum(map(ord, indicator["id"]))
    counts = [(seed + 37 * i * i + 11 * i) % 61 * (1 + i // 24) // 2 for i in range(frame.height)]
    frame = frame.with_columns(pl.Series("count", counts))
    for dimension in dimensions:
        name = dimension["name"]
        up = {leaf: ancestors(dimension, leaf) for leaf in leaves(dimension)}
        frame = frame.with_columns(
            pl.col(name).replace_strict(up, return_dtype=pl.List(pl.String))
        ).explode(name)
        frame = frame.group_by(names).agg(pl.col("count").sum())
    for dimension in reversed(dimensions):
        order = {entry["code"]: i for i, entry in enumerate(dimension["codes"])}
        frame = frame.sort(pl.col(dimension["name"]).replace_strict(order), maintain_order=True)
    status = pl.when(pl.col("count") < 5).then(pl.lit("hidden")).otherwise(pl.lit("shown"))
    frame = frame.with_columns(status.alias("status"))
    if indicator["id"] == "reports_received":
        chat = (pl.col("channel") == "chat") & (pl.col("year") <= "2015")
        frame = frame.with_columns(
            pl.when(chat)
            .then(pl.lit("not_applicable"))
            .when((pl.col("channel") == "web") & (pl.col("year") == "2016"))
            .then(pl.lit("unknown"))
            .when((pl.col("channel") == "unknown") & (pl.col("year") == "2017"))
            .then(pl.lit("zero"))
            .otherwise("status")
            .alias("status")
        )
    shown = pl.when(pl.col("status") == "shown").then("count")
    return frame.with_columns(shown.alias("count"))


def declaration(indicator: dict[str, Any]) -> dict[str, Any]:
    """An indicator as its room declares it, before publication adds charts and figures."""
    unit = UNITS[indicator["unit"]]
    return {
        "id": indicator["id"],
        "theme": indicator["theme"],
        "label": indicator["label"],
        "definition": text(
            "Chaque personne est comptée une fois par année.",
            "Elke persoon telt één keer per jaar.",
            "Jede Person zählt einmal im Jahr.",
            "Each person is counted once a year.",
        ),
        "how_to_read": text(
            "Une hausse peut venir d’une meilleure détection.",
            "Een stijging kan komen door betere opsporing.",
            "Ein Anstieg kann von besserer Erkennung kommen.",
            "A rise may come from better detection.",
        ),
        "unit": {"code": indicator["unit"], "label": unit},
        "numerator": unit,
        "denominator": None,
        "dimensions": indicator["dimensions"],
        "year_of": "registration",
        "age_at": "identification",
        "sources": [
            {
                "agency": "hotline",
                "label": text("ligne d’écoute", "hulplijn", "Hotline", "hotline"),
                "coverage": text(
                    "Souvent sans nom.",
                    "Vaak zonder naam.",
                    "Oft ohne Namen.",
                    "Mostly without names.",
                ),
            },
            {
                "agency": "federal_police",
                "label": text(
                    "police fédérale", "federale politie", "föderale Polizei", "federal police"
                ),
                "coverage": text(
                    "Seulement ce qui est signalé.",
                    "Alleen wat wordt aangegeven.",
                    "Nur was angezeigt wird.",
                    "Only what is reported to it.",
                ),
            },
        ],
        "standards": {"iccs": ["0302"], "sdg": ["VC_HTF_DETVSX"], "eurostat": ["PER_VICT"]},
        "answers": [
            {
                "ref": "recommendation 2",
                "text": text(
                    "Recueillir des données ventilées.",
                    "Verzamel uitgesplitste gegevens.",
                    "Aufgeschlüsselte Daten erheben.",
                    "Collect disaggregated data.",
                ),
            }
        ],
    }


def sample_hidden_figure(*, synthetic: bool) -> dict[str, bytes]:
    """Three years with an interval, one of them still rising, and one without."""
    names = compared_lists().names
    histories = list(product((YES, NO), repeat=len(names)))[:-1]
    leaves = [
        (str(code), *on, round(size * 4 / 7 ** on.count(YES)))
        for code, size in ((2021, 900), (2022, 1000), (2023, 60), (2024, 1200))
        for on in histories
    ]
    schema = {TIME: pl.String, **dict.fromkeys(names, pl.String), "count": pl.Int64}
    frames = [pl.DataFrame(leaves, schema=schema, orient="row")]
    for name in names:
        margin = pl.concat(frames).with_columns(pl.lit("_T").alias(name))
        frames.append(margin.group_by(TIME, *names).agg(pl.col("count").sum()).sort(pl.all()))
    small = pl.col("count") < 5
    cells = pl.concat(frames).with_columns(
        pl.when(~small).then("count").alias("count"),
        pl.when(small).then(pl.lit("hidden")).otherwise(pl.lit("shown")).alias("status"),
    )
    report = {
        "country": "be",
        "hidden_figure": {
            "years": {
                year: {"warnings": [{"code": "still-rising"}] if year == "2024" else []}
                for year in ("2021", "2022", "2023", "2024")
            },
            "linkage": {"carried": True, "draws": 20, "shift": 0.002, "spread": 0.011},
        },
    }
    run = TablesRun("sample", Path(), report, {}, cells.clear())
    return hidden_figure_files(run, cells, synthetic=synthetic)


def write_sample_release(path: Path, *, synthetic: bool = True) -> str:
    """Write the sample release into folder `path`; returns its fingerprint."""
    mark = "SYNTHETIC · " if synthetic else ""
    manifest = {
        "id": "2026-01-31-sample",
        "title": text(
            f"{mark}Exploitation sexuelle des enfants en Belgique : chiffres",
            f"{mark}Seksuele uitbuiting van kinderen in België: cijfers",
            f"{mark}Sexuelle Ausbeutung von Kindern in Belgien: Zahlen",
            f"{mark}Sexual exploitation of children in Belgium: figures",
        ),
        "synthetic": synthetic,
        "time": MOMENT,
        "code_version": "0.1.0",
        "inputs": {"tables_run": "sample", "submissions": {}},
        "linkage": {
            "method": "sample",
            "threshold": 0.5,
            "quality": {},
            "roles": linkage_quality(REPORT),
        },
        "disclosure": {"method": "suppress", "parameters": {"threshold": 5, "protection": 5}},
        "audit": {"passed": True, "attackers": ["A0"], "attacked": 10, "unsafe": 0, "exact": 0},
    }
    declared = [declaration(indicator) for indicator in INDICATORS]
    tables = {indicator["id"]: table_of(indicator) for indicator in INDICATORS}
    figures = published_figures("be")
    files = release_files(manifest, declared, tables, figures)
    return write_folder(path, manifest, files | sample_hidden_figure(synthetic=synthetic))
