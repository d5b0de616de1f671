"""What a reader is told of the linkage behind a release, in four languages."""

from __future__ import annotations

Words = dict[str, str]

HEADING: Words = {
    "fr": "Le couplage est-il sûr, et l’est-il pour chacun ?",
    "nl": "Is de koppeling betrouwbaar, en voor iedereen?",
    "de": "Ist die Verknüpfung verlässlich, und für alle?",
    "en": "Can the linkage be trusted, and for everybody?",
}
INTRO: Words = {
    "fr": "Pour le savoir, un service encode des personnes inventées avec la clé en usage. Elles "
    "sont couplées à côté des vraies et ne sont jamais comptées. Comme on sait qui elles sont, on "
    "voit combien le couplage en retrouve. L’origine du nom n’est connue que de ces personnes "
    "inventées : elle n’est ni demandée ni devinée pour un enfant réel.",
    "nl": "Om dat te weten codeert een dienst verzonnen personen met de sleutel die in gebruik is. "
    "Ze worden naast de echte gekoppeld en nooit meegeteld. Omdat bekend is wie ze zijn, is te "
    "zien hoeveel de koppeling terugvindt. De herkomst van de naam is alleen van deze verzonnen "
    "personen bekend: voor een echt kind wordt ze niet gevraagd en niet geraden.",
    "de": "Um das zu wissen, kodiert eine Stelle erfundene Personen mit dem gültigen Schlüssel. "
    "Sie werden neben den echten verknüpft und nie gezählt. Weil man weiß, wer sie sind, sieht "
    "man, wie viele die Verknüpfung wiederfindet. Die Herkunft des Namens ist nur von diesen "
    "erfundenen Personen bekannt: Bei einem wirklichen Kind wird sie weder erfragt noch vermutet.",
    "en": "To know this, one service encodes invented persons with the key in use. They are linked "
    "beside the real ones and never counted. Because it is known who they are, it can be seen how "
    "many the linkage finds again. The origin of a name is known of these invented persons only: "
    "of a real child it is neither asked nor guessed.",
}
INTERVAL: Words = {
    "fr": "{role} : le vrai nombre se situe probablement (95 %) entre {lower} et {upper} de celui "
    "qui est compté.",
    "nl": "{role}: het werkelijke aantal ligt waarschijnlijk (95%) tussen {lower} en {upper} van "
    "het getelde.",
    "de": "{role}: Die wahre Zahl liegt wahrscheinlich (95 %) zwischen {lower} und {upper} der "
    "gezählten.",
    "en": "{role}: the true number probably (95%) lies between {lower} and {upper} of that "
    "counted.",
}
CAPTION: Words = {
    "fr": "{role} : combien de personnes inventées sont retrouvées",
    "nl": "{role}: hoeveel verzonnen personen worden teruggevonden",
    "de": "{role}: wie viele erfundene Personen wiedergefunden werden",
    "en": "{role}: how many invented persons are found again",
}
COLUMNS: tuple[Words, ...] = (
    {"fr": "Groupe", "nl": "Groep", "de": "Gruppe", "en": "Group"},
    {
        "fr": "Personnes inventées", "nl": "Verzonnen personen", "de": "Erfundene Personen",
        "en": "Invented persons",
    },
    {
        "fr": "Comptées en trop ou en moins", "nl": "Te veel of te weinig geteld",
        "de": "Zu viel oder zu wenig gezählt", "en": "Counted too many or too few",
    },
    {
        "fr": "Fiches réunies à raison", "nl": "Terecht samengevoegd",
        "de": "Zu Recht zusammengeführt", "en": "Put together rightly",
    },
    {
        "fr": "Fiches retrouvées", "nl": "Records teruggevonden", "de": "Datensätze wiedergefunden",
        "en": "Records found again",
    },
)  # fmt: skip
CHART: Words = {
    "fr": "Graphique : probabilité annoncée et part trouvée vraie. Le fichier "
    "linkage/reliability.csv donne les mêmes chiffres.",
    "nl": "Grafiek: opgegeven waarschijnlijkheid en gevonden waar aandeel. Het bestand "
    "linkage/reliability.csv geeft dezelfde cijfers.",
    "de": "Diagramm: angegebene Wahrscheinlichkeit und gefundener wahrer Anteil. Die Datei "
    "linkage/reliability.csv nennt dieselben Zahlen.",
    "en": "Chart: probability claimed and share found true. The file linkage/reliability.csv "
    "gives the same figures.",
}
ROLES: dict[str, Words] = {
    "victim": {"fr": "Enfants", "nl": "Kinderen", "de": "Kinder", "en": "Children"},
    "suspect": {"fr": "Suspects", "nl": "Verdachten", "de": "Verdächtige", "en": "Suspects"},
}
EVERYBODY: Words = {"fr": "Tous", "nl": "Allen", "de": "Alle", "en": "Everybody"}
GROUPS: dict[str, Words] = {
    "culture": {
        "fr": "Nom", "nl": "Naam", "de": "Name", "en": "Name",
    },
    "true_sex": {"fr": "Sexe", "nl": "Geslacht", "de": "Geschlecht", "en": "Sex"},
    "age": {"fr": "Âge", "nl": "Leeftijd", "de": "Alter", "en": "Age"},
}  # fmt: skip
VALUES: dict[str, Words] = {
    "french": {"fr": "français", "nl": "Frans", "de": "französisch", "en": "French"},
    "dutch": {"fr": "néerlandais", "nl": "Nederlands", "de": "niederländisch", "en": "Dutch"},
    "arabic": {"fr": "arabe", "nl": "Arabisch", "de": "arabisch", "en": "Arabic"},
    "albanian": {"fr": "albanais", "nl": "Albanees", "de": "albanisch", "en": "Albanian"},
    "cyrillic": {
        "fr": "d’écriture cyrillique", "nl": "in cyrillisch schrift",
        "de": "in kyrillischer Schrift", "en": "in Cyrillic script",
    },
    "romanian": {"fr": "roumain", "nl": "Roemeens", "de": "rumänisch", "en": "Romanian"},
    "turkish": {"fr": "turc", "nl": "Turks", "de": "türkisch", "en": "Turkish"},
    "vietnamese": {
        "fr": "vietnamien", "nl": "Vietnamees", "de": "vietnamesisch", "en": "Vietnamese",
    },
    "west_african": {
        "fr": "d’Afrique de l’Ouest", "nl": "West-Afrikaans", "de": "westafrikanisch",
        "en": "West African",
    },
    "F": {"fr": "féminin", "nl": "vrouwelijk", "de": "weiblich", "en": "female"},
    "M": {"fr": "masculin", "nl": "mannelijk", "de": "männlich", "en": "male"},
}  # fmt: skip


def group_name(group: str, value: str, language: str) -> str:
    """What a row of the measures is called; a value without words keeps its own."""
    if group == "all":
        return EVERYBODY[language]
    word = VALUES[value][language] if value in VALUES else value
    head = GROUPS[group][language] if group in GROUPS else group
    return f"{head}{' :' if language == 'fr' else ':'} {word}"
