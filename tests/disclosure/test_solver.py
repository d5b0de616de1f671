"""The solver's time limit is per program, and running out of it blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from tutela.disclosure.columns import Columns, columns_of
from tutela.disclosure.solver import Solver
from tutela.errors import SafetyBlock


def program(rows: int, columns: int) -> tuple[np.ndarray, Columns]:
    matrix = sparse.random(rows, columns, 0.05, random_state=1, format="csc")
    return np.random.default_rng(1).random(columns) - 0.5, columns_of(matrix)


def test_the_limit_is_for_each_program_and_not_for_all_together() -> None:
    cost, matrix = program(80, 240)
    solver = Solver(time_limit=0.25)
    while solver.seconds < 0.3:
        assert solver.minimise(cost, matrix, np.zeros(240), np.ones(240)) is not None
    assert solver.minimise(cost, matrix, np.zeros(240), np.ones(240)) is not None


def test_running_out_of_time_blocks() -> None:
    cost, matrix = program(300, 900)
    with pytest.raises(SafetyBlock, match="kTimeLimit"):
        Solver(time_limit=0.0).minimise(cost, matrix, np.zeros(900), np.ones(900))
