"""Reports to try the desk with: invented, through the same door as real ones."""

from __future__ import annotations

from tutela.site.permissions.actor import Actor

#: Door, language, answers. Nobody here exists, and nothing of it happened.
REPORTS: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("child", "nl", {
        "danger": ["no"], "forms": ["sexual_extortion"], "relation": ["online"], "age": ["14-15"],
        "words": ["(Synthetisch) Iemand dreigt foto's van mij te delen."], "wish": ["talk"],
    }),
    ("worried", "fr", {
        "danger": ["yes"], "forms": ["prostitution"], "situations": ["runaway", "street"],
        "words": ["(Synthétique) Une jeune fille monte chaque soir dans la même voiture."],
        "place": ["Exempleville"], "age": ["16-17"], "ongoing": ["yes"],
    }),
    ("travel", "en", {
        "danger": ["unknown"], "country": ["TH"], "place": ["(synthetic) Hotel Example"],
        "words": ["(Synthetic) A man of about fifty took a child to his room."],
        "suspect_ties": ["belgian"],
    }),
    ("images", "de", {
        "danger": ["no"], "forms": ["csam"], "addresses": ["http://synthetic.invalid/page"],
        "words": ["(Synthetisch) Beim Suchen gefunden."], "hosted": ["unknown"],
    }),
    ("worried", "nl", {
        "danger": ["no"], "forms": ["grooming"], "ongoing": ["unknown"],
        "words": ["(Synthetisch) Een trainer stuurt 's nachts berichten naar spelers."],
        "place": ["Voorbeeldgem"], "age": ["10-13"],
    }),
)  # fmt: skip


def make() -> int:
    """Send the reports; how many."""
    from tutela.site.reports.receiving import receive_report

    for door, language, answers in REPORTS:
        receive_report(
            actor=Actor.system("reports.receive"), door=door, language=language, answers=answers
        )
    return len(REPORTS)
