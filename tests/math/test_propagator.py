"""The propagator of linear systems: against mpmath entry by entry, and against scipy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy.linalg import expm

from ranvier.runtime import _mathlib

SYSTEMS = {
    "one decay": [[-0.1]],
    "fast decay": [[-300.0]],
    "alpha": [[-0.2, 1.0], [0.0, -0.2]],
    "lif with synapse": [[-0.05, 0.004, 0.0], [0.0, -0.2, 1.0], [0.0, 0.0, -0.2]],
    "nearly equal": [[-0.1, 1.0], [0.0, -0.1 - 1e-13]],
    "stiff": [[-1000.0, 0.0], [1000.0, -0.01]],
    "zero": [[0.0, 0.0], [0.0, 0.0]],
    "integrator": [[0.0, 1.0], [0.0, 0.0]],
    "oscillator": [[0.0, 3.0], [-3.0, 0.0]],
    "damped oscillator": [[-0.1, 2.0], [-2.0, -0.1]],
    "growth": [[0.5, 0.1], [0.2, 0.3]],
    "compartments": [[-2.1, 1.0, 0.0, 0.0], [1.0, -2.1, 1.0, 0.0], [0.0, 1.0, -2.1, 1.0], [0.0, 0.0, 1.0, -2.1]],
}


def exact(a: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """P and Q from the exponential of [[A, I], [0, 0]] dt with 80 digits."""
    m = len(a)
    with mpmath.workdps(80):
        big = mpmath.zeros(2 * m)
        for i in range(m):
            big[i, m + i] = mpmath.mpf(dt)
            for j in range(m):
                big[i, j] = mpmath.mpf(float(a[i, j])) * mpmath.mpf(dt)
        e = mpmath.expm(big)
        values = np.array([[float(e[i, j]) for j in range(2 * m)] for i in range(m)])
    return values[:, :m], values[:, m:]


@pytest.mark.parametrize("dt", [0.025, 0.1, 1.0])
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_entry_is_accurate(name: str, dt: float) -> None:
    a = np.array(SYSTEMS[name])
    p, q = _mathlib.propagator(a, dt)
    exact_p, exact_q = exact(a, dt)
    np.testing.assert_allclose(p, exact_p, rtol=3e-16, atol=1e-300)
    np.testing.assert_allclose(q, exact_q, rtol=3e-16, atol=1e-300)


def test_agrees_with_scipy() -> None:
    a = np.random.default_rng(4).normal(size=(6, 6))
    p, _ = _mathlib.propagator(a, 0.5)
    np.testing.assert_allclose(p, expm(0.5 * a), rtol=1e-12, atol=1e-13)


def test_a_linear_step_is_the_solution() -> None:
    """x' = -x / tau + b has the solution x(dt) = exp(-dt / tau) x + (1 - exp(-dt / tau)) tau b."""
    tau, dt = 20.0, 0.1
    p, q = _mathlib.propagator([[-1 / tau]], dt)
    assert p[0, 0] == pytest.approx(np.exp(-dt / tau), rel=1e-15)
    assert q[0, 0] == pytest.approx(-tau * np.expm1(-dt / tau), rel=1e-15)


def test_structural_zeros_stay_zero() -> None:
    p, q = _mathlib.propagator([[-0.1, 0.7], [0.0, -0.3]], 0.1)
    assert p[1, 0] == 0
    assert q[1, 0] == 0


def test_many_matrices_at_once_equal_one_by_one() -> None:
    a = np.random.default_rng(1).normal(size=(2, 5, 3, 3))
    p, q = _mathlib.propagator(a, 0.1)
    for index in np.ndindex(2, 5):
        one_p, one_q = _mathlib.propagator(a[index], 0.1)
        np.testing.assert_array_equal(p[index], one_p)
        np.testing.assert_array_equal(q[index], one_q)


def test_bad_matrices_end() -> None:
    for bad in (np.nan, np.inf, -np.inf, 1e308):
        p, q = _mathlib.propagator([[bad, 1.0], [0.0, -1.0]], 0.1)
        assert p.shape == q.shape == (2, 2)
    with pytest.raises(ValueError, match="square"):
        _mathlib.propagator(np.zeros((2, 3)), 0.1)
