"""Generated derivatives against sympy's, evaluated in 30 digits."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy

from ranvier.compiler import Source, ir, parse, resolve_neuron
from ranvier.compiler.derivative import Derivative
from ranvier.compiler.expressions import Draws, Scope
from ranvier.compiler.implicit import solve
from ranvier.compiler.values import Builder

X = sympy.Symbol("x")
POINTS = (-2.3, -0.4, 0.3, 0.9, 1.7)
#: The language's text, and what sympy understands by it.
FUNCTIONS = {
    "x**3 - 2*x + 1": X**3 - 2 * X + 1,
    "(x + 2)/(x**2 + 1)": (X + 2) / (X**2 + 1),
    "sqrt(x**2 + 1)": sympy.sqrt(X**2 + 1),
    "exp(-x)*sin(2*x)": sympy.exp(-X) * sympy.sin(2 * X),
    "cos(x)/(1 + exp(x))": sympy.cos(X) / (1 + sympy.exp(X)),
    "tan(x/3)": sympy.tan(X / 3),
    "sinh(x) - cosh(x/2) + tanh(x)": sympy.sinh(X) - sympy.cosh(X / 2) + sympy.tanh(X),
    "log(x**2 + 1) + log1p(x**2)": 2 * sympy.log(X**2 + 1),
    "log10(x**2 + 2)": sympy.log(X**2 + 2, 10),
    "expm1(x/2)": sympy.exp(X / 2) - 1,
    "exprel(x)": (sympy.exp(X) - 1) / X,
    "asin(x/3) + acos(x/4) + atan(x)": sympy.asin(X / 3) + sympy.acos(X / 4) + sympy.atan(X),
    "atan2(x, x**2 + 1)": sympy.atan2(X, X**2 + 1),
    "erf(x)": sympy.erf(X),
    "(x**2 + 1)**(0.3*x)": (X**2 + 1) ** (sympy.Rational(3, 10) * X),
    "abs(x)": sympy.Piecewise((-X, X < 0), (X, True)),
    "max(x, x**2) + min(x, 0.5)": sympy.Max(X, X**2) + sympy.Min(X, sympy.Rational(1, 2)),
    "x**2 if x > 0 else -x": sympy.Piecewise((X**2, X > 0), (-X, True)),
}
_MEANING = {
    "neg": lambda x: -x, "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y, "sqrt": math.sqrt, "fabs": abs, "floor": math.floor,
    "lt": lambda x, y: x < y, "gt": lambda x, y: x > y, "le": lambda x, y: x <= y, "min": min, "max": max,
    "exp": math.exp, "expm1": math.expm1, "exprel": lambda x: math.expm1(x) / x, "log": math.log, "log1p": math.log1p,
    "log10": math.log10, "pow": math.pow, "sin": math.sin, "cos": math.cos, "tan": math.tan, "sinh": math.sinh,
    "cosh": math.cosh, "tanh": math.tanh, "asin": math.asin, "acos": math.acos, "atan": math.atan, "atan2": math.atan2,
    "erf": math.erf, "to_float": float,
}  # fmt: skip


def value(expr: ir.Expr, names: dict[str, float]) -> float:
    match expr:
        case ir.Const(number, _):
            return float(number)
        case ir.Ref(name, _):
            return names[name]
        case ir.Op("select", (condition, then, otherwise), _):  # the branch not taken may be out of a domain
            return value(then if value(condition, names) else otherwise, names)
        case ir.Op(op, args, _):
            return _MEANING[op](*(value(a, names) for a in args))
    raise AssertionError(expr)


def lowered(text: str) -> tuple[Builder, ir.Expr, ir.Expr]:
    """Return a builder, the name x and the IR of an expression of x."""
    sources = (Source("equations", f"dx/dt = {text}"), Source("spike", "x > 1"))
    model = resolve_neuron(parse("neuron", "N", sources))
    builder = Builder()
    x = builder.ref("x", "float")
    scope = Scope(builder, model, Draws([]), {"x": x})
    return builder, x, builder.to_float(scope.lower(model.statements[0].rhs))


@pytest.mark.parametrize("text", FUNCTIONS)
def test_derivatives_are_those_of_sympy(text: str) -> None:
    """A derivative of n operations is off by a few units of 2^-53 each, n < 40, times the cancellation of its sums."""
    builder, x, expr = lowered(text)
    slope = Derivative(builder, x).of(expr)
    assert slope is not None
    exact = sympy.diff(FUNCTIONS[text].rewrite(sympy.Piecewise), X)
    for point in POINTS:
        with mpmath.workdps(30):
            expected = float(exact.subs(X, sympy.Float(point, 30)).doit().evalf(30))
        assert math.isclose(value(slope, {"x": point}), expected, rel_tol=1e-11, abs_tol=1e-12)


def test_what_does_not_contain_the_unknown_has_no_derivative() -> None:
    builder, x, expr = lowered("floor(x) + (3 if x > 0 else 2)")
    slope = Derivative(builder, x).of(expr)
    assert slope is None or value(slope, {"x": 0.4}) == 0.0
    builder, x, expr = lowered("floor(x)*x")  # jumps do not count
    slope = Derivative(builder, x).of(expr)
    assert slope is not None
    assert value(slope, {"x": -1.5}) == -2.0


def test_exprel_near_zero_does_not_cancel() -> None:
    builder, x, expr = lowered("exprel(x)")
    slope = Derivative(builder, x).of(expr)
    assert slope is not None
    for point in (0.0, 1e-9, -1e-5, 9e-4):
        assert abs(value(slope, {"x": point}) - (0.5 + point / 3)) < 1e-6  # the next term of the series is x^2/8


def test_elimination_is_that_of_exact_arithmetic() -> None:
    """A sparse system of five: against rational arithmetic, with pivots that stay above 1."""
    b = Builder()
    entries = {(i, i): 2.0 + i for i in range(5)} | {(0, 3): 0.5, (3, 0): -0.25, (1, 2): 1.0, (4, 0): 0.5, (2, 4): -1.5}
    matrix = [[b.ref(f"a{i}{j}", "float") if (i, j) in entries else None for j in range(5)] for i in range(5)]
    names = {f"a{i}{j}": v for (i, j), v in entries.items()} | {f"r{i}": float(i + 1) for i in range(5)}
    solution = solve(b, matrix, [b.ref(f"r{i}", "float") for i in range(5)])
    rational = sympy.Matrix(5, 5, lambda i, j: sympy.Rational(entries.get((i, j), 0)))
    exact = rational.LUsolve(sympy.Matrix([1, 2, 3, 4, 5]))
    for found, expected in zip(solution, exact, strict=True):
        assert math.isclose(value(found, names), float(expected), rel_tol=1e-14)
