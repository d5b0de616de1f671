"""What the hidden figure says in four languages, in words that need no statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutela.indicators.compared_lists import ComparedLists
from tutela.publication.charts.words import THOUSANDS
from tutela.publication.release import LANGUAGES
from tutela.vocabulary import load

Text = dict[str, str]

_HEADLINE = {
    "fr": "En {year}, {observed} enfants étaient connus d’au moins un service. Avec ceux que "
    "personne n’a vus, ils étaient probablement entre {lower} et {upper}.",
    "nl": "In {year} waren {observed} kinderen bekend bij minstens één dienst. Met wie niemand "
    "heeft gezien waren het er waarschijnlijk tussen {lower} en {upper}.",
    "de": "Im Jahr {year} waren {observed} Kinder mindestens einer Stelle bekannt. Mit denen, die "
    "niemand gesehen hat, waren es wahrscheinlich zwischen {lower} und {upper}.",
    "en": "In {year}, {observed} children were known to at least one service. With those whom "
    "nobody saw there were probably between {lower} and {upper}.",
}
_NO_ANSWER = {
    "fr": "Les listes des services ne permettent pas d’estimer combien d’enfants personne n’a vus. "
    "Cela ne veut pas dire zéro.",
    "nl": "Uit de lijsten van de diensten is niet te schatten hoeveel kinderen niemand heeft "
    "gezien. Dat betekent niet nul.",
    "de": "Aus den Listen der Stellen lässt sich nicht schätzen, wie viele Kinder niemand gesehen "
    "hat. Das heißt nicht null.",
    "en": "The services’ lists do not allow an estimate of how many children nobody saw. That does "
    "not mean zero.",
}
WARNINGS: dict[str, Text] = {
    "two-lists": {
        "fr": "Deux listes seulement : qu’elles soient indépendantes est supposé, et ne peut être "
        "vérifié.",
        "nl": "Slechts twee lijsten: dat zij onafhankelijk zijn, is aangenomen en niet na te gaan.",
        "de": "Nur zwei Listen: Dass sie unabhängig sind, ist angenommen und nicht überprüfbar.",
        "en": "Two lists only: that they are independent is assumed and cannot be checked.",
    },
    "few-overlaps": {
        "fr": "Peu d’enfants figurent sur plusieurs listes ; l’estimation repose sur eux seuls.",
        "nl": "Weinig kinderen staan op meerdere lijsten; de schatting rust op hen alleen.",
        "de": "Wenige Kinder stehen auf mehreren Listen; auf ihnen allein ruht die Schätzung.",
        "en": "Few children are on several lists, and the estimate rests on them alone.",
    },
    "dominant-list": {
        "fr": "Une seule liste connaît plus de deux tiers des enfants.",
        "nl": "Eén lijst kent meer dan twee derde van de kinderen.",
        "de": "Eine einzige Liste kennt mehr als zwei Drittel der Kinder.",
        "en": "A single list knows more than two thirds of the children.",
    },
    "empty-list": {
        "fr": "Une liste ne connaît personne cette année-là et n’a pas compté.",
        "nl": "Eén lijst kent dat jaar niemand en telde niet mee.",
        "de": "Eine Liste kennt in diesem Jahr niemanden und zählte nicht mit.",
        "en": "One list knows nobody in this year and was left out.",
    },
    "empty-overlap": {
        "fr": "Deux listes n’ont aucun enfant en commun.",
        "nl": "Twee lijsten hebben geen enkel kind gemeen.",
        "de": "Zwei Listen haben kein Kind gemeinsam.",
        "en": "Two lists have no child in common.",
    },
    "fed-by-referral": {
        "fr": "Deux listes se recouvrent beaucoup : l’une apprend peut-être les enfants de "
        "l’autre. Le vrai nombre peut alors être plus élevé.",
        "nl": "Twee lijsten overlappen sterk: misschien krijgt de ene de kinderen van de andere. "
        "Het echte aantal kan dan hoger liggen.",
        "de": "Zwei Listen überschneiden sich stark: Vielleicht erfährt die eine von Kindern durch "
        "die andere. Die wahre Zahl kann dann höher sein.",
        "en": "Two lists overlap much: one may learn of children from the other. The true number "
        "can then be higher.",
    },
    "methods-disagree": {
        "fr": "D’autres manières de calculer donnent un tout autre nombre.",
        "nl": "Andere manieren van rekenen geven een heel ander aantal.",
        "de": "Andere Rechenwege ergeben eine ganz andere Zahl.",
        "en": "Other ways of calculating give a very different number.",
    },
    "sensitive-to-lists": {
        "fr": "Sans l’une des listes, l’estimation serait tout autre.",
        "nl": "Zonder een van de lijsten zou de schatting heel anders zijn.",
        "de": "Ohne eine der Listen wäre die Schätzung eine ganz andere.",
        "en": "Without one of the lists the estimate would be very different.",
    },
    "still-rising": {
        "fr": "Des dossiers de cette année arrivent encore.",
        "nl": "Er komen nog dossiers van dit jaar binnen.",
        "de": "Akten dieses Jahres kommen noch hinzu.",
        "en": "Records of this year are still coming in.",
    },
    "linkage-not-carried": {
        "fr": "Les erreurs de rapprochement des dossiers ne sont pas comprises dans l’intervalle.",
        "nl": "Fouten bij het koppelen van dossiers zitten niet in het interval.",
        "de": "Fehler beim Zusammenführen der Akten sind im Intervall nicht enthalten.",
        "en": "Errors in linking the records are not in the interval.",
    },
}
REASONS: dict[str, Text] = {
    "too-few-children": {
        "fr": "Trop peu d’enfants sont connus cette année-là.",
        "nl": "Er zijn dat jaar te weinig kinderen bekend.",
        "de": "In diesem Jahr sind zu wenige Kinder bekannt.",
        "en": "Too few children are known in this year.",
    },
    "margins-hidden": {
        "fr": "Un nombre dont le calcul a besoin est caché pour protéger des enfants.",
        "nl": "Een aantal dat de berekening nodig heeft, is verborgen om kinderen te beschermen.",
        "de": "Eine Zahl, die die Rechnung braucht, ist zum Schutz von Kindern verborgen.",
        "en": "A number that the calculation needs is hidden to protect children.",
    },
    "lists-cannot-carry": {
        "fr": "Trop peu d’enfants figurent sur plusieurs listes.",
        "nl": "Te weinig kinderen staan op meerdere lijsten.",
        "de": "Zu wenige Kinder stehen auf mehreren Listen.",
        "en": "Too few children are on several lists.",
    },
}


def headline(years: Sequence[Mapping[str, Any]]) -> Text:
    """The last year that is settled and estimated, else the last that is estimated, else none."""
    given = [year for year in years if year["lower"] is not None]
    settled = [year for year in given if "still-rising" not in year["warnings"]]
    if not given:
        return dict(_NO_ANSWER)
    chosen = (settled or given)[-1]
    return {
        language: _HEADLINE[language].format(
            year=chosen["year"],
            **{
                name: f"{chosen[name]:,}".replace(",", THOUSANDS[language])
                for name in ("observed", "lower", "upper")
            },
        )
        for language in LANGUAGES
    }


def bodies(declared: ComparedLists, country: str) -> list[dict[str, Any]]:
    """The lists compared, with their bodies, and why several bodies are one list or none."""
    agencies = load(country).codelist("agencies")
    compared: list[dict[str, Any]] = [
        {
            "id": each.id,
            "label": dict(each.label),
            "bodies": [agencies.labels(agency) for agency in each.agencies],
            "reason": None if each.reason is None else dict(each.reason),
        }
        for each in declared.lists
    ]
    return compared + [
        {
            "id": None,
            "label": None,
            "bodies": [agencies.labels(agency) for agency in each.agencies],
            "reason": dict(each.reason),
        }
        for each in declared.fed
    ]
