"""What other apps may need to know of reports, in the transaction in which it happens.

`report_opened` has `actor`. `passed_on_outside` has `handover`, `extract` (what the receiver reads,
in clear) and `code`, for a receiver that does not work here; a receiver that returns True sends it.
`reports_erased` has `report_ids`: nothing about them may stay.
"""

from __future__ import annotations

from django.dispatch import Signal

report_opened = Signal()
passed_on_outside = Signal()
reports_erased = Signal()
