"""JSON schemas (draft 2020-12) of facts and answers, made from the words the engine knows."""

from __future__ import annotations

from typing import Any

from tutela.law.answers import Outcome
from tutela.law.words import read_words

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DATE = {"type": "string", "format": "date"}
_NUMBER = {"type": ["number", "null"]}
_TEXT = {"type": "string"}
_TYPES: dict[str, dict[str, Any]] = {
    "yes_no": {"enum": ["yes", "no", True, False]},
    "whole": {"type": "integer", "minimum": 0},
    "date": _DATE,
    "country": {"type": "string", "pattern": "^[A-Za-z]{2}$"},
    "text": _TEXT,
}


def facts_schema() -> dict[str, Any]:
    """The form of facts, as `read_facts` takes them."""
    codes = read_words("codes")
    properties: dict[str, Any] = {
        name: {
            "description": entry["en"],
            **(_TYPES.get(entry["type"]) or {"enum": list(codes[name])}),
        }
        for name, entry in read_words("facts").items()
    }
    properties["nothing_else"] = {
        "type": "boolean",
        "description": "Circumstances not named were absent; without it they are unknown.",
    }
    properties["events"] = {
        "type": "array",
        "items": _object({"event": {"enum": list(codes["event"])}, "day": _DATE}),
    }
    return {
        "$schema": _DRAFT,
        "title": "Facts",
        "description": "What is known. A fact that is left out is unknown, never no.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def reply_schema() -> dict[str, Any]:
    """The form of a reply, as `Reply.as_dict` gives it."""
    reason = {"$ref": "#/$defs/reason"}
    outcome = {"enum": [each.value for each in Outcome]}
    answer = _object(
        {
            "outcome": outcome,
            "label": _TEXT,
            "topic": _TEXT,
            "row": _TEXT,
            "offence_id": {"type": ["string", "null"]},
            "article": _TEXT,
            "era": _TEXT,
            "status": {"enum": ["verified", "differs", "report-only"]},
            "prison_min_months": {"type": ["number", "null", "string"]},
            "prison_max_months": {"type": ["number", "null", "string"]},
            "level": {"type": ["integer", "null"]},
            "fine_min_eur": _NUMBER,
            "fine_max_eur": _NUMBER,
            "citations": {"type": "array", "items": {"$ref": "#/$defs/citation"}},
            "explanation": reason,
            "missing": {"type": "array", "items": _TEXT},
            "more": {"type": "object"},
        }
    )
    return {
        "$schema": _DRAFT,
        "title": "Reply",
        **_object(
            {
                "question": _TEXT,
                "outcome": outcome,
                "explanation": reason,
                "answers": {"type": "array", "items": answer},
                "missing": {"type": "array", "items": _TEXT},
                "assumptions": {"type": "array", "items": reason},
                "advice": _TEXT,
                "more": {"type": "object"},
            }
        ),
        "$defs": {"reason": _reason(), "citation": _citation()},
    }


def _reason() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {
            "text": _TEXT,
            "holds": {"type": ["boolean", "null"], "description": "null: not known"},
            "because": {"type": "array", "items": {"$ref": "#/$defs/reason"}},
        },
    }


def _citation() -> dict[str, Any]:
    day = {"type": ["string", "null"], "format": "date"}
    texts = ("table", "row", "article", "source", "status")
    days = ("on", "in_force_from", "in_force_until")
    return _object({**dict.fromkeys(texts, _TEXT), **dict.fromkeys(days, day)})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has exactly these properties."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }
