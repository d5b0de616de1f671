"""A million rows stay within the memory that an agency's office machine has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tutela.submissions.keys import create_agency, create_centre, create_linkage

ROWS = 1_000_000
GIGABYTE = 1 << 20  # in kilobytes, as the kernel reports peaks

_STEP = """
import sys
from pathlib import Path
from tutela.submissions.profiles import load_profile
profile, folder = load_profile("local_police"), Path(sys.argv[2])
if sys.argv[1] == "validate":
    from tutela.submissions.validate import validate_file
    report = validate_file(folder / "f.csv", profile)
    assert (report.rows, report.errors) == (int(sys.argv[3]), 0), report.as_dict()
else:
    from tutela.submissions.seal import encode_file
    summary = encode_file(folder / "f.csv", profile, folder / "keys", folder / "o.tutela")
    assert summary.counts["records"] == int(sys.argv[3])
# Not ru_maxrss: it begins at the size of the process that started this one.
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def invented(rows: int, seed: int) -> pl.DataFrame:
    """Rows with names of random syllables: far more distinct names than a country has."""
    chance = np.random.default_rng(seed)
    syllables = np.array(
        [
            "ba",
            "be",
            "ka",
            "ke",
            "mo",
            "ma",
            "ri",
            "ra",
            "so",
            "sa",
            "ti",
            "to",
            "van",
            "el",
            "qu",
            "dri",
        ]
    )

    def names(parts: int) -> list[str]:
        drawn = syllables[chance.integers(0, len(syllables), (rows, parts))]
        return ["".join(part).title() for part in drawn]

    days, months = chance.integers(1, 29, rows), chance.integers(1, 13, rows)
    return pl.DataFrame(
        {
            "record": np.arange(rows),
            "role": ["victim"] * rows,
            "given_names": names(3),
            "family_names": names(5),
            "birth_date": [f"{d:02}/{m:02}/2004" for d, m in zip(days, months, strict=True)],
            "facts_date": ["2017"] * rows,
            "complaint_on": ["01/06/2018"] * rows,
            "forms": ["csam;grooming"] * rows,
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize(("step", "limit"), [("validate", GIGABYTE), ("encode", 2 * GIGABYTE)])
def test_a_million_rows(tmp_path: Path, step: str, limit: int) -> None:
    invented(ROWS, seed=1).write_csv(tmp_path / "f.csv")
    create_centre(tmp_path / "centre")
    create_linkage(tmp_path / "linkage")
    create_agency(
        tmp_path / "keys", "local_police", centre=tmp_path / "centre", linkage=tmp_path / "linkage"
    )
    done = subprocess.run(
        [sys.executable, "-c", _STEP, step, str(tmp_path), str(ROWS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < limit
