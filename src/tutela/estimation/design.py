"""The log-linear design: intercept, one main effect per list, one effect per pair of lists.

log E[count of history w] = intercept + sum of effects of the lists and pairs inside w
(Fienberg 1972; Bishop, Fienberg and Holland 1975, ch. 6). The intercept is the logarithm of the
expected number that no list knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tutela.estimation.lists import membership

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Design:
    """Model matrix over the observable histories (masks 1 … 2^lists - 1).

    `matrix` has shape (cells, 1 + lists + pairs); `outer` its row-wise outer products, flattened
    to (cells, parameters^2), so that weighted Gram matrices of many samples are one product.
    `pairs[k]` are the two lists of pair k; `contains` says which cells lie in which pair.
    """

    lists: int
    matrix: Floats
    outer: Floats
    pairs: tuple[tuple[int, int], ...]
    contains: Bools

    @property
    def parameters(self) -> int:
        """Columns of the matrix."""
        return int(self.matrix.shape[1])


@lru_cache(maxsize=16)
def design_of(lists: int, *, with_unseen: bool = False) -> Design:
    """The design for a number of lists; `with_unseen` adds the history 0 as first row."""
    member = membership(lists)[0 if with_unseen else 1 :]
    pairs = tuple((i, j) for i in range(lists) for j in range(i + 1, lists))
    both = (
        np.stack([member[:, i] & member[:, j] for i, j in pairs], axis=1)
        if pairs
        else np.zeros((member.shape[0], 0), dtype=bool)
    )
    matrix = np.hstack(
        [np.ones((member.shape[0], 1)), member.astype(np.float64), both.astype(np.float64)]
    )
    outer = (matrix[:, :, None] * matrix[:, None, :]).reshape(matrix.shape[0], -1)
    return Design(lists, matrix, outer, pairs, both)
