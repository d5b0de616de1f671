"""Legal holds: which records may not be erased now, and the erasure of old holds themselves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from tutela.site.retention.models import Hold


def held(envelope_ids: Iterable[uuid.UUID], today: date) -> frozenset[uuid.UUID]:
    """Those of these envelopes that somebody holds on `today`."""
    all_held = Hold.objects.filter(lifted_at=None, until__gte=today)
    return frozenset(envelope_ids) & frozenset(all_held.values_list("held_envelope_id", flat=True))


def erase_holds(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete the holds whose reasons are closed by these envelopes; their numbers."""
    found = Hold.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    found.delete()
    return numbers
