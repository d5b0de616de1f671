"""Small sets of Parquet files in the shape of the national store, written for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

RISKS = ("disability", "street", "runaway", "care", "migration", "poverty", "conflict_with_law")
RECORD_SCHEMA: dict[str, Any] = {
    "record_id": pl.String,
    "agency": pl.String,
    "profile": pl.String,
    "role": pl.String,
    "matter": pl.String,
    "sex": pl.String,
    "citizenship": pl.String,
    "residence": pl.String,
    "country": pl.String,
    "age_at_facts": pl.Int32,
    "age_at_identification": pl.Int32,
    "facts_date": pl.Date,
    "facts_date_precision": pl.String,
    **{f"risk_{risk}": pl.String for risk in RISKS},
}
EVENT_SCHEMA: dict[str, Any] = {
    "event_id": pl.String,
    "record_id": pl.String,
    "agency": pl.String,
    "profile": pl.String,
    "role": pl.String,
    "matter": pl.String,
    "event_type": pl.String,
    "date": pl.Date,
    "date_precision": pl.String,
    "place": pl.String,
    "country": pl.String,
    "form": pl.String,
    "forms": pl.List(pl.String),
    "online": pl.String,
    "offence": pl.String,
    "outcome": pl.String,
    "channel": pl.String,
    "counterpart": pl.String,
    "amount_eur": pl.Float64,
    "quantity": pl.Int32,
    "quantity_recorded": pl.Int32,
    "extraterritorial": pl.String,
}


@dataclass
class Nation:
    """Records, events and clusters, added one by one and written as Parquet."""

    records: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    clusters: list[dict[str, Any]] = field(default_factory=list)

    def record(
        self, person: str, agency: str = "local_police", role: str = "victim", **facts: Any
    ) -> str:
        """A mention of `person` by `agency`; returns its record_id."""
        name = f"{agency}-{len(self.records):06d}"
        row: dict[str, Any] = dict.fromkeys(RECORD_SCHEMA)
        row |= {"record_id": name, "agency": agency, "profile": agency, "role": role}
        row |= {"sex": "unknown", "facts_date_precision": "unknown"}
        row |= {f"risk_{risk}": "unknown" for risk in RISKS}
        if "facts_date" in facts:
            row["facts_date_precision"] = "day"
        self.records.append(row | facts)
        self.clusters.append(
            {"record_id": name, "role": role, "cluster_id": person, "probability": 1.0}
        )
        return name

    def event(
        self, record: str | None, event_type: str, on: date | None = None, **facts: Any
    ) -> str:
        """An event of `record`, or of a report without a person; returns its event_id."""
        name = f"event-{len(self.events):06d}"
        row: dict[str, Any] = dict.fromkeys(EVENT_SCHEMA)
        mention = next((r for r in reversed(self.records) if r["record_id"] == record), None)
        if mention:
            row |= {key: mention[key] for key in ("agency", "profile", "role")}
        else:
            row |= {"agency": "hotline", "profile": "hotline"}
        row |= {"event_id": name, "record_id": record, "event_type": event_type, "date": on}
        row |= {"date_precision": "day" if on else "unknown", "online": "unknown"}
        forms: Sequence[str] = facts.pop("forms", ())
        row["forms"] = list(forms)
        row["form"] = "unknown" if not forms else forms[0] if len(forms) == 1 else "several"
        row["extraterritorial"] = "unknown"
        self.events.append(row | facts)
        return name

    def write(self, folder: Path) -> tuple[list[Path], list[Path], Path]:
        """Write Parquet files; returns the paths of records, events and clusters."""
        folder.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(self.records, schema=RECORD_SCHEMA).write_parquet(folder / "records.parquet")
        pl.DataFrame(self.events, schema=EVENT_SCHEMA).write_parquet(folder / "events.parquet")
        schema = {
            "record_id": pl.String,
            "role": pl.String,
            "cluster_id": pl.String,
            "probability": pl.Float64,
        }
        clusters = pl.DataFrame(self.clusters, schema=schema)
        clusters.write_parquet(folder / "clusters.parquet")
        return (
            [folder / "records.parquet"],
            [folder / "events.parquet"],
            folder / "clusters.parquet",
        )
