"""Keep arrays in a folder so that they open without being read: one .npy file for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_NAMES = "arrays.json"


def keep_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays under any names; texts (object arrays) go into the list of names itself."""
    folder.mkdir(parents=True, exist_ok=True)
    entries: dict[str, Any] = {}
    for number, (name, array) in enumerate(sorted(arrays.items())):
        if array.dtype == object:
            entries[name] = array.tolist()
        else:
            entries[name] = number
            np.save(folder / f"{number}.npy", np.ascontiguousarray(array))
    (folder / _NAMES).write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")


def open_arrays(folder: Path) -> dict[str, Array]:
    """The arrays of a folder; numbers are mapped, not read, until they are used.

    Raises OSError or ValueError where the folder is not what `keep_arrays` wrote.
    """
    entries = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
    return {
        name: np.array(entry, dtype=object)
        if isinstance(entry, list)
        else np.load(folder / f"{entry}.npy", mmap_mode="r")
        for name, entry in entries.items()
    }
