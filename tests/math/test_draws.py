"""Distributions of the draws: tests of fit with fixed seeds, moments within derived bounds, independence, edges.

A fit is rejected at 1e-4 in each of about 40 tests, so a right generator fails here for one in some hundred choices of
the seed; the seeds are fixed, so it either does or does not.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from ranvier.runtime import _mathlib

N = 100_000
ELEMENTS = np.arange(N, dtype=np.uint32)
REJECT = 1e-4


def draws(kind: str, *args: float, key: int = 2024, step: int = 77, precision: str = "double") -> np.ndarray:
    return _mathlib.draw(kind, key, ELEMENTS, 0, step, *args, precision=precision).astype(float)


@pytest.mark.parametrize("kind", ["uniform", "packed"])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_uniform(precision: str, kind: str) -> None:
    x = draws(kind, precision=precision)
    assert x.min() >= 0
    assert x.max() < 1
    assert stats.kstest(x, "uniform").pvalue > REJECT


@pytest.mark.parametrize("precision", ["double", "single"])
def test_normal(precision: str) -> None:
    x = draws("normal", precision=precision)
    assert stats.kstest(x, "norm").pvalue > REJECT
    for power, variance in ((1, 1.0), (2, 2.0), (3, 15.0), (4, 96.0)):  # variance of x**power
        mean = {1: 0.0, 2: 1.0, 3: 0.0, 4: 3.0}[power]
        assert abs((x**power).mean() - mean) < 4.5 * math.sqrt(variance / N)
    tail = (np.abs(x) > 3).mean()
    expected = 2 * stats.norm.sf(3)
    assert abs(tail - expected) < 4.5 * math.sqrt(expected / N)


def discrete_fit(x: np.ndarray, distribution: object) -> float:
    """p-value of a chi-square test; values are grouped so that every group is expected at least 20 times."""
    low, high = int(x.min()), int(x.max())
    values = np.arange(low, high + 1)
    probability = distribution.pmf(values)  # type: ignore[attr-defined]
    probability[0] += distribution.cdf(low - 1)  # type: ignore[attr-defined]
    probability[-1] += distribution.sf(high)  # type: ignore[attr-defined]
    counts = np.bincount((x - low).astype(int), minlength=values.size)
    groups = np.minimum((np.cumsum(probability) * x.size // 20).astype(int), int(x.size // 20) - 1)
    _, groups = np.unique(groups, return_inverse=True)
    expected = np.bincount(groups, probability) * x.size
    observed = np.bincount(groups, counts)
    if expected.size > 1 and expected[-1] < 20:
        expected[-2] += expected[-1]
        observed[-2] += observed[-1]
        expected, observed = expected[:-1], observed[:-1]
    return (
        float(stats.chi2.sf(((observed - expected) ** 2 / expected).sum(), expected.size - 1))
        if expected.size > 1
        else 1.0
    )


@pytest.mark.parametrize("mean", [0.01, 0.3, 1.0, 4.5, 12.0, 29.9, 30.0, 45.0, 300.0, 2e4])
def test_poisson(mean: float) -> None:
    x = draws("poisson", mean)
    assert (x == np.floor(x)).all()
    assert x.min() >= 0
    assert abs(x.mean() - mean) < 4.5 * math.sqrt(mean / N)
    assert abs(x.var() - mean) < 4.5 * math.sqrt((mean + 2 * mean**2) / N)
    assert discrete_fit(x, stats.poisson(mean)) > REJECT


@pytest.mark.parametrize("shape", [0.05, 0.5, 0.99, 1.0, 2.5, 30.0, 1e4])
def test_gamma(shape: float) -> None:
    x = draws("gamma", shape)
    assert stats.kstest(x, stats.gamma(shape).cdf).pvalue > REJECT
    assert abs(x.mean() - shape) < 4.5 * math.sqrt(shape / N)
    assert abs(x.var() - shape) < 4.5 * math.sqrt((6 * shape + 2 * shape**2) / N)


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (10, 0.5), (20, 0.9), (100, 0.02), (100, 0.3), (1000, 0.012), (1000, 0.7), (10**6, 0.4)]
)
def test_binomial(n: int, p: float) -> None:
    x = draws("binomial", n, p)
    variance = n * p * (1 - p)
    assert x.min() >= 0
    assert x.max() <= n
    assert abs(x.mean() - n * p) < 4.5 * math.sqrt(variance / N)
    assert discrete_fit(x, stats.binom(n, p)) > REJECT


def test_single_precision_rounds_the_double_draws() -> None:
    for kind, args in (("poisson", (3.5,)), ("gamma", (0.5,)), ("binomial", (20.0, 0.25))):
        np.testing.assert_array_equal(draws(kind, *args, precision="single"), draws(kind, *args).astype(np.float32))


@pytest.mark.parametrize(
    ("kind", "args"), [("uniform", ()), ("packed", ()), ("normal", ()), ("poisson", (2.0,)), ("gamma", (1.5,))]
)
def test_independence(kind: str, args: tuple[float, ...]) -> None:
    """Ranks of neighbours in the element, the step, the key and the second counter word are uncorrelated."""
    base = _mathlib.draw(kind, 7, ELEMENTS, 0, 100, *args)
    others = {
        "element": _mathlib.draw(kind, 7, ELEMENTS + 1, 0, 100, *args),
        "step": _mathlib.draw(kind, 7, ELEMENTS, 0, 101, *args),
        "occurrence": _mathlib.draw(kind, 8, ELEMENTS, 0, 100, *args),
        "post": _mathlib.draw(kind, 7, ELEMENTS, 1, 100, *args),
    }
    for name, other in others.items():
        for f in (lambda v: v, np.square):  # of values and of magnitudes
            assert abs(np.corrcoef(f(base), f(other))[0, 1]) < 4.5 / math.sqrt(N), name


def test_packed_numbers_of_one_call_are_independent() -> None:
    """Elements 8, 16 and 32 apart share Philox calls, and 16 bits of a number follow the 16 before."""
    x = _mathlib.draw("packed", 11, ELEMENTS[: N // 64 * 64], 0, 9).reshape(-1, 8, 8)
    columns = [x[:, k].ravel() for k in range(8)]
    for one, other in itertools.combinations(columns, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / math.sqrt(one.size)
    digits = [(x.ravel() * 2.0 ** (16 * k)) % 1 for k in range(3)]
    for one, other in itertools.combinations(digits, 2):
        assert stats.kstest(one, "uniform").pvalue > REJECT
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / math.sqrt(one.size) + 2.0**-16  # one digit carries the next
    last = (x.ravel() * 2.0**53).astype(np.int64) % 32  # the last five bits
    assert stats.chisquare(np.bincount(last, minlength=32)).pvalue > REJECT


def test_the_numbers_of_a_block_are_independent() -> None:
    """How many of 64 lie below a threshold is binomial, which of them is uniform, and the rest does not tell of it."""
    x = np.concatenate([_mathlib.draw("packed", 17, ELEMENTS[: N // 64 * 64], 0, k) for k in range(20)]).reshape(-1, 64)
    for p in (1e-4, 0.0015, 0.02, 0.3, 0.9):
        below = x < p
        assert discrete_fit(below.sum(1), stats.binom(64, p)) > REJECT
        assert stats.chisquare(below.sum(0)).pvalue > REJECT if p < 0.5 else True
    order = np.sort(x, axis=1)
    for k in (0, 1, 2, 31, 63):  # order statistics of uniform numbers: beta
        assert stats.kstest(order[:, k], stats.beta(k + 1, 64 - k).cdf).pvalue > REJECT
    low, where = order[:, 0], x.argmin(1)
    assert stats.chisquare(np.bincount(where, minlength=64)).pvalue > REJECT
    assert abs(np.corrcoef(low, where)[0, 1]) < 4.5 / math.sqrt(low.size)
    second = (order[:, 1] - low) / (1.0 - low)
    assert stats.kstest(second, stats.beta(1, 63).cdf).pvalue > REJECT
    assert abs(np.corrcoef(low, second)[0, 1]) < 4.5 / math.sqrt(low.size)
    assert abs(np.corrcoef(low[1:], low[:-1])[0, 1]) < 4.5 / math.sqrt(low.size)


def test_bits_do_not_depend_on_the_order_or_number_of_draws() -> None:
    order = np.random.default_rng(1).permutation(1000).astype(np.uint32)
    kinds = (("packed", ()), ("normal", ()), ("poisson", (40.0,)), ("gamma", (0.3,)), ("binomial", (50.0, 0.5)))
    for kind, args in kinds:
        whole = _mathlib.draw(kind, 5, ELEMENTS[:1000], 0, 3, *args)
        np.testing.assert_array_equal(_mathlib.draw(kind, 5, order, 0, 3, *args), whole[order])


BAD = [0.0, -0.0, -1.0, 5e-324, 1e-300, 1e15, 1e17, 1e300, math.inf, -math.inf, math.nan]


def test_any_parameter_gives_a_result() -> None:
    elements = np.arange(50)
    for value in BAD:
        poisson = _mathlib.draw("poisson", 1, elements, 0, 0, value)
        assert (poisson >= 0).all() or math.isnan(value)
        gamma = _mathlib.draw("gamma", 1, elements, 0, 0, value)
        assert (gamma >= 0).all() or math.isnan(value) or value < 0
        for other in (*BAD, 0.5, 1.0, 10.0):
            binomial = _mathlib.draw("binomial", 1, elements, 0, 0, value, other)
            assert ((binomial >= 0) & (binomial <= max(value, 0))).all() or np.isnan(binomial).all()
    assert (_mathlib.draw("poisson", 1, elements, 0, 0, -3.0) == 0).all()
    assert (_mathlib.draw("binomial", 1, elements, 0, 0, 7.9, 2.0) == 7).all()
    assert np.isnan(_mathlib.draw("gamma", 1, elements, 0, 0, -1.0)).all()
