"""A release as a Data Package (datapackage.org, version 2), for those who reuse its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutela.publication.folder import json_bytes, sha256
from tutela.publication.tables import STATUSES, SYNTHETIC

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def datapackage_json(
    manifest: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]
) -> bytes:
    """`datapackage.json`: one resource per table, with its fields and its hash.

    `manifest` gives id, title, time and synthetic; `files` the bytes of the tables. Data Packages
    have one language; the four are in indicators.json.
    """
    resources = [_resource(entry, files, manifest["synthetic"]) for entry in entries]
    return json_bytes(
        {
            "$schema": _PROFILE,
            "name": manifest["id"].lower(),
            "title": manifest["title"]["en"],
            "created": manifest["time"],
            "resources": resources,
        }
    )


def _resource(
    entry: Mapping[str, Any], files: Mapping[str, bytes], synthetic: bool
) -> dict[str, Any]:
    """The description of one table."""
    path = entry["tables"][0]
    mark = f"{SYNTHETIC} · " if synthetic else ""
    names = [dimension["name"] for dimension in entry["dimensions"]]
    fields: list[dict[str, Any]] = [
        {
            "name": dimension["name"],
            "type": "string",
            "title": dimension["label"]["en"],
            "constraints": {
                "required": True,
                "enum": [code["code"] for code in dimension["codes"]],
            },
        }
        for dimension in entry["dimensions"]
    ]
    fields += [
        {"name": "count", "type": "integer", "title": entry["unit"]["label"]["en"]},
        {
            "name": "status",
            "type": "string",
            "title": "Why there is, or is no, count",
            "constraints": {"required": True, "enum": list(STATUSES)},
        },
    ]
    if synthetic:
        enum = {"required": True, "enum": [SYNTHETIC]}
        fields.append({"name": "data", "type": "string", "constraints": enum})
    return {
        "name": entry["id"].lower(),
        "title": mark + entry["label"]["en"],
        "description": entry["definition"]["en"],
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(files[path]),
        "hash": f"sha256:{sha256(files[path])}",
        "schema": {"fields": fields, "primaryKey": names, "missingValues": [""]},
    }
