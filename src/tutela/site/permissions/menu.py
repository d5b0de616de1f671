"""The menu of staff: each entry is shown to whoever may take its action."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: (name of the address, label, action of the permission table), in the order of the menu.
STAFF_MENU: tuple[tuple[str, Promise | str, str], ...] = (
    ("desk:queue", _("Reports"), "reports.list"),
    ("desk:received", _("Received"), "handovers.list"),
    ("cases:files", _("Children"), "cases.list"),
    ("accounts:organisations", _("Members"), "accounts.see_members"),
    ("shifts:shift", _("My shift"), "shifts.see"),
    ("emergency:list", _("Emergency access"), "emergency.see"),
    ("audit:log", _("Audit log"), "audit.read"),
    ("data_protection:overview", _("Data protection"), "data_protection.see"),
)
