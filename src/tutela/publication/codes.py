"""The code lists of a release: one file per dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tutela.errors import InputRefused
from tutela.publication.release import LANGUAGES


def code_files(entries: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """`codes/<dimension>.csv` → code, fr, nl, de, en, parent; all codes of all indicators.

    Two indicators that give one code of one dimension different labels or parents are refused.
    """
    lists: dict[str, dict[str, dict[str, str | None]]] = {}
    for entry in entries:
        for dimension in entry["dimensions"]:
            name = dimension["name"]
            codes = lists.setdefault(name, {})
            for code in dimension["codes"]:
                row = {
                    "code": code["code"],
                    **{language: code["label"][language] for language in LANGUAGES},
                    "parent": code["parent"],
                }
                if codes.setdefault(code["code"], row) != row:
                    raise InputRefused(
                        f"dimension {name}, code {code['code']}: indicator {entry['id']} names it "
                        "otherwise than another indicator does",
                        remedy="Give both the same labels and parent, or two dimension names.",
                    )
    schema = dict.fromkeys(["code", *LANGUAGES, "parent"], pl.String)
    return {
        f"codes/{name}.csv": pl.DataFrame(list(codes.values()), schema=schema).write_csv().encode()
        for name, codes in lists.items()
    }
