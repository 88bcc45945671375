"""Small algebra on syntax-tree expressions that keeps the user's order of operations.

Smart constructors drop only what is exactly neutral (``0 + x``, ``1 * x``); `affine` splits an expression into
``a * x + b`` by its structure, without expanding or reordering anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .source import Span
from .tree import Binary, Bool, Call, Deriv, Expr, IfElse, Name, Num, Unary

_NOWHERE = Span(-1, 0, 0)


def number(value: float, span: Span = _NOWHERE) -> Num:
    """Return a literal."""
    return Num(float(value), False, span)


def is_number(expr: Expr, value: float) -> bool:
    """Tell whether `expr` is the literal `value`."""
    return isinstance(expr, Num) and expr.value == value


def neg(x: Expr) -> Expr:
    """Return ``-x``."""
    if isinstance(x, Num):
        return Num(-x.value if x.value else 0.0, x.integer, x.span)
    if isinstance(x, Unary) and x.op == "-":
        return x.operand
    return Unary("-", x, x.span)


def add(x: Expr, y: Expr) -> Expr:
    """Return ``x + y``."""
    if is_number(x, 0.0):
        return y
    if is_number(y, 0.0):
        return x
    if isinstance(y, Unary) and y.op == "-":
        return Binary("-", x, y.operand, x.span)
    return Binary("+", x, y, x.span)


def sub(x: Expr, y: Expr) -> Expr:
    """Return ``x - y``."""
    if is_number(y, 0.0):
        return x
    if is_number(x, 0.0):
        return neg(y)
    if isinstance(y, Unary) and y.op == "-":
        return Binary("+", x, y.operand, x.span)
    return Binary("-", x, y, x.span)


def mul(x: Expr, y: Expr) -> Expr:
    """Return ``x * y``."""
    if is_number(x, 0.0) or is_number(y, 0.0):
        return number(0.0, x.span)
    for one, other in ((x, y), (y, x)):
        if is_number(one, 1.0):
            return other
        if is_number(one, -1.0):
            return neg(other)
    return Binary("*", x, y, x.span)


def div(x: Expr, y: Expr) -> Expr:
    """Return ``x / y``."""
    if is_number(x, 0.0):
        return x
    if is_number(y, 1.0):
        return x
    if is_number(y, -1.0):
        return neg(x)
    return Binary("/", x, y, x.span)


def operands(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions."""
    match expr:
        case Call():
            return expr.args
        case Unary():
            return (expr.operand,)
        case Binary():
            return (expr.left, expr.right)
        case IfElse():
            return (expr.condition, expr.then, expr.otherwise)
    return ()


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """Return `expr` with other sub-expressions, in the order of `operands`."""
    match expr:
        case Call():
            return Call(expr.func, parts, expr.span, expr.group)
        case Unary():
            return Unary(expr.op, parts[0], expr.span)
        case Binary():
            return Binary(expr.op, parts[0], parts[1], expr.span)
        case IfElse():
            return IfElse(parts[0], parts[1], parts[2], expr.span)
    return expr


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and everything below it, operands first."""
    for part in operands(expr):
        yield from walk(part)
    yield expr


def names(expr: Expr) -> frozenset[str]:
    """Return the names used anywhere in an expression."""
    return frozenset(e.id for e in walk(expr) if isinstance(e, Name))


def substitute(expr: Expr, mapping: Mapping[str, Expr]) -> Expr:
    """Return `expr` with names replaced; what does not change is shared, not copied."""
    if isinstance(expr, Name):
        return mapping.get(expr.id, expr)
    parts = operands(expr)
    new = tuple(substitute(p, mapping) for p in parts)
    return expr if all(a is b for a, b in zip(new, parts, strict=True)) else rebuild(expr, new)


def affine(
    expr: Expr, is_unknown: Callable[[Expr], bool], is_held: Callable[[Expr], bool] | None = None
) -> tuple[Expr, Expr] | None:
    """Split ``expr`` into ``(a, b)`` with ``expr = a * x + b``, a and b free of the unknown x.

    `is_unknown` recognises x (a `Name` or a `Deriv`); `is_held` sub-expressions that count as values, whatever is in
    them. None when the structure does not show that the expression is affine; it may still be, after expansion (see
    `symbolic`).
    """
    if is_unknown(expr):
        return number(1.0, expr.span), number(0.0, expr.span)
    if _is_free(expr, is_unknown, is_held):
        return number(0.0, expr.span), expr
    match expr:
        case Unary("-" | "+" as op, operand, _):
            inner = affine(operand, is_unknown, is_held)
            if inner is None or op == "+":
                return inner
            return neg(inner[0]), neg(inner[1])
        case Binary("+" | "-" as op, left, right, _):
            x, y = affine(left, is_unknown, is_held), affine(right, is_unknown, is_held)
            if x is None or y is None:
                return None
            join = add if op == "+" else sub
            return join(x[0], y[0]), join(x[1], y[1])
        case Binary("*", left, right, _):
            x, y = affine(left, is_unknown, is_held), affine(right, is_unknown, is_held)
            if x is None or y is None:
                return None
            if is_number(x[0], 0.0):
                return mul(left, y[0]), mul(left, y[1])
            if is_number(y[0], 0.0):
                return mul(x[0], right), mul(x[1], right)
            return None
        case Binary("/", left, right, _):
            x, y = affine(left, is_unknown, is_held), affine(right, is_unknown, is_held)
            if x is None or y is None or not is_number(y[0], 0.0):
                return None
            return div(x[0], right), div(x[1], right)
        case IfElse(condition, then, otherwise, span):
            c = affine(condition, is_unknown, is_held)
            x, y = affine(then, is_unknown, is_held), affine(otherwise, is_unknown, is_held)
            if c is None or x is None or y is None or not is_number(c[0], 0.0):
                return None
            return IfElse(condition, x[0], y[0], span), IfElse(condition, x[1], y[1], span)
    return None


def _is_free(expr: Expr, is_unknown: Callable[[Expr], bool], is_held: Callable[[Expr], bool] | None) -> bool:
    if is_held is not None and is_held(expr):
        return True
    return not is_unknown(expr) and all(_is_free(e, is_unknown, is_held) for e in operands(expr))


def linear_share(expr: Expr, is_unknown: Callable[[Expr], bool]) -> Expr:
    """Return the coefficient of x in the terms of ``expr`` that are linear in the unknown x; other terms count as 0."""
    found = affine(expr, is_unknown)
    if found is not None:
        return found[0]
    match expr:
        case Unary("-" | "+" as op, operand, _):
            share = linear_share(operand, is_unknown)
            return neg(share) if op == "-" else share
        case Binary("+" | "-" as op, left, right, _):
            return (add if op == "+" else sub)(linear_share(left, is_unknown), linear_share(right, is_unknown))
        case Binary("*", left, right, _):
            for factor, other in ((left, right), (right, left)):
                if not any(is_unknown(e) for e in walk(factor)):
                    return mul(factor, linear_share(other, is_unknown))
        case Binary("/", left, right, _) if not any(is_unknown(e) for e in walk(right)):
            return div(linear_share(left, is_unknown), right)
    return number(0.0, expr.span)


def text(expr: Expr) -> str:
    """Return an expression as the user would write it, with the brackets it needs."""
    return _text(expr, 0)


_LEVEL = {"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "+": 5, "-": 5,
          "*": 6, "/": 6, "//": 6, "%": 6, "**": 8}  # fmt: skip


def _text(expr: Expr, level: int) -> str:
    match expr:
        case Num(value, integer, _):
            return str(int(value)) if integer else f"{value:g}" if float(f"{value:g}") == value else repr(value)
        case Bool(value, _):
            return str(value)
        case Name(id_, _):
            return id_
        case Deriv(name, _):
            return f"d{name}/dt"
        case Call(func, args, _, group):
            inside = ", ".join(_text(a, 0) for a in args)
            return f"{group + '.' if group else ''}{func}({inside})"
        case Unary(op, operand, _):
            own = 3 if op == "not" else 7
            body = ("not " if op == "not" else op) + _text(operand, own)
            return f"({body})" if own < level else body
        case Binary(op, left, right, _):
            own = _LEVEL[op]
            lhs = _text(left, own + 1 if op == "**" or own == _LEVEL["=="] else own)
            rhs = _text(right, own if op == "**" else own + 1)
            body = f"{lhs}{op}{rhs}" if op in ("*", "/", "**") else f"{lhs} {op} {rhs}"
            return f"({body})" if own < level else body
        case IfElse(condition, then, otherwise, _):
            body = f"{_text(then, 1)} if {_text(condition, 1)} else {_text(otherwise, 0)}"
            return f"({body})" if level > 0 else body
    return getattr(expr, "name", "?")
