"""Derivatives of IR expressions, by the rules of calculus, one operation at a time.

They serve as Jacobians of implicit methods: a derivative is written where a function has one, and is one-sided or zero
where it jumps (``floor``, comparisons), which costs Newton's method rounds but never a wrong solution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

from .errors import InternalError
from .ir import Expr, Op, Ref, children
from .registered import PREFIX
from .values import Builder

#: Operations whose result does not change, but for jumps, when their operands do.
_FLAT = frozenset({
    "floor", "ceil", "trunc", "round", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "ifloordiv", "imod",
    "to_float", "to_int", "to_bool", "isnan", "isfinite", "timed1", "timed2",
})  # fmt: skip


class Derivative:
    """Differentiates with respect to one name; None stands for a derivative that is zero by its structure."""

    def __init__(self, builder: Builder, unknown: Expr) -> None:
        self._b = builder
        self._unknown = unknown
        self._memo: dict[int, Expr | None] = {}  # by identity: expressions are interned

    def of(self, expr: Expr) -> Expr | None:
        """Return the derivative of an interned expression."""
        if expr is self._unknown:
            return self._b.number(1.0)
        if not isinstance(expr, Op) or expr.op in _FLAT:
            return None
        if id(expr) not in self._memo:
            slopes = [self.of(a) for a in expr.args]
            self._memo[id(expr)] = None if all(s is None for s in slopes) else self._rule(expr, slopes)
        return self._memo[id(expr)]

    def _rule(self, expr: Op, slopes: list[Expr | None]) -> Expr | None:
        b, args = self._b, expr.args
        zero = b.number(0.0)
        match expr.op:
            case "neg":
                return self._map(slopes[0], b.neg)
            case "add":
                return self._sum(slopes[0], slopes[1])
            case "sub":
                return self._sum(slopes[0], self._map(slopes[1], b.neg))
            case "mul":
                return self._sum(self._times(slopes[0], args[1]), self._times(slopes[1], args[0]))
            case "div":
                falls = self._times(slopes[1], b.neg(expr))
                return self._map(self._sum(slopes[0], falls), lambda s: b.div(s, args[1]))
            case "select":
                then, otherwise = slopes[1] or zero, slopes[2] or zero
                return b.select(args[0], then, otherwise)
            case "min" | "max":
                first = b.compare("<" if expr.op == "min" else ">", args[0], args[1])
                return b.select(first, slopes[0] or zero, slopes[1] or zero)
            case "pow":
                base = b.mul(args[1], b.call("pow", args[0], b.sub(args[1], b.number(1.0))))
                growth = self._times(slopes[1], b.mul(expr, b.call("log", args[0])))
                return self._sum(self._times(slopes[0], base), growth)
            case "atan2":
                y, x = args
                size = b.add(b.mul(x, x), b.mul(y, y))
                whole = self._sum(self._times(slopes[0], x), self._times(slopes[1], b.neg(y)))
                return self._map(whole, lambda s: b.div(s, size))
            case "fmod":
                return slopes[0]
        if expr.op.startswith(PREFIX):
            terms = [None if s is None else b.mul(s, self._difference(expr, k)) for k, s in enumerate(slopes)]
            return reduce(self._sum, terms)
        if expr.op not in _OUTER or slopes[0] is None:
            raise InternalError(f"no derivative of '{expr.op}'")
        return b.mul(slopes[0], _OUTER[expr.op](b, args[0], expr))

    def _difference(self, expr: Op, k: int) -> Expr:
        """Return how a registered function grows with its argument k, from its values on both sides.

        ``(f(x + h) - f(x - h))/(2 h)`` with h = 2^-10 (|x| + 2^-10): wide enough for single precision. It is off by
        the square of h; so is what a round of Newton's method leaves of its error. The solution is the same.
        """
        b, x = self._b, expr.args[k]
        h = b.mul(b.number(2.0**-10), b.add(b.op("fabs", "float", x), b.number(2.0**-10)))
        above, below = (
            b.op(expr.op, "float", *(side if i == k else a for i, a in enumerate(expr.args)))
            for side in (b.add(x, h), b.sub(x, h))
        )
        return b.div(b.sub(above, below), b.add(h, h))

    def _map(self, slope: Expr | None, function: Callable[[Expr], Expr]) -> Expr | None:
        return None if slope is None else function(slope)

    def _sum(self, x: Expr | None, y: Expr | None) -> Expr | None:
        return y if x is None else x if y is None else self._b.add(x, y)

    def _times(self, slope: Expr | None, factor: Expr) -> Expr | None:
        return None if slope is None else self._b.mul(slope, factor)


def _exprel(b: Builder, x: Expr, y: Expr) -> Expr:
    """((exp(x) - 1)/x)' = (exp(x) - y)/x, and 1/2 + x/3 near 0, where that cancels."""
    near = b.add(b.number(0.5), b.div(x, b.number(3.0)))
    far = b.div(b.sub(b.call("exp", x), y), x)
    return b.select(b.compare("<", b.op("fabs", "float", x), b.number(1e-3)), near, far)


def _over(scale: float) -> Callable[[Builder, Expr, Expr], Expr]:
    return lambda b, x, y: b.div(b.number(scale), x)


def _arc(b: Builder, x: Expr) -> Expr:
    return b.op("sqrt", "float", b.sub(b.number(1.0), b.mul(x, x)))


#: Function of one argument -> its derivative, from the argument and the value.
_OUTER: dict[str, Callable[[Builder, Expr, Expr], Expr]] = {
    "sqrt": lambda b, x, y: b.div(b.number(0.5), y),
    "fabs": lambda b, x, y: b.select(b.compare("<", x, b.number(0.0)), b.number(-1.0), b.number(1.0)),
    "exp": lambda b, x, y: y,
    "expm1": lambda b, x, y: b.add(y, b.number(1.0)),
    "exprel": _exprel,
    "log": _over(1.0),
    "log2": _over(1 / math.log(2)),
    "log10": _over(1 / math.log(10)),
    "log1p": lambda b, x, y: b.div(b.number(1.0), b.add(b.number(1.0), x)),
    "sin": lambda b, x, y: b.call("cos", x),
    "cos": lambda b, x, y: b.neg(b.call("sin", x)),
    "tan": lambda b, x, y: b.add(b.number(1.0), b.mul(y, y)),
    "sinh": lambda b, x, y: b.call("cosh", x),
    "cosh": lambda b, x, y: b.call("sinh", x),
    "tanh": lambda b, x, y: b.sub(b.number(1.0), b.mul(y, y)),
    "asin": lambda b, x, y: b.div(b.number(1.0), _arc(b, x)),
    "acos": lambda b, x, y: b.div(b.number(-1.0), _arc(b, x)),
    "atan": lambda b, x, y: b.div(b.number(1.0), b.add(b.number(1.0), b.mul(x, x))),
    "erf": lambda b, x, y: b.mul(b.number(2 / math.sqrt(math.pi)), b.call("exp", b.neg(b.mul(x, x)))),
}


def depends(expr: Expr, unknowns: frozenset[Expr]) -> bool:
    """Tell whether an expression contains one of some names."""
    seen: set[int] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Ref) and node in unknowns:
            return True
        if id(node) not in seen:
            seen.add(id(node))
            stack += children(node)
    return False
