"""What the desk does when something happens to a report."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from tutela.site.hotline.outbox import forget_outgoing, put_out
from tutela.site.hotline.wellness import opened
from tutela.site.permissions.actor import Actor
from tutela.site.reports.events import passed_on_outside, report_opened, reports_erased
from tutela.site.reports.models import ReportHandover


@receiver(passed_on_outside)
def seal_for_outside(
    handover: ReportHandover, extract: dict[str, Any], code: str, **kwargs: Any
) -> bool:
    """Seal it to the receiver's key and put it into the outbox, where a channel is declared."""
    return put_out(
        organisation_id=handover.report.organisation_id,
        handover_id=uuid.UUID(str(handover.id)), report_id=handover.report_id,
        to=handover.to, extract=extract, code=code,
    )  # fmt: skip


@receiver(reports_erased)
def empty_outbox(report_ids: list[uuid.UUID], **kwargs: Any) -> None:
    """What was on its way about an erased report goes with it."""
    forget_outgoing(report_ids)


@receiver(report_opened)
def count_time(actor: Actor, **kwargs: Any) -> None:
    """Count the person's time on hard material."""
    if actor.user_id is not None:
        opened(actor.user_id)
