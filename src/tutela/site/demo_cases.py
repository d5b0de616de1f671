"""Children's files to try the pages with: invented children, through the real actions.

Made once, by the case worker of the demonstration, whose password opens their key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tutela.site.demo_keys import actor_of

#: Identity, situation, and what happened so many days ago. Nobody here exists.
CHILDREN: Sequence[tuple[dict[str, str], str, Sequence[tuple[str, int]]]] = (
    (
        {"given_names": "Synthea", "family_names": "Example-One", "language": "fr"},
        "unaccompanied",
        (("detection", 20), ("referral", 20), ("reported_to_guardianship", 19),
         ("risk_assessed", 18), ("age_doubted", 15), ("missing", 1)),
    ),
    (
        {"given_names": "Imagin", "family_names": "Example-Two", "language": "nl"},
        "accompanied",
        (("risk_assessed", 40), ("explained", 39), ("detection", 41), ("referral", 41),
         ("reflection_document", 38)),
    ),
    (
        {"given_names": "Fabula", "family_names": "Example-Three", "language": "fr"},
        "belgian",
        (("risk_assessed", 9), ("complaint", 8), ("recorded_hearing", 7), ("admitted", 9)),
    ),
    (
        {"given_names": "Ficta", "family_names": "Example-Four", "language": "ar"},
        "spouse",
        (("marriage_found", 30), ("representative_conflict", 2)),
    ),
)  # fmt: skip


def make(worker: dict[str, str]) -> int:
    """Open the files for a case worker of `accounts.json`; how many. None where there are some."""
    from django.utils import timezone

    from tutela.site.accounts.access import organisations
    from tutela.site.cases import actions
    from tutela.site.cases.access import files
    from tutela.site.permissions.roles import Purpose

    actor = actor_of(worker)
    if files(actor=actor)[0]:
        return 0
    (organisation,) = organisations(actor=actor, action="cases.open", purpose=Purpose.PROTECTION)
    today = timezone.localdate()
    for place, (who, situation, facts) in enumerate(CHILDREN):
        file = actions.open_file(
            actor=actor, organisation=organisation, situation=situation,
            identity={**who, "birth_date": _born(today, place).isoformat()},
            on=today - timedelta(days=max((ago for _event, ago in facts), default=0)),
        )  # fmt: skip
        for event, ago in sorted(facts, key=lambda fact: -fact[1]):
            words: dict[str, Any] = {"text": "Synthetic."}
            actions.record_happening(
                actor=actor, file_id=file.id, event=event, on=today - timedelta(days=ago),
                words=words,
            )  # fmt: skip
    return len(CHILDREN)


def _born(today: date, place: int) -> date:
    return today - timedelta(days=int(365.25 * (13.2 + 1.4 * place)))
