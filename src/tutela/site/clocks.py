"""The clocks of a site: what has run out is escalated; run every minute (`tutela admin clocks`).

An app with deadlines adds its `run_clocks` here: keyword-only `actor` (the system, for that one
action) and `now`; it returns how many things it escalated, and escalates each once.
"""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.utils.module_loading import import_string

from tutela.site.permissions.actor import Actor

#: App → the action of COMMANDS that its clock takes. The function is `<app>.actions.run_clocks`.
CLOCKS: dict[str, str] = {
    "data_protection": "data_protection.run_clocks",
    "emergency": "emergency.run_clocks",
    "shifts": "shifts.run_clocks",
    "reports": "reports.escalate",
    "hotline": "hotline.run_clocks",
}


def run_all(now: datetime | None = None) -> dict[str, int]:
    """Run the clocks of all apps that this deployment has; how much each escalated."""
    return {
        app: import_string(f"tutela.site.{app}.actions.run_clocks")(
            actor=Actor.system(action), now=now
        )
        for app, action in CLOCKS.items()
        if apps.is_installed(f"tutela.site.{app}")
    }
