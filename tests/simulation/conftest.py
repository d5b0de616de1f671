"""One world of published size and one small nation on disk, drawn once for all tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutela.simulation.nation import simulate
from tutela.simulation.world import World, make_world


@pytest.fixture(scope="session")
def world() -> World:
    """A nation of 20,000 children, for which totals are declared."""
    return make_world(20_000, 11)


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A nation of 1,500 children on disk, with its summary."""
    out = tmp_path_factory.mktemp("nation")
    return out, simulate(out, 1500, 5)
