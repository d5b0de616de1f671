"""The few words that charts add to the indicators' own, in four languages."""

from __future__ import annotations

SYNTHETIC = "SYNTHETIC"

#: Said beside the mark; the mark itself is the same word everywhere.
INVENTED = {
    "fr": "SYNTHETIC : données inventées, aucun enfant réel",
    "nl": "SYNTHETIC: verzonnen gegevens, geen echte kinderen",
    "de": "SYNTHETIC: erfundene Daten, keine echten Kinder",
    "en": "SYNTHETIC: invented data, no real children",
}

#: The key under a chart, by status of a cell.
KEY = {
    "hidden": {
        "fr": "caché pour protéger des personnes",
        "nl": "verborgen om mensen te beschermen",
        "de": "verborgen zum Schutz von Personen",
        "en": "hidden to protect people",
    },
    "unknown": {"fr": "inconnu", "nl": "onbekend", "de": "unbekannt", "en": "unknown"},
    "zero": {"fr": "aucun", "nl": "geen", "de": "keine", "en": "none"},
    "not_applicable": {
        "fr": "sans objet",
        "nl": "niet van toepassing",
        "de": "nicht zutreffend",
        "en": "does not apply",
    },
}

#: What stands in a cell that shows no count.
SIGN = {"hidden": "", "unknown": "?", "zero": "0", "not_applicable": "–"}

#: Over the bars, when a matrix follows.
ALL = {"fr": "Total", "nl": "Totaal", "de": "Insgesamt", "en": "Total"}

#: Between groups of three digits.
THOUSANDS = {"fr": "\u202f", "nl": ".", "de": ".", "en": ","}

#: What a screen reader says of the image; the page carries the table.
DESCRIPTION = {
    "fr": "Le tableau qui accompagne ce graphique donne les mêmes chiffres.",
    "nl": "De tabel bij deze grafiek geeft dezelfde cijfers.",
    "de": "Die Tabelle zu diesem Diagramm nennt dieselben Zahlen.",
    "en": "The table with this chart gives the same figures.",
}
