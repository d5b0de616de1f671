"""Small files of invented persons for the tests; nothing in them is about anyone."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tutela.submissions.profiles import Profile, load_profile

Row = dict[str, str]

#: Values that go together in every profile that has the columns.
_PERSON = {
    "role": "victim",
    "given_names": "Amarante",
    "family_names": "Zwanepoel Ouédraogo",
    "other_names": "Ambertje; Amaranthe O.",
    "mother_names": "Quirina Zwanepoel",
    "birth_date": "07/11/2003",
    "birth_date_quality": "exact",
    "sex": "F",
    "citizenship": "BF",
    "residence": "21004",
    "residence_country": "BE",
    "phone": "0470 12 34 56",
    "case_number": "2017/88",
    "case_reference": "BR.37.L1.012345/2017",
    "person_reference": "SP 9-778-665",
    "facts_date": "03/2017",
    "facts_place": "1000",
    "facts_country": "BE",
    "forms": "prostitution; grooming",
    "online": "both",
    "offence": "",
    "risk_runaway": "yes",
    "risk_care": "no",
}
_BY_TYPE = {"integer": "2", "amount": "1.500,50"}


def sample_row(profile: Profile, number: int = 1, **changes: str) -> Row:
    """A row without problems: each date a month after the one before, outcomes the first code."""
    from tutela.submissions.values import allowed_codes

    row: Row = {}
    month = 3
    for column in profile.columns:
        if column.name == "record":
            row["record"] = f"REG/{number:05}"
        elif column.name in ("age_at_facts", "age_at_identification"):
            row[column.name] = ""
        elif column.name in _PERSON:
            row[column.name] = _PERSON[column.name]
        elif column.type == "date":
            month += 1
            row[column.name] = f"15/{(month - 1) % 12 + 1:02}/{2017 + (month - 1) // 12}"
        elif column.codelist:
            row[column.name] = allowed_codes(column, profile)[0]
        else:
            row[column.name] = _BY_TYPE.get(column.type, "")
    return {**row, **changes}


def sample_rows(profile: Profile, count: int) -> list[Row]:
    """`count` rows with names of their own."""
    return [
        sample_row(profile, number, given_names=f"Amarante{chr(97 + number % 26)}")
        for number in range(1, count + 1)
    ]


def write_csv(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    *,
    headings: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    delimiter: str = ";",
) -> Path:
    """Write rows as an agency would; `headings` renames columns."""
    names = list(rows[0])
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([(headings or {}).get(name, name) for name in names])
        for row in rows:
            writer.writerow([row[name] for name in names])
    return path


def sample_file(path: Path, profile_name: str = "local_police", count: int = 3) -> Path:
    """A file without problems."""
    return write_csv(path, sample_rows(load_profile(profile_name), count))
