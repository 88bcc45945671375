"""Conversions, integer division and tables over time: every rule at its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ranvier.runtime import _mathlib


def test_conversion_to_integers() -> None:
    x = [0.0, -0.9, 2.7, -2.7, math.nan, math.inf, -math.inf, 1e300, -1e300, 2.0**63, -(2.0**63), 2.0**62]
    top, low = 2**63 - 1, -(2**63)
    assert _mathlib.call("toint", x).tolist() == [0, 0, 2, -2, 0, top, low, top, low, top, low, 2**62]
    single = np.float32([2.5, -2.5, math.nan, 1e20, -1e20, 2.0**31, -(2.0**31)])
    result = _mathlib.call("toint", single)
    assert result.dtype == np.int32
    assert result.tolist() == [2, -2, 0, 2**31 - 1, -(2**31), 2**31 - 1, -(2**31)]


@pytest.mark.parametrize("dtype", [np.int64, np.int32])
def test_integer_division(dtype: type[np.signedinteger]) -> None:
    low, top = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    values = [0, 1, -1, 2, -2, 3, -3, 7, -7, 100, low, low + 1, top, top - 1]
    a = np.array([v for v in values for _ in values], dtype)
    b = np.array([w for _ in values for w in values], dtype)
    quotient, remainder = _mathlib.call("ifloordiv", a, b), _mathlib.call("imod", a, b)
    assert quotient.dtype == remainder.dtype == dtype
    for x, y, q, r in zip(a.tolist(), b.tolist(), quotient.tolist(), remainder.tolist(), strict=True):
        if y == 0:
            assert (q, r) == (0, 0)
        elif (x, y) == (low, -1):
            assert (q, r) == (low, 0)
        else:
            assert (q, r) == (x // y, x % y)


def table(values: list[float] | np.ndarray, step: float, period: float = 0.0) -> np.ndarray:
    rows = np.asarray(values, float)
    columns = rows.shape[1] if rows.ndim == 2 else 1
    return np.concatenate([[rows.shape[0], columns, step, period], rows.reshape(-1)])


def test_rows_hold_for_one_step_and_the_ends_for_ever() -> None:
    t = table([10, 20, 30], 2.0)
    assert _mathlib.call("timed1", t, [-5, 0, 1.99, 2, 3.99, 4, 5.99, 6, 1e9, math.inf]).tolist() == [
        10, 10, 10, 20, 20, 30, 30, 30, 30, 30,
    ]  # fmt: skip
    assert _mathlib.call("timed1", t, [-math.inf, math.nan]).tolist() == [10, 10]


@pytest.mark.parametrize(("dt", "every"), [(0.1, 10), (0.1, 3), (0.025, 4), (0.01, 7)])
def test_steps_of_the_clock_hit_their_row(dt: float, every: int) -> None:
    """t = k dt carries rounding errors of its own; row k // every must be found for every k."""
    steps = np.arange(30_000)
    t = table(np.arange(40_000 // every + 1), every * dt)
    assert (_mathlib.call("timed1", t, steps * dt) == steps // every).all()


def test_steps_hit_their_row_in_single_precision() -> None:
    steps = np.arange(20_000)
    t = table(np.arange(2_001), 1.0)
    result = _mathlib.call("timed1", t, (steps * 0.1).astype(np.float32))
    assert result.dtype == np.float32
    assert (result == steps // 10).all()


def test_period() -> None:
    t = table([1, 2, 3], 1.0, period=3.0)
    steps = np.arange(5_000)
    assert (_mathlib.call("timed1", t, steps * 0.1) == steps // 10 % 3 + 1).all()
    longer = table([1, 2, 3], 1.0, period=5.0)  # the last row holds until the period ends
    assert _mathlib.call("timed1", longer, [2.0, 3.0, 4.9, 5.0, 6.0]).tolist() == [3, 3, 3, 1, 2]


def test_two_dimensional_tables() -> None:
    t = table(np.array([[1, 2, 3], [4, 5, 6]]), 1.0)
    assert _mathlib.call("timed2", t, [0.0, 0.5, 1.0, 9.0], np.array([0, 1, 2, 1])).tolist() == [1, 2, 6, 5]
    assert _mathlib.call("timed2", t, 0.0, np.array([-1, 0, 2, 3, 99])).tolist() == [1, 1, 3, 3, 3]


def test_bad_calls_say_so() -> None:
    with pytest.raises(KeyError, match="gamma_function"):
        _mathlib.call("gamma_function", [1.0])
    with pytest.raises(TypeError, match="takes 2"):
        _mathlib.call("pow", [1.0])
    with pytest.raises(KeyError, match="cauchy"):
        _mathlib.draw("cauchy", 1, [0], [0], 0)
    with pytest.raises(TypeError, match="takes 1"):
        _mathlib.draw("poisson", 1, [0], [0], 0)
    with pytest.raises(ValueError, match="rows, columns"):
        _mathlib.call("timed1", [3.0, 1.0, 1.0, 0.0, 5.0], [0.0])
