"""Syntax-tree expressions to IR expressions: the meaning of every operator, function and built-in name.

A `Scope` is one moment of a program: it knows the current value of every variable, and substitutes subexpressions
at use. Asking it twice for the same expression gives the same (interned) object.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Set

from .algebra import walk
from .errors import InternalError
from .ir import LIBRARY, DrawInfo, Expr
from .model import AssignStatement, Model, Symbol
from .source import Span
from .tree import Binary, Bool, Call, IfElse, Name, Num, Unary
from .tree import Expr as Syntax
from .values import Builder

#: Other spellings of functions of the IR.
ALIASES = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "fabs": "abs",
    "positive": "pos", "negative": "neg", "power": "pow", "where": "ite",
}  # fmt: skip
#: Distributions that users call -> the primitive draw each is made from.
DISTRIBUTIONS = {
    "rand": "uniform", "Uniform": "uniform", "DiscreteUniform": "uniform", "Exponential": "uniform",
    "randn": "normal", "Normal": "normal", "LogNormal": "normal",
    "Poisson": "poisson", "poisson": "poisson", "Gamma": "gamma", "Binomial": "binomial",
}  # fmt: skip
#: Built-in names that are plain numbers.
NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf}
#: White noise in differential equations: equal names are the same noise.
NOISE = re.compile(r"xi(_\w+)?\Z")


def expressions_of(model: Model) -> list[Syntax]:
    """Return every expression of a model."""
    found: list[Syntax | None] = [model.spike, model.refractory.value, model.psp]
    for statement in model.statements:
        found.append(statement.value if isinstance(statement, AssignStatement) else statement.rhs)
    for code in (*model.pre, *model.post):
        found += [s.value for s in code.statements]
    found += [s.value for s in (*model.reset, *model.summed)]
    for event in model.events:
        found += [event.condition, *(s.value for s in event.statements)]
    for symbol in model.symbols:
        found += [symbol.min, symbol.max] + ([symbol.value] if symbol.role in ("subexpression", "reduction") else [])
    return [x for x in found if x is not None]


def random_calls(model: Model) -> list[Call]:
    """Return every call of a distribution in a model."""
    return [e for x in expressions_of(model) for e in walk(x) if isinstance(e, Call) and e.func in DISTRIBUTIONS]


def noise_names(model: Model) -> tuple[str, ...]:
    """Return the names of white noise (``xi``, ``xi_1``) that a model uses, sorted."""
    return tuple(sorted(s.name for s in model.symbols if s.role == "builtin" and NOISE.match(s.name)))


class Draws:
    """Numbers the random calls of a model by their place in the text; then its white noise, by name.

    Uniform numbers are the primitive draw ``packed`` if their number is in `packed`.
    """

    def __init__(self, calls: list[Call], noise: tuple[str, ...] = (), packed: Set[int] = frozenset()) -> None:
        places = sorted({(c.span.part, c.span.start, DISTRIBUTIONS[c.func]) for c in calls})
        self._index = {(part, start): k for k, (part, start, _) in enumerate(places)}
        self._packed = packed
        self.noise = {name: len(places) + k for k, name in enumerate(noise)}
        named = tuple(DrawInfo(k, "normal", name) for name, k in self.noise.items())
        self.infos = tuple(DrawInfo(k, kind, f"{kind}{k}") for k, (_, _, kind) in enumerate(places)) + named

    def occurrence(self, span: Span) -> int:
        """Return the number of the call that starts at a place."""
        return self._index[(span.part, span.start)]

    def primitive(self, call: Call) -> str:
        """Return the primitive draw that a random call is made from."""
        kind = DISTRIBUTIONS[call.func]
        return "packed" if kind == "uniform" and self.occurrence(call.span) in self._packed else kind


class Scope:
    """Values of names at one moment.

    `values` maps names to IR expressions; names of subexpressions are looked up in the model and lowered in this
    scope. `child` gives the next moment, with some values replaced.
    """

    def __init__(self, builder: Builder, model: Model, draws: Draws, values: Mapping[str, Expr]) -> None:
        self.b = builder
        self.model = model
        self.draws = draws
        self.values = dict(values)
        self._symbols = {s.name: s for s in model.symbols}
        self._subexpressions: dict[str, Expr] = {}

    def child(self, values: Mapping[str, Expr], later: Expr | None = None) -> Scope:
        """Return a scope in which the given names have new values; `later`: time (ms) after the start of the step."""
        time = {} if later is None else {"t": self.b.add(self.b.ref("t", "float"), later)}
        return Scope(self.b, self.model, self.draws, {**self.values, **time, **values})

    def lower(self, expr: Syntax) -> Expr:
        """Return the IR of an expression."""
        b = self.b
        match expr:
            case Num(value, integer, _):
                return b.integer(int(value)) if integer and abs(value) < 2**31 else b.number(value)
            case Bool(value, _):
                return b.truth(value)
            case Name(id_, _):
                return self.name(id_)
            case Unary("not", operand, _):
                return b.not_(self.lower(operand))
            case Unary(op, operand, _):
                return b.neg(self.lower(operand)) if op == "-" else self.lower(operand)
            case Binary(op, left, right, _):
                return self._binary(op, self.lower(left), self.lower(right))
            case IfElse(condition, then, otherwise, _):
                return b.select(self.lower(condition), self.lower(then), self.lower(otherwise))
            case Call():
                return self.call(expr)
        raise InternalError(f"no meaning for {expr!r}")

    def name(self, name: str) -> Expr:
        """Return the current value of a name."""
        if name in self.values:
            return self.values[name]
        if name not in self._subexpressions:
            symbol = self._symbols[name]
            if symbol.value is None:
                raise InternalError(f"'{name}' has no value here")
            self._subexpressions[name] = self.b.to(symbol.type, self.lower(symbol.value))
        return self._subexpressions[name]

    def _binary(self, op: str, x: Expr, y: Expr) -> Expr:
        b = self.b
        match op:
            case "+":
                return b.add(x, y)
            case "-":
                return b.sub(x, y)
            case "*":
                return b.mul(x, y)
            case "/":
                return b.div(x, y)
            case "//":
                return b.floordiv(x, y)
            case "%":
                return b.mod(x, y)
            case "**":
                return b.power(x, y)
            case "and" | "or":
                return b.logic(op, x, y)
        return b.compare(op, x, y)

    # -- functions -----------------------------------------------------------------------------------

    def call(self, call: Call) -> Expr:
        """Return the IR of a function call: library, special form, distribution or TimedArray."""
        if call.func in self._symbols:
            held = self.child({"t": self.b.ref("t", "float")})  # a TimedArray keeps its value for a whole step
            return self._table(self._symbols[call.func], tuple(held.lower(a) for a in call.args))
        args = tuple(self.lower(a) for a in call.args)
        for function in self.model.functions:
            if call.func == function.name:
                return self.b.call(function.op, *args)
        if call.func in DISTRIBUTIONS:
            return self._draw(call, args)
        func = ALIASES.get(call.func, call.func)
        special = _SPECIAL.get(func)
        if special is not None:
            return special(self.b, *args)
        if func in LIBRARY or func in ("asin", "acos", "atan", "atan2", "erf"):
            return self.b.call(func, *args)
        raise InternalError(f"no meaning for the function '{call.func}'")

    def _table(self, symbol: Symbol, args: tuple[Expr, ...]) -> Expr:
        table = self.b.ref(symbol.name, "float")
        index = tuple(self.b.to_int(a) for a in args[1:])
        return self.b.op(f"timed{len(args)}", "float", table, self.b.to_float(args[0]), *index)

    def _draw(self, call: Call, args: tuple[Expr, ...]) -> Expr:
        b = self.b
        floats = tuple(b.to_float(a) for a in args)
        kind = self.draws.primitive(call)
        own = floats if kind in ("poisson", "binomial") else floats[:1] if kind == "gamma" else ()
        raw = b.draw(kind, self.draws.occurrence(call.span), own)
        match call.func:
            case "Uniform":
                low, high = floats
                return _shift(b, low, b.mul(b.sub(high, low), raw))
            case "DiscreteUniform":
                low, high = floats
                width = b.add(b.sub(high, low), b.number(1.0))
                return b.op("floor", "float", b.add(low, b.mul(width, raw)))
            case "Normal":
                mu, sigma = floats
                return _shift(b, mu, b.mul(sigma, raw))
            case "LogNormal":
                mu, sigma = floats
                return b.call("exp", _shift(b, mu, b.mul(sigma, raw)))
            case "Exponential":
                return b.div(b.neg(b.call("log1p", b.neg(raw))), floats[0])
            case "Gamma":
                return b.mul(floats[1], raw) if len(floats) > 1 else raw
        return raw


def _shift(b: Builder, offset: Expr, x: Expr) -> Expr:
    return x if offset is b.number(0.0) else b.add(offset, x)


def _sign(b: Builder, x: Expr) -> Expr:
    x = b.to_float(x)
    zero, one = b.number(0.0), b.number(1.0)
    return b.select(b.compare(">", x, zero), one, b.select(b.compare("<", x, zero), b.number(-1.0), x))


def _abs(b: Builder, x: Expr) -> Expr:
    if x.type == "float":
        return b.op("fabs", "float", x)
    x = b.to_int(x)
    return b.select(b.compare("<", x, b.integer(0)), b.neg(x), x)


def _rounded(op: str) -> Callable[[Builder, Expr], Expr]:
    return lambda b, x: x if x.type != "float" else b.op(op, "float", x)


def _pos(b: Builder, x: Expr) -> Expr:
    return b.select(b.compare(">", x, b.integer(0)), x, b.integer(0))


def _neg(b: Builder, x: Expr) -> Expr:
    return b.select(b.compare("<", x, b.integer(0)), x, b.integer(0))


def _heaviside(b: Builder, x: Expr) -> Expr:
    zero = b.number(0.0)
    above = b.select(b.compare(">", x, zero), b.number(1.0), b.number(0.5))
    return b.select(b.compare("<", x, zero), zero, above)


def _modulo(b: Builder, x: Expr, y: Expr) -> Expr:
    """Both truncated to integers; the sign of the dividend, as in C."""
    x, y = b.to_int(x), b.to_int(y)
    rest = b.op("imod", "int", _abs(b, x), _abs(b, y))
    return b.select(b.compare("<", x, b.integer(0)), b.neg(rest), rest)


def _timestep(b: Builder, x: Expr, dt: Expr) -> Expr:
    """Number of whole steps in a time, tolerant of rounding (Brian2's ``timestep``)."""
    dt = b.to_float(dt)
    shifted = b.add(b.to_float(x), b.mul(b.number(1e-3), dt))
    return b.to_int(b.op("floor", "float", b.div(shifted, dt)))


def _clip(b: Builder, x: Expr, low: Expr, high: Expr) -> Expr:
    return b.extreme("min", b.extreme("max", x, low), high)


_SPECIAL: dict[str, Callable[..., Expr]] = {
    "sign": _sign,
    "abs": _abs,
    "floor": _rounded("floor"),
    "ceil": _rounded("ceil"),
    "round": _rounded("round"),
    "sqrt": lambda b, x: b.op("sqrt", "float", b.to_float(x)),
    "int": lambda b, x: b.to_int(x),
    "float": lambda b, x: b.to_float(x),
    "pow": lambda b, x, y: b.power(x, y),
    "ite": lambda b, c, x, y: b.select(c, x, y),
    "min": lambda b, *xs: b.extreme("min", *xs),
    "max": lambda b, *xs: b.extreme("max", *xs),
    "clip": _clip,
    "pos": _pos,
    "neg": _neg,
    "heaviside": _heaviside,
    "modulo": _modulo,
    "timestep": _timestep,
    "isnan": lambda b, x: b.op("isnan", "bool", b.to_float(x)),
    "isfinite": lambda b, x: b.op("isfinite", "bool", b.to_float(x)),
}
