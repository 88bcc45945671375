"""The only door in and out of sympy, for the calculus that the structure of an expression does not decide.

`linear_part` is asked only after `algebra.affine` has said "perhaps": it expands the expression as a polynomial
in one unknown, with every other sub-expression an opaque symbol, so the work is bounded by the text's length.
Nothing is ever passed to sympy as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .algebra import add, div, mul, names, number, walk
from .tree import Binary, Expr, Name, Num, Unary

if TYPE_CHECKING:
    import sympy

#: Expressions with more nodes than this are not expanded: the answer is "not linear".
MAX_NODES = 400
MAX_POWER = 8


def linear_part(expr: Expr, unknown: str) -> tuple[Expr, Expr] | None:
    """Return (a, b) with ``expr == a * unknown + b`` after expansion, or None.

    Handles what `algebra.affine` cannot see: cancelling products (``(v - a)*(v + a) - v**2``) and quotients that
    divide out. Functions of the unknown are never linear.
    """
    if sum(1 for _ in walk(expr)) > MAX_NODES:
        return None
    import sympy

    freezer = _Freezer(unknown)
    frozen = freezer.freeze(expr)
    if frozen is None:
        return None
    x = freezer.x
    try:
        polynomial = sympy.Poly(frozen, x)
    except sympy.PolynomialError:
        return None
    if polynomial.degree() > 1:
        return None
    a, b = polynomial.coeff_monomial(x), polynomial.coeff_monomial(1)
    if a.has(x) or b.has(x):
        return None
    return freezer.thaw(a), freezer.thaw(b)


def linear_coefficient(expr: Expr, unknown: str) -> Expr | None:
    """Return the coefficient of `unknown` in a polynomial of any degree after expansion; None for other functions."""
    if sum(1 for _ in walk(expr)) > MAX_NODES:
        return None
    import sympy

    freezer = _Freezer(unknown)
    frozen = freezer.freeze(expr)
    if frozen is None:
        return None
    try:
        coefficient = sympy.Poly(frozen, freezer.x).coeff_monomial(freezer.x)
    except sympy.PolynomialError:
        return None
    return None if coefficient.has(freezer.x) else freezer.thaw(coefficient)


class _Freezer:
    """Maps expressions to sympy and back; sub-expressions free of the unknown become opaque symbols."""

    def __init__(self, unknown: str) -> None:
        import sympy

        self._sympy = sympy
        self._unknown = unknown
        self.x = sympy.Dummy("x")
        self._symbols: dict[Expr, sympy.Dummy] = {}
        self._meaning: dict[sympy.Dummy, Expr] = {}

    def freeze(self, expr: Expr) -> sympy.Expr | None:
        match expr:
            case Name(id_, _) if id_ == self._unknown:
                return self.x
            case Num(value, _, _) if value == int(value) and abs(value) < 2**53:
                return self._sympy.Integer(int(value))
        if self._unknown not in names(expr):
            return self._opaque(expr)
        match expr:
            case Unary("-", operand, _):
                inner = self.freeze(operand)
                return None if inner is None else -inner
            case Binary("**", base, Num(value, _, _), _) if value == int(value) and 0 <= value <= MAX_POWER:
                inner = self.freeze(base)
                return None if inner is None else inner ** int(value)
            case Binary("+" | "-" | "*" | "/" as op, left, right, _):
                x, y = self.freeze(left), self.freeze(right)
                if x is None or y is None:
                    return None
                match op:
                    case "+":
                        return x + y
                    case "-":
                        return x - y
                    case "*":
                        return x * y
                return x / y
        return None

    def _opaque(self, expr: Expr) -> sympy.Dummy:
        if expr not in self._symbols:
            symbol = self._sympy.Dummy(f"c{len(self._symbols)}")
            self._symbols[expr] = symbol
            self._meaning[symbol] = expr
        return self._symbols[expr]

    def thaw(self, expr: sympy.Expr) -> Expr:
        if expr.is_Symbol:
            return self._meaning[expr]
        if expr.is_Integer or expr.is_Rational:
            value = div(number(float(expr.p)), number(float(expr.q)))
            return value
        parts = sorted(expr.args, key=self._sympy.default_sort_key)
        if expr.is_Add:
            total = self.thaw(parts[0])
            for part in parts[1:]:
                total = add(total, self.thaw(part))
            return total
        if expr.is_Mul:
            product = self.thaw(parts[0])
            for part in parts[1:]:
                product = mul(product, self.thaw(part))
            return product
        base, power = expr.as_base_exp()
        exponent = number(float(abs(int(power))))
        raised = self.thaw(base) if abs(int(power)) == 1 else Binary("**", self.thaw(base), exponent, exponent.span)
        return raised if power > 0 else div(number(1.0), raised)
