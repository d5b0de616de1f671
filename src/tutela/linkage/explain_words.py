"""An explanation of a pair in words, in four languages."""

from __future__ import annotations

from math import exp

from tutela.linkage.explain import Explanation, Step, Verdict

LANGUAGES = ("fr", "nl", "de", "en")

#: Fields of the default schema; another schema's fields keep their names.
FIELDS = {
    "given": {"fr": "prénoms", "nl": "voornamen", "de": "Vornamen", "en": "given names"},
    "family": {
        "fr": "noms de famille", "nl": "familienamen", "de": "Familiennamen", "en": "family names",
    },
    "mother_names": {
        "fr": "noms de la mère", "nl": "namen van de moeder", "de": "Namen der Mutter",
        "en": "mother's names",
    },
    "birth_date": {
        "fr": "date de naissance", "nl": "geboortedatum", "de": "Geburtsdatum", "en": "birth date",
    },
    "sex": {"fr": "sexe", "nl": "geslacht", "de": "Geschlecht", "en": "sex"},
    "citizenship": {
        "fr": "nationalité", "nl": "nationaliteit", "de": "Staatsangehörigkeit",
        "en": "citizenship",
    },
    "residence": {"fr": "résidence", "nl": "woonplaats", "de": "Wohnort", "en": "residence"},
    "phone": {"fr": "téléphone", "nl": "telefoon", "de": "Telefon", "en": "telephone"},
    "case_reference": {
        "fr": "numéro du dossier", "nl": "dossiernummer", "de": "Aktenzeichen",
        "en": "case number",
    },
    "person_reference": {
        "fr": "numéro de la personne", "nl": "persoonsnummer", "de": "Personennummer",
        "en": "person number",
    },
}  # fmt: skip

_VERDICTS = {
    Verdict.MISSING: {
        "fr": "inconnu d’un côté au moins ; ne dit rien",
        "nl": "aan minstens één kant onbekend; zegt niets",
        "de": "auf mindestens einer Seite unbekannt; sagt nichts",
        "en": "unknown on one side at least; says nothing",
    },
    Verdict.STRONG_FOR: {
        "fr": "parle nettement pour une seule personne",
        "nl": "spreekt sterk voor één persoon",
        "de": "spricht stark für eine einzige Person",
        "en": "speaks strongly for one person",
    },
    Verdict.FOR: {
        "fr": "parle pour une seule personne",
        "nl": "spreekt voor één persoon",
        "de": "spricht für eine einzige Person",
        "en": "speaks for one person",
    },
    Verdict.LITTLE: {
        "fr": "ne dit presque rien",
        "nl": "zegt bijna niets",
        "de": "sagt fast nichts",
        "en": "says next to nothing",
    },
    Verdict.AGAINST: {
        "fr": "parle pour deux personnes",
        "nl": "spreekt voor twee personen",
        "de": "spricht für zwei Personen",
        "en": "speaks for two persons",
    },
    Verdict.STRONG_AGAINST: {
        "fr": "parle nettement pour deux personnes",
        "nl": "spreekt sterk voor twee personen",
        "de": "spricht stark für zwei Personen",
        "en": "speaks strongly for two persons",
    },
}
_PRIOR = {
    "fr": "Deux fiches prises au hasard sont d’une même personne une fois sur {times}.",
    "nl": "Twee willekeurige records zijn eens op {times} van één persoon.",
    "de": "Zwei beliebige Datensätze sind in einem von {times} Fällen eine Person.",
    "en": "Two records taken at random are one person once in {times}.",
}
_TIMES_FOR = {
    "fr": "rend cela {times} fois plus probable",
    "nl": "maakt dat {times} keer waarschijnlijker",
    "de": "macht das {times}-mal wahrscheinlicher",
    "en": "makes that {times} times likelier",
}
_TIMES_AGAINST = {
    "fr": "rend cela {times} fois moins probable",
    "nl": "maakt dat {times} keer minder waarschijnlijk",
    "de": "macht das {times}-mal unwahrscheinlicher",
    "en": "makes that {times} times less likely",
}
_SUM = {
    "fr": "Ensemble : selon le modèle {model}{calibrated}.",
    "nl": "Samen: volgens het model {model}{calibrated}.",
    "de": "Zusammen: nach dem Modell {model}{calibrated}.",
    "en": "Together: by the model {model}{calibrated}.",
}
_CALIBRATED = {
    "fr": ", calibré sur des fiches plantées {share}",
    "nl": ", gekalibreerd op geplante records {share}",
    "de": ", an gepflanzten Datensätzen kalibriert {share}",
    "en": ", calibrated on planted records {share}",
}
_SETTLED = {
    "must_link": {
        "fr": "Mais il est connu que c’est une seule personne (numéro commun ou vérification).",
        "nl": "Maar bekend is dat het één persoon is (gedeeld nummer of nazicht).",
        "de": "Bekannt ist jedoch, dass es eine Person ist (gemeinsame Nummer oder Prüfung).",
        "en": "But they are known to be one person (a shared number, or a review).",
    },
    "cannot_link": {
        "fr": "Mais il est connu que ce sont deux personnes (même dossier ou vérification).",
        "nl": "Maar bekend is dat het twee personen zijn (zelfde dossier of nazicht).",
        "de": "Bekannt ist jedoch, dass es zwei Personen sind (selbe Akte oder Prüfung).",
        "en": "But they are known to be two persons (one case, or a review).",
    },
}
_TOGETHER = {
    True: {
        "fr": "Le couplage les tient pour une seule personne.",
        "nl": "De koppeling houdt ze voor één persoon.",
        "de": "Die Verknüpfung hält sie für eine Person.",
        "en": "The linkage holds them to be one person.",
    },
    False: {
        "fr": "Le couplage les tient pour deux personnes.",
        "nl": "De koppeling houdt ze voor twee personen.",
        "de": "Die Verknüpfung hält sie für zwei Personen.",
        "en": "The linkage holds them to be two persons.",
    },
}
_THOUSANDS = {"fr": "\u202f", "nl": ".", "de": ".", "en": ","}
_DECIMAL = {"fr": ",", "nl": ",", "de": ",", "en": "."}


def field_name(field: str, language: str) -> str:
    """What a field is called."""
    return FIELDS[field][language] if field in FIELDS else field


def in_words(explanation: Explanation, language: str, *, together: bool | None = None) -> list[str]:
    """One sentence a line: where it starts, what each field says, where it ends.

    `together` says whether the linkage put the two into one cluster, which other records decide
    with them; None leaves that out.
    """
    lines = [_PRIOR[language].format(times=_whole(1 / share_of(explanation.prior), language))]
    lines += [_step(step, language) for step in explanation.steps]
    calibrated = ""
    if explanation.calibrated is not None:
        share = percent(share_of(explanation.calibrated), language)
        calibrated = _CALIBRATED[language].format(share=share)
    model = percent(share_of(explanation.sum), language)
    lines.append(_SUM[language].format(model=model, calibrated=calibrated))
    if explanation.settled is not None:
        lines.append(_SETTLED[explanation.settled][language])
    if together is not None:
        lines.append(_TOGETHER[together][language])
    return lines


def _step(step: Step, language: str) -> str:
    words = _VERDICTS[step.verdict][language]
    colon = " :" if language == "fr" else ":"
    line = f"{field_name(step.field, language)}{colon} {words}"
    if step.verdict in (Verdict.MISSING, Verdict.LITTLE):
        return line + "."
    times = _TIMES_FOR if step.adds > 0 else _TIMES_AGAINST
    return f"{line} ({times[language].format(times=_whole(exp(abs(step.adds)), language))})."


def percent(share: float, language: str) -> str:
    """A probability in per cent, never 0 or 100."""
    digits = 2 if share < 0.001 or share > 0.999 else 1 if share < 0.1 or share > 0.9 else 0
    value = min(max(100 * share, 0.01), 99.99)
    text = f"{value:.{digits}f}".replace(".", _DECIMAL[language])
    return f"{text}%" if language in ("en", "nl") else f"{text}\u00a0%"


def share_of(log_odds: float) -> float:
    """Log odds as a probability."""
    return 1.0 / (1.0 + exp(-max(min(log_odds, 700.0), -700.0)))


def _whole(number: float, language: str) -> str:
    """A factor: one decimal below ten, two leading digits from a hundred on."""
    if number < 10:
        return f"{number:.1f}".replace(".", _DECIMAL[language])
    size = 10 ** max(len(str(int(number))) - 2, 0)
    return f"{round(number / size) * size:,}".replace(",", _THOUSANDS[language])
