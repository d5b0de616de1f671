"""What a site with staff does every minute: waiting jobs, clocks, the seal of the audit log.

It holds no key of a record and needs none: jobs receive numbers, clocks look at times.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date, datetime

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from tutela.site.audit.seal import seal, sign_day
from tutela.site.clocks import run_all

EVERY_SECONDS = 60
LOG = logging.getLogger(__name__)


def once(signed: date | None = None, now: datetime | None = None) -> tuple[dict[str, int], date]:
    """Do all of it once: how much of each was done, and the day whose root was signed last.

    `signed` is what the call before returned; a new day signs the rows of the one before.
    """
    today = timezone.localdate(now) if now else timezone.localdate()
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)
    done = run_all(now)
    done["sealed"] = seal()
    if signed is not None and signed != today:
        sign_day()
        done["signed"] = 1
    return done, today


def work(stop: threading.Event, tell: Callable[[dict[str, int]], None] | None = None) -> None:
    """Do it every minute until `stop` is set; an error of one minute does not end the next ones.

    The error is told as {"failed": 1} and written to the log; nothing is lost, because every part
    takes up what is left.
    """
    signed: date | None = None
    while not stop.is_set():
        try:
            done, signed = once(signed)
        except Exception:
            LOG.exception("upkeep failed; it is tried again in a minute")
            done = {"failed": 1}
        if tell is not None:
            tell(done)
        close_old_connections()
        stop.wait(EVERY_SECONDS)
