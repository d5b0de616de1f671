import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from tutela.estimation.design import design_of
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.poisson import fit
from tutela.estimation.stepwise import choose


def brute_total(counts, pairs, lists=3):
    """The total by a general optimiser on the Poisson likelihood, written out cell by cell."""
    design = design_of(lists)
    use = np.r_[[True] * (1 + lists), pairs]
    matrix = design.matrix[:, use]

    def loss(beta):
        eta = matrix @ beta
        return float(np.sum(np.exp(eta) - counts * eta))

    def slope(beta):
        return matrix.T @ (np.exp(matrix @ beta) - counts)

    start = np.zeros(matrix.shape[1])
    start[0] = np.log(counts.mean() + 1)
    best = minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    return counts.sum() + np.exp(best.x[0])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=7, max_size=7),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_three_lists_agree_with_brute_force(cells, pairs):
    if all(pairs):
        pairs = [True, True, False]
    counts = np.array(cells, dtype=float)
    total = choose(design_of(3), counts[None, :], fixed=np.array(pairs)).totals[0]
    assert total == pytest.approx(brute_total(counts, pairs), rel=1e-4)


def test_two_lists_are_lincoln_petersen():
    # 30 on A alone, 20 on B alone, 10 on both: 30 * 20 / 10 = 60 unseen.
    total = choose(design_of(2), np.array([[30.0, 20.0, 10.0]])).totals[0]
    assert total == pytest.approx(120.0)


def test_an_empty_overlap_is_minus_infinity_and_leaves_its_cells():
    design = design_of(3)
    # A and B never overlap although chance would make them: the pair enters at minus infinity.
    counts = np.array([[200.0, 200.0, 0.0, 100.0, 60.0, 60.0, 0.0]])
    chosen = choose(design, counts)
    pair = design.pairs.index((0, 1))
    assert chosen.pairs[0, pair]
    assert chosen.infinite[0, pair]
    assert chosen.fits.expected[0, 2] == 0.0
    assert chosen.fits.expected[0, 6] == 0.0
    # What is left is A against C and B against C, which the margins fix in closed form.
    assert chosen.fits.expected[0].sum() == pytest.approx(counts.sum())


def test_disjoint_lists_have_no_finite_estimate():
    assert np.isinf(choose(design_of(3), np.array([[5.0, 4.0, 0, 3.0, 0, 0, 0]])).totals[0])


def test_a_list_empty_in_a_sample_changes_nothing():
    with_empty = choose(design_of(3), np.array([[30.0, 20.0, 10.0, 0, 0, 0, 0]])).totals[0]
    assert with_empty == pytest.approx(120.0)


def exists_by_definition(matrix, counts):
    """Whether some strictly positive table has the same margins, always by a linear programme."""
    rows, columns = matrix.shape
    found = linprog(
        np.r_[np.zeros(rows), -1.0],
        A_eq=np.hstack([matrix.T, np.zeros((columns, 1))]),
        b_eq=matrix.T @ counts,
        A_ub=np.hstack([-np.eye(rows), np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        bounds=[(0, None)] * rows + [(None, None)],
    )
    return -found.fun > 1e-7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0, 0, 1, 3, 9]), min_size=7, max_size=7),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_existence_agrees_with_its_definition(cells, pairs):
    counts = np.array(cells, dtype=float)
    design = design_of(3)
    parameters = np.r_[[True] * 4, pairs]
    if counts.sum() == 0:
        return
    matrix = design.matrix[:, parameters]
    expected = (
        exists_by_definition(matrix, counts) and np.linalg.matrix_rank(matrix) == matrix.shape[1]
    )
    got = ExistenceCheck(design).holds(
        counts[None, :], parameters[None, :], np.ones((1, 7), dtype=bool)
    )
    assert bool(got[0]) == bool(expected)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=15, max_size=15), st.integers(0, 2**31))
def test_a_batch_gives_each_sample_what_it_gets_alone(cells, seed):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(np.array(cells), size=(6, 15)).astype(float)
    design = design_of(4)
    together = choose(design, counts)
    alone = [choose(design, counts[i : i + 1]) for i in range(6)]
    for i, one in enumerate(alone):
        assert (one.pairs[0] == together.pairs[i]).all()
        np.testing.assert_allclose(one.totals[0], together.totals[i], rtol=1e-6)


def test_the_fit_reproduces_the_margins_of_its_parameters():
    rng = np.random.default_rng(5)
    design = design_of(5)
    counts = rng.poisson(12, size=(4, 31)).astype(float)
    parameters = np.tile(np.r_[[True] * 6, [True, False] * 5], (4, 1))
    cells = np.ones_like(counts, dtype=bool)
    done = fit(design, counts, parameters, cells)
    assert done.converged.all()
    gap = (done.expected - counts) @ design.matrix
    assert np.abs(gap[parameters.nonzero()]).max() < 1e-5
