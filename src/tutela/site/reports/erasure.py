"""The end of a report: everything that belongs to it goes, for the run of `retention`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from tutela.site.reports.events import reports_erased
from tutela.site.reports.models import (
    Address,
    Message,
    Note,
    Report,
    ReportHandover,
    Stage,
    WayBack,
)
from tutela.site.vault.envelopes import forget_holder, shred


def due(day: date) -> Iterable[uuid.UUID]:
    """The reports closed on `day` or earlier, and those folded into one of them."""
    return Report.objects.filter(
        Q(closed_at__date__lte=day) | Q(folded_into__closed_at__date__lte=day)
    ).values_list("envelope_id", flat=True)


def handovers_due(day: date) -> Iterable[uuid.UUID]:
    """None on their own: a handover goes with its report, and stays where that is held."""
    return ()


def erase(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete these reports: conversation, log, addresses, way back, handovers with their keys.

    A report that was folded into one of them and is held stays, closed, on its own.
    """
    found = Report.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    staying = Report.objects.filter(folded_into__in=numbers).exclude(id__in=numbers)
    for one in staying.select_related("folded_into"):
        one.closed_at = one.closed_at or one.folded_into.closed_at
        one.folded_into, one.stage = None, Stage.CLOSED
        one.save(update_fields=["closed_at", "folded_into", "stage"])
    handovers = ReportHandover.objects.filter(report__in=numbers)
    for envelope_id in [*envelope_ids, *handovers.values_list("envelope_id", flat=True)]:
        shred(envelope_id)
    ways = WayBack.objects.filter(report__in=numbers)
    holders = list(ways.values_list("holder_id", flat=True))
    ways.delete()
    for holder_id in holders:
        forget_holder(holder_id)
    for rows in (Message, Note, Address, ReportHandover):
        rows.objects.filter(report__in=numbers).delete()
    found.update(folded_into=None)
    found.delete()
    reports_erased.send(None, report_ids=numbers)
    return numbers
