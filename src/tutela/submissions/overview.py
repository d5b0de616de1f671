"""What a store holds, who is late, what was revised and what was withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tutela.submissions.profiles import Profile, load_profile, profile_names
from tutela.submissions.store import Store


def overview(store: Store, today: date) -> dict[str, Any]:
    """The state of a store as plain data: submissions, late, revised, withdrawn, runs, epochs."""
    current = store.submissions()
    pointers = store.current()
    names = {submission.name for submission in current}
    return {
        "store": str(store.path),
        "epochs": sorted(store.epochs()),
        "submissions": [_entry(submission.manifest) for submission in current],
        "totals": {
            key: sum(submission.manifest["counts"][key] for submission in current)
            for key in ("records", "events")
        },
        "late": [late for name in profile_names() if (late := _late(store, name, today))],
        "revised": [
            {"submission": old, "replaced_by": new}
            for old, new in sorted(store.replaced_by().items())
        ],
        "withdrawn": [
            {"submission": name, "withdrawn": stone["withdrawn"], "agency": stone["agency"]}
            for name, stone in store.tombstones().items()
        ],
        "runs": {
            kind: {**run, "outdated": set(run.get("submissions", ())) != names}
            for kind, run in pointers.items()
            if isinstance(run, dict)
        },
    }


def _entry(manifest: dict[str, Any]) -> dict[str, Any]:
    kept = ("submission", "agency", "profile", "period", "counts", "received", "synthetic")
    return {key: manifest[key] for key in (*kept, "key_epoch", "supersedes")}


def last_due_year(profile: Profile, today: date) -> int:
    """The last year whose file should be there by `today`."""
    year = today.year - 1
    while date(year, 12, 31) + timedelta(days=profile.due_days) >= today:
        year -= 1
    return year


def _late(store: Store, name: str, today: date) -> dict[str, Any] | None:
    """A profile of which no current submission reaches the last year that was due."""
    profile = load_profile(name)
    year = last_due_year(profile, today)
    ends = [
        submission.manifest["period"]["to"]
        for submission in store.submissions()
        if submission.manifest["profile"] == name and submission.manifest["period"]
    ]
    if any(end >= f"{year}-12-31" for end in ends):
        return None
    due = date(year, 12, 31) + timedelta(days=profile.due_days)
    return {
        "profile": name,
        "year": year,
        "due": due.isoformat(),
        "covered_to": max(ends, default=None),
    }
