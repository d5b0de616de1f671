"""Does a maximum-likelihood estimate exist, and is it unique? Checked before any fit.

The estimate is finite when the observed margins lie inside the marginal cone (Fienberg and
Rinaldo 2012): some table with every cell positive has the same margins. It is unique when the
model matrix has full column rank. Both hold at once when the rows of the observed cells alone
have full rank, which is cheap to see; otherwise a linear programme (HiGHS) decides, as in Chan,
Silverman and Vincent (2021), section 2.4.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from tutela.errors import SafetyBlock
from tutela.estimation.design import Bools, Design, Floats

_SMALLEST_EIGENVALUE = 1e-8
_POSITIVE = 1e-7


class ExistenceCheck:
    """Answers for one design; remembers answers, since bootstrap samples repeat supports."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self._known: dict[tuple[bytes, bytes, bytes], bool] = {}
        self.programmes = 0

    def holds(self, counts: Floats, parameters: Bools, cells: Bools) -> Bools:
        """Whether each sample's estimate exists and is unique; shapes as in `poisson.fit`."""
        support = (counts > 0) & cells
        result = self._full_rank(support, parameters)
        for i in np.flatnonzero(~result):
            key = (support[i].tobytes(), parameters[i].tobytes(), cells[i].tobytes())
            if key not in self._known:
                self._known[key] = self._by_programme(counts[i], parameters[i], cells[i])
            result[i] = self._known[key]
        return result

    def _full_rank(self, rows: Bools, parameters: Bools) -> Bools:
        size = self.design.parameters
        gram = (rows.astype(np.float64) @ self.design.outer).reshape(-1, size, size)
        gram *= parameters[:, :, None] & parameters[:, None, :]
        diagonal = np.arange(size)
        gram[:, diagonal, diagonal] += np.where(parameters, 0.0, 1.0)
        return np.asarray(np.linalg.eigvalsh(gram)[:, 0] > _SMALLEST_EIGENVALUE)

    def _by_programme(self, counts: Floats, parameters: Bools, cells: Bools) -> bool:
        matrix = self.design.matrix[np.ix_(cells, parameters)]
        if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
            return False
        self.programmes += 1
        rows, columns = matrix.shape
        # Maximise the smallest cell among tables that share the observed margins.
        scaled = counts[cells] / max(1.0, counts[cells].max())
        found = linprog(
            c=np.r_[np.zeros(rows), -1.0],
            A_eq=np.hstack([matrix.T, np.zeros((columns, 1))]),
            b_eq=matrix.T @ scaled,
            A_ub=np.hstack([-np.eye(rows), np.ones((rows, 1))]),
            b_ub=np.zeros(rows),
            bounds=[(0, None)] * rows + [(None, None)],
            method="highs",
        )
        if found.status != 0:
            raise SafetyBlock(
                f"the solver could not decide whether an estimate exists: {found.message}",
                remedy="Merge or drop lists with few overlaps and try again.",
            )
        return bool(-found.fun > _POSITIVE)
