"""Linear programs by HiGHS, failing closed: any status but the expected ones blocks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from tutela.disclosure.columns import Columns
from tutela.errors import SafetyBlock


def _new_highs() -> Any:
    """A new HiGHS, one thread and repeatable, without its greeting: output is for results."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    for option, value in {"output_flag": False, "threads": 1, "random_seed": 0}.items():
        highs.setOptionValue(option, value)
    return highs


def _program(
    cost: np.ndarray,
    matrix: Columns,
    lower: np.ndarray,
    upper: np.ndarray,
    right: np.ndarray | None = None,
) -> Any:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(matrix), matrix.rows
    program.col_cost_ = cost
    program.col_lower_, program.col_upper_ = lower, upper
    program.row_lower_ = program.row_upper_ = np.zeros(matrix.rows) if right is None else right
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.start
    program.a_matrix_.index_ = matrix.index
    program.a_matrix_.value_ = matrix.data
    return program


def _run(highs: Any, time_limit: float) -> bool:
    """Solve; False when provably infeasible. Any other status but optimal blocks."""
    # HiGHS counts the time of all its runs, and would refuse every program from then on.
    highs.setOptionValue("time_limit", highs.getRunTime() + time_limit)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return False
    if status != highspy.HighsModelStatus.kOptimal:
        raise SafetyBlock(
            f"The solver ended with {status.name} and not with an optimum.",
            remedy="Nothing is published on an unproven result; make the tables smaller, or "
            "report this with the input.",
            details={"status": status.name},
        )
    return True


@dataclass(frozen=True)
class Solution:
    """An optimal solution; `bound` is proven: no feasible point has a lower objective."""

    point: np.ndarray
    objective: float
    bound: float


class Solver:
    """Solves minimise cost @ x, matrix @ x = 0, lower <= x <= upper, one program after another."""

    def __init__(self, time_limit: float = 120.0) -> None:
        """`time_limit` in seconds per program; running out of time blocks."""
        self._highs: Any = _new_highs()
        self._time_limit = time_limit
        self.solved = 0

    @property
    def seconds(self) -> float:
        """Time spent in all programs so far."""
        return float(self._highs.getRunTime())

    def minimise(
        self,
        cost: np.ndarray,
        matrix: Columns,
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
        program = _program(cost, matrix, lower, upper, right)
        if whole is not None:
            kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
            program.integrality_ = [kinds[int(flag)] for flag in whole]
        self._highs.setOptionValue("presolve", "on" if presolve or whole is not None else "off")
        self._highs.clearModel()
        self._highs.passModel(program)
        return self._solve(whole is not None)

    def again(self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Solution | None:
        """The last program with another objective and other bounds, from where it ended."""
        columns = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), columns, cost)
        self._highs.changeColsBounds(len(cost), columns, lower, upper)
        return self._solve(whole=False)

    def _solve(self, whole: bool) -> Solution | None:
        self.solved += 1
        if not _run(self._highs, self._time_limit):
            return None
        info = self._highs.getInfo()
        point = np.array(self._highs.getSolution().col_value)
        objective = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if whole else objective
        return Solution(point, objective, bound)


class Program:
    """One program solved for many objectives: each run starts from the last one's basis.

    Its matrix stays, its bounds may change, and x = 0 must be feasible throughout.
    """

    def __init__(
        self,
        matrix: Columns,
        lower: np.ndarray,
        upper: np.ndarray,
        time_limit: float = 120.0,
    ) -> None:
        """`time_limit` in seconds per run; running out of time blocks."""
        self._highs: Any = _new_highs()
        self._highs.setOptionValue("presolve", "off")
        self._time_limit = time_limit
        self._all = np.arange(len(matrix), dtype=np.int32)
        self._highs.passModel(_program(np.zeros(len(matrix)), matrix, lower, upper))

    def set_bounds(self, lower: np.ndarray, upper: np.ndarray) -> None:
        """Replace all bounds."""
        self._highs.changeColsBounds(len(self._all), self._all, lower, upper)

    def minimise(self, cost: np.ndarray) -> np.ndarray:
        """An optimal point for `cost`; SafetyBlock when there is none."""
        self._highs.changeColsCost(len(self._all), self._all, cost)
        if not _run(self._highs, self._time_limit):
            raise SafetyBlock("The solver lost its own starting point; its result is void.")
        return np.array(self._highs.getSolution().col_value)
