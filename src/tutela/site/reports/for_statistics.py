"""Reports as rows of the hotline's submission profile: codes and days only, nothing is opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose
from tutela.site.reports.models import Channel, HandoverState, Outcome, Report, ReportHandover

#: The columns of the profile `hotline` that the desk knows; the others stay empty: unknown.
COLUMNS = (
    "record", "received_on", "channel", "outcome", "forms", "forwarded_on", "forwarded_to",
    "acknowledged_on",
)  # fmt: skip
_CHANNELS = {Channel.WEB: "web", Channel.PHONE: "phone"}
#: What the desk found, in the list `outcomes`; an answer or a known report says nothing of that.
_OUTCOMES = {Outcome.UNFOUNDED: "unfounded", Outcome.FORWARDED: "credible", "": "pending"}


def rows(
    organisation_id: uuid.UUID, year: int, *, actor: Actor, action: str
) -> Iterator[dict[str, str]]:
    """One row for each report of a year that a person has read, oldest first.

    What was sent twice counts once. Denied unless `actor` may take `action` for statistics; how
    many rows left is written down.
    """
    decision = require(actor, action, None, Purpose.STATISTICS)
    found = (
        Report.objects.filter(
            organisation=organisation_id, received_at__year=year, folded_into=None
        )
        .exclude(read_at=None)
        .defer("answers")
        .order_by("received_at", "id")
        .prefetch_related(Prefetch("handovers", ReportHandover.objects.order_by("sent_at")))
    )
    record(
        decision, actor=actor, act=Act.EXPORT, kind="report",
        details={"year": year, "rows": found.count()},
    )  # fmt: skip
    for one in found.iterator(chunk_size=1_000):
        yield _row(one)


def _row(report: Report) -> dict[str, str]:
    sent = list(report.handovers.all())
    kept = [one for one in sent if one.state != HandoverState.REFUSED] or sent
    first = kept[0] if kept else None
    taken = {HandoverState.ACKNOWLEDGED, HandoverState.ACCEPTED}
    acknowledged = first is not None and first.answered_at and first.state in taken
    return {
        "record": str(report.id),
        "received_on": _day(report.received_at),
        "channel": _CHANNELS[Channel(report.channel)],
        "outcome": _OUTCOMES.get(report.outcome, ""),
        "forms": ";".join(report.forms),
        "forwarded_on": _day(first.sent_at) if first else "",
        "forwarded_to": first.to if first else "",
        "acknowledged_on": _day(first.answered_at) if first and acknowledged else "",
    }


def _day(moment: object) -> str:
    """The day in the site's own time zone."""
    found: date = timezone.localdate(moment)  # type: ignore[arg-type]
    return found.isoformat()
