"""Time on hard material: how long without a break, how long today, when a break is due.

Only the person sees it. It is counted from when reports are opened, never from what is typed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from tutela.site.hotline.declared import desk
from tutela.site.hotline.models import Stretch


@dataclass(frozen=True)
class Load:
    """Minutes of work on reports, against the declared limits."""

    without_break: int
    today: int
    stretch: int
    pause: int
    day: int

    @property
    def break_due(self) -> bool:
        """Whether a break is proposed."""
        return self.without_break >= self.stretch

    @property
    def day_full(self) -> bool:
        """Whether the limit of a day is reached."""
        return self.today >= self.day


def opened(user_id: uuid.UUID, now: datetime | None = None) -> None:
    """A report was opened: the stretch goes on, or a new one begins after a break."""
    now = now or timezone.now()
    pause = timedelta(minutes=desk()["wellness"]["break"])
    going_on = Stretch.objects.filter(user=user_id, last_at__gt=now - pause).order_by("-last_at")
    last = going_on.first()
    if last is None:
        Stretch.objects.create(user_id=user_id, began_at=now, last_at=now)
    else:
        Stretch.objects.filter(pk=last.pk).update(last_at=now)


def load(user_id: uuid.UUID, now: datetime | None = None) -> Load:
    """How much the person has worked on reports."""
    now = now or timezone.now()
    said = desk()["wellness"]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Stretch.objects.filter(user=user_id, last_at__gte=midnight).order_by("last_at")
    spans = [(max(one.began_at, midnight), one.last_at, one.began_at) for one in today]
    seconds = sum((last - first).total_seconds() for first, last, _began in spans)
    going_on = bool(spans) and now - spans[-1][1] < timedelta(minutes=said["break"])
    without = (now - spans[-1][2]).total_seconds() if going_on else 0
    return Load(int(without // 60), int(seconds // 60), said["stretch"], said["break"], said["day"])
