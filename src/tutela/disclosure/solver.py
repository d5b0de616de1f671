"""Linear programs by HiGHS, failing closed: any status but the expected ones blocks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from tutela.errors import SafetyBlock


def _quiet_highs() -> Any:
    """A new HiGHS without its greeting: standard output is for results."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        return highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@dataclass(frozen=True)
class Solution:
    """An optimal solution; `bound` is proven: no feasible point has a lower objective."""

    point: np.ndarray
    objective: float
    bound: float


class Solver:
    """Solves minimise cost @ x, matrix @ x = 0, lower <= x <= upper; one thread, repeatable."""

    def __init__(self, time_limit: float = 120.0) -> None:
        """`time_limit` in seconds per program; running out of time blocks."""
        self._highs: Any = _quiet_highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
        }.items():
            self._highs.setOptionValue(option, value)
        self._time_limit = time_limit
        self.solved = 0

    @property
    def seconds(self) -> float:
        """Time spent in all programs so far."""
        return float(self._highs.getRunTime())

    def minimise(
        self,
        cost: np.ndarray,
        matrix: sparse.csc_matrix,
        lower: np.ndarray,
        upper: np.ndarray,
        *,
        right: np.ndarray | None = None,
        whole: np.ndarray | None = None,
        presolve: bool = False,
    ) -> Solution | None:
        """Return an optimal solution, None when there is provably no feasible point.

        `right` is the right-hand side (0 by default); `whole` marks columns that must be whole
        numbers. Any other status raises SafetyBlock.
        """
        program = highspy.HighsLp()
        rows, columns = matrix.shape
        program.num_col_, program.num_row_ = columns, rows
        program.col_cost_ = cost
        program.col_lower_, program.col_upper_ = lower, upper
        side = np.zeros(rows) if right is None else right
        program.row_lower_ = program.row_upper_ = side
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = matrix.indptr
        program.a_matrix_.index_ = matrix.indices
        program.a_matrix_.value_ = matrix.data
        if whole is not None:
            kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
            program.integrality_ = [kinds[int(flag)] for flag in whole]
        self._highs.setOptionValue("presolve", "on" if presolve or whole is not None else "off")
        self._highs.clearModel()
        self._highs.passModel(program)
        # HiGHS counts the time of all its runs, and would refuse every program from then on.
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._time_limit)
        self._highs.run()
        self.solved += 1
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise SafetyBlock(
                f"The solver ended with {status.name} and not with an optimum.",
                remedy="Nothing is published on an unproven result; make the tables smaller, or "
                "report this with the input.",
                details={"status": status.name},
            )
        info = self._highs.getInfo()
        point = np.array(self._highs.getSolution().col_value)
        objective = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if whole is not None else objective
        return Solution(point, objective, bound)
