"""Every function of the library against mpmath: at most 2 ulp over the full range, and the special values of C99."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from ranvier.compiler import ir
from ranvier.runtime import _mathlib

INF, NAN = math.inf, math.nan

#: name -> (exact function, intervals where something happens: overflow, cancellation, changes of method)
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[tuple[float, float], ...]]] = {
    "exp": (mpmath.exp, ((-1, 1), (-746, -700), (700, 710), (-104, -86), (88, 89), (-50, 50))),
    "expm1": (mpmath.expm1, ((-1, 1), (-0.4, -0.28), (0.34, 0.42), (-40, 40), (700, 710), (88, 89), (-1e-8, 1e-8))),
    "exprel": (
        lambda x: mpmath.expm1(x) / x if x else mpf(1),
        ((-1, 1), (-0.4, -0.28), (0.34, 0.42), (-100, 90), (700, 717), (88, 94), (-1e-8, 1e-8)),
    ),
    "log": (mpmath.log, ((0, 2), (0.7, 0.72), (1.4, 1.42), (0.999, 1.001), (0, 1e-307), (0, 1e-37), (0, 1e6))),
    "log1p": (mpmath.log1p, ((-1, 1), (-0.3, -0.28), (0.4, 0.45), (-1e-8, 1e-8), (0, 1e6), (1e15, 1e17))),
    "log2": (lambda x: mpmath.log(x, 2), ((0, 2), (0.7, 0.72), (1.4, 1.42), (0.999, 1.001), (0, 1e-307), (0, 1e6))),
    "log10": (mpmath.log10, ((0, 2), (0.7, 0.72), (1.4, 1.42), (0.999, 1.001), (0, 1e-307), (0, 1e6))),
    "sin": (mpmath.sin, ((-4, 4), (-1e5, 1e5), (2**39, 2**41), (2**49, 2**51), (1e300, 1e301), (-1e-7, 1e-7))),
    "cos": (mpmath.cos, ((-4, 4), (-1e5, 1e5), (2**39, 2**41), (2**49, 2**51), (1e300, 1e301), (-1e-7, 1e-7))),
    "tan": (mpmath.tan, ((-4, 4), (-1e5, 1e5), (2**39, 2**41), (2**49, 2**51), (1e300, 1e301), (-1e-7, 1e-7))),
    "sinh": (mpmath.sinh, ((-1, 1), (0.85, 1.5), (-50, 50), (709, 711), (88, 90), (-1e-7, 1e-7))),
    "cosh": (mpmath.cosh, ((-1, 1), (0.85, 1.5), (-50, 50), (709, 711), (88, 90), (-1e-7, 1e-7))),
    "tanh": (mpmath.tanh, ((-1, 1), (0.5, 0.65), (-25, 25), (-1e-7, 1e-7))),
}  # fmt: skip
DOMAIN = {"log": 0.0, "log2": 0.0, "log10": 0.0, "log1p": -1.0}  # above which the function is real and finite


def ulps(result: float, exact: Any, dtype: type[np.floating]) -> float:
    """Return |result - exact| in units of the last place of `exact`; infinite where one overflows and one must not."""
    info = np.finfo(dtype)
    top = mpf(float(info.max))
    if abs(exact) > top + top * mpf(2) ** (-info.nmant - 2):
        exact_rounded = INF if exact > 0 else -INF
        return 0.0 if result == exact_rounded else INF
    if not math.isfinite(result):
        return INF
    exponent = mpmath.frexp(exact)[1] if exact else -10000
    unit = mpf(2) ** max(exponent - info.nmant - 1, int(info.minexp) - info.nmant)
    return float(abs(mpf(result) - exact) / unit)


def worst(results: np.ndarray, exact: list[Any], dtype: type[np.floating]) -> float:
    return max((ulps(float(r), e, dtype) for r, e in zip(results, exact, strict=True)), default=0.0)


def worst_of_sample(name: str, dtype: type[np.floating], bits: np.ndarray, per_interval: int) -> float:
    """Return the largest error over numbers of random bits and numbers inside the intervals of a function."""
    function, intervals = FUNCTIONS[name]
    rng = np.random.default_rng(len(name))
    with np.errstate(over="ignore"):
        inside = [rng.uniform(a, b, per_interval).astype(dtype) for a, b in intervals]
    x = np.concatenate([bits, *inside])
    x = x[np.isfinite(x) & (x > DOMAIN.get(name, -INF))]
    if name in ("exp", "expm1", "exprel", "sinh", "cosh"):
        x = x[np.abs(x) < 1e4]  # mpmath would write out numbers of millions of digits
    with mpmath.workprec(160):
        return worst(_mathlib.call(name, x), [function(mpf(float(v))) for v in x], dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_two_units_in_the_last_place(name: str, dtype: type[np.floating], sample_bits: Any) -> None:
    assert worst_of_sample(name, dtype, sample_bits(dtype, 400), 150) <= 2.0


@pytest.mark.long
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_two_units_on_a_large_sample(name: str, dtype: type[np.floating], sample_bits: Any) -> None:
    assert worst_of_sample(name, dtype, sample_bits(dtype, 5_000), 5_000) <= 2.0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_power_to_two_units(dtype: type[np.floating], sample_bits: Any) -> None:
    rng = np.random.default_rng(3)
    base = np.abs(sample_bits(dtype, 600)).astype(dtype)
    base = base[np.isfinite(base) & (base > 0)]
    span = 1100 if dtype is np.float64 else 150
    to = (rng.uniform(-span, span, base.size) / np.log2(base.astype(float) * 1.0000001)).astype(dtype)
    near = np.concatenate([base, rng.uniform(0, 2, 300), rng.uniform(0.999, 1.001, 300), -rng.uniform(0, 9, 300)])
    with_to = np.concatenate([to, rng.uniform(-40, 40, 300), rng.uniform(-1e4, 1e4, 300), rng.integers(-30, 30, 300)])
    x, y = near.astype(dtype), with_to.astype(dtype)
    keep = np.isfinite(y)
    x, y = x[keep], y[keep]
    with mpmath.workprec(200):
        exact = [
            mpf(float(a)) ** int(b) if b == int(b) else mpf(float(a)) ** mpf(float(b))
            for a, b in zip(x, y, strict=True)
        ]
        assert worst(_mathlib.call("pow", x, y), exact, dtype) <= 2.0


SPECIAL: dict[str, list[tuple[float, float]]] = {
    "exp": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, 0), (NAN, NAN), (1e300, INF), (-1e300, 0)],
    "expm1": [
        (0.0, 0), (-0.0, -0.0), (INF, INF), (-INF, -1),
        (NAN, NAN), (1e300, INF), (-1e300, -1), (5e-324, 5e-324),
    ],
    "exprel": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, 0), (NAN, NAN), (1e300, INF), (-1e300, 1e-300), (5e-324, 1)],
    "log": [(0.0, -INF), (-0.0, -INF), (1, 0), (INF, INF), (-1, NAN), (-INF, NAN), (NAN, NAN)],
    "log2": [(0.0, -INF), (-0.0, -INF), (1, 0), (8, 3), (2**-1074, -1074), (INF, INF), (-1, NAN), (NAN, NAN)],
    "log10": [(0.0, -INF), (-0.0, -INF), (1, 0), (1000, 3), (1e22, 22), (INF, INF), (-1, NAN), (NAN, NAN)],
    "log1p": [(0.0, 0), (-0.0, -0.0), (-1, -INF), (INF, INF), (-2, NAN), (-INF, NAN), (NAN, NAN), (5e-324, 5e-324)],
    "sin": [(0.0, 0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN), (5e-324, 5e-324)],
    "cos": [(0.0, 1), (-0.0, 1), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    "tan": [(0.0, 0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN), (5e-324, 5e-324)],
    "sinh": [(0.0, 0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN), (5e-324, 5e-324)],
    "cosh": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, INF), (NAN, NAN)],
    "tanh": [(0.0, 0), (-0.0, -0.0), (INF, 1), (-INF, -1), (NAN, NAN), (5e-324, 5e-324), (100, 1)],
}  # fmt: skip


def same(result: float, expected: float, tolerance: float = 0.0) -> bool:
    """Return whether a result is right: to rounding, but for NaN, zeros and infinities in kind and sign."""
    if math.isnan(expected):
        return math.isnan(result)
    if expected == 0 or math.isinf(expected):
        return result == expected and math.copysign(1, result) == math.copysign(1, expected)
    return abs(result - expected) <= tolerance * abs(expected)


@pytest.mark.parametrize("name", SPECIAL)
def test_special_values(name: str) -> None:
    for x, expected in SPECIAL[name]:
        double = float(_mathlib.call(name, np.array([x], np.float64))[0])
        assert same(double, expected, 3e-16), (name, x, double)
        if np.isnan(x) or abs(x) in (0, INF) or 1e-30 < abs(x) < 1e30:
            single = float(_mathlib.call(name, np.array([x], np.float32))[0])
            assert same(single, expected, 2e-7), (name, x, single)


def c99_power(x: float, y: float) -> float:
    """`math.pow` with the results of C instead of exceptions."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -INF if x < 0 and y % 2 == 1 else INF
    except ValueError:
        if x == 0:
            return math.copysign(INF, x) if y % 2 == 1 else INF
        return NAN


def test_special_powers() -> None:
    values = [
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        2,
        -2,
        3,
        -3,
        2.5,
        -2.5,
        5e-324,
        -5e-324,
        1e308,
        -1e308,
        2.0**53,
        2.0**52 + 1,
    ]
    values += [-(2.0**52) - 1, INF, -INF, NAN]
    for x in values:
        for y in values:
            result, expected = float(_mathlib.call("pow", np.array([x]), np.array([y]))[0]), c99_power(x, y)
            assert same(result, expected, 5e-16), (x, y, result, expected)


def test_every_function_of_the_ir_is_there() -> None:
    for table in (ir.LIBRARY, ir.EXTERNAL):
        for name, arity in table.items():
            for dtype in (np.float64, np.float32):
                result = _mathlib.call(name, *[np.full(3, 0.5, dtype)] * arity)
                assert result.dtype == dtype, name
                assert np.isfinite(result).all(), name


def test_the_c_library_is_the_c_library() -> None:
    x = np.linspace(-0.99, 0.99, 101)
    for name in ("asin", "acos", "atan", "erf"):
        assert _mathlib.call(name, x).tolist() == [getattr(math, name)(v) for v in x]
    assert _mathlib.call("atan2", x, x[::-1]).tolist() == [math.atan2(a, b) for a, b in zip(x, x[::-1], strict=True)]
    assert _mathlib.call("fmod", x, np.array(0.3)).tolist() == [math.fmod(v, 0.3) for v in x]
    assert _mathlib.call("round", np.array([0.5, 1.5, -2.5, 2.4])).tolist() == [1, 2, -3, 2]  # halves away from zero
