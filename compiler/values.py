"""Building IR expressions: types, constant folding and sharing in one place.

A `Builder` interns every expression, so equal sub-expressions are one object (value numbering), and applies the
few rewrites that all back ends then share:

* arithmetic on literals is done here, in double precision;
* a division by something that is constant during a run is a multiplication by its reciprocal, computed once;
* ``exp(z) - 1`` is `expm1`, and ``u/(exp(u) - 1)`` has its limit where u is 0;
* integer powers are multiplied out.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .ir import Const, Draw, Expr, Op, Ref
from .model import Type


@dataclass(frozen=True, eq=False)
class Loop:
    """An iteration in the making, see `ir.Repeat`: `inside` are the values carried, as its expressions name them."""

    limit: int
    inside: tuple[Expr, ...]
    initial: tuple[Expr, ...]
    next: tuple[Expr, ...]
    until: Expr

    @property
    def expressions(self) -> tuple[Expr, ...]:
        return (*self.initial, *self.next, self.until)


@dataclass(frozen=True, eq=False, slots=True)
class Result(Ref):
    """A value that an iteration leaves."""

    loop: Loop


_FOLD: dict[str, Callable[[float, float], float]] = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
_COMPARE = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
MAX_POWER = 64


class Builder:
    """Makes IR expressions. `constant_refs` are the names whose value is fixed during a run."""

    def __init__(self, constant_refs: Iterable[str] = ()) -> None:
        self._nodes: dict[object, Expr] = {}
        self._invariant: dict[int, bool] = {}
        self._constant = set(constant_refs)
        self._carried = 0

    # -- leaves --------------------------------------------------------------------------------------

    def intern(self, node: Expr) -> Expr:
        """Return the one object that stands for `node` (whose operands are interned already)."""
        key: object
        match node:
            case Op(op, args, type_):
                key = (op, type_, *map(id, args))
            case Draw(kind, occurrence, args, _):
                key = ("draw", kind, occurrence, *map(id, args))
            case Const(value, type_):
                key = ("const", type_, value.hex() if isinstance(value, float) else value)
            case Result(name, _, loop):
                key = ("result", name, id(loop))
            case Ref(name, type_):
                key = ("ref", name, type_)
        known = self._nodes.get(key)
        if known is None:
            known = self._nodes[key] = node
            self._invariant[id(node)] = self._is_invariant(node)
        return known

    def _is_invariant(self, node: Expr) -> bool:
        match node:
            case Const():
                return True
            case Ref(name, _):
                return name in self._constant
            case Op(_, args, _):
                return all(self._invariant[id(a)] for a in args)
        return False

    def invariant(self, node: Expr) -> bool:
        """Tell whether an interned expression depends on nothing but values fixed during a run."""
        return self._invariant[id(node)]

    def number(self, value: float) -> Expr:
        """Return a float literal."""
        return self.intern(Const(float(value), "float"))

    def integer(self, value: int) -> Expr:
        """Return an int literal."""
        return self.intern(Const(int(value), "int"))

    def truth(self, value: bool) -> Expr:
        """Return a bool literal."""
        return self.intern(Const(bool(value), "bool"))

    def ref(self, name: str, type_: Type) -> Expr:
        """Return a reference to a name."""
        return self.intern(Ref(name, type_))

    def draw(self, kind: str, occurrence: int, args: tuple[Expr, ...]) -> Expr:
        """Return a random draw."""
        return self.intern(Draw(kind, occurrence, args, "float"))

    def op(self, op: str, type_: Type, *args: Expr) -> Expr:
        """Return an operation, as it is."""
        return self.intern(Op(op, args, type_))

    def repeat(
        self,
        limit: int,
        initial: Sequence[Expr],
        body: Callable[[tuple[Expr, ...]], tuple[Sequence[Expr], Expr]],
    ) -> tuple[Expr, ...]:
        """Return what is left of values after at most `limit` rounds.

        `body` gets the values carried into a round, and returns those carried out of it and the condition to stop.
        """
        first = self._carried
        self._carried += len(initial)
        inside = tuple(self.ref(f"%c{first + k}", x.type) for k, x in enumerate(initial))
        after, until = body(inside)
        loop = Loop(limit, inside, tuple(initial), tuple(after), until)
        return tuple(self.intern(Result(f"%r{first + k}", x.type, loop)) for k, x in enumerate(initial))

    # -- conversions ---------------------------------------------------------------------------------

    def to_float(self, x: Expr) -> Expr:
        """Convert to float; bools count as 0 and 1."""
        match x:
            case Const(value, _):
                return self.number(float(value))
        return x if x.type == "float" else self.op("to_float", "float", x)

    def to_int(self, x: Expr) -> Expr:
        """Convert to int, toward zero."""
        match x:
            case Const(value, _) if isinstance(value, (bool, int)) or (math.isfinite(value) and abs(value) < 2**31):
                return self.integer(int(value))
        return x if x.type == "int" else self.op("to_int", "int", x)

    def to_bool(self, x: Expr) -> Expr:
        """Tell whether a value is not zero."""
        match x:
            case Const(value, _):
                return self.truth(bool(value))
        return x if x.type == "bool" else self.op("to_bool", "bool", x)

    def to(self, type_: Type, x: Expr) -> Expr:
        """Convert to a type."""
        return {"float": self.to_float, "int": self.to_int, "bool": self.to_bool}[type_](x)

    def _join(self, x: Expr, y: Expr) -> tuple[Expr, Expr, Type]:
        if "float" in (x.type, y.type):
            return self.to_float(x), self.to_float(y), "float"
        return self.to_int(x), self.to_int(y), "int"

    # -- arithmetic ----------------------------------------------------------------------------------

    def neg(self, x: Expr) -> Expr:
        """Return ``-x``."""
        if isinstance(x, Const) and x.type != "bool":
            return self.number(-x.value) if x.type == "float" else self.integer(-int(x.value))
        if isinstance(x, Op) and x.op == "neg":
            return x.args[0]
        x = self.to_int(x) if x.type == "bool" else x
        return self.op("neg", x.type, x)

    def _arithmetic(self, op: str, x: Expr, y: Expr) -> Expr:
        x, y, type_ = self._join(x, y)
        if isinstance(x, Const) and isinstance(y, Const):
            value = _FOLD[op](x.value, y.value)
            if type_ == "float":
                return self.number(value)
            if abs(value) < 2**31:
                return self.integer(int(value))
        return self.op(op, type_, x, y)

    def add(self, x: Expr, y: Expr) -> Expr:
        """Return ``x + y``."""
        for one, other in ((x, y), (y, x)):
            if isinstance(one, Op) and one.op == "exp" and isinstance(other, Const) and other.value == -1:
                return self.call("expm1", one.args[0])
        return self._arithmetic("add", x, y)

    def sub(self, x: Expr, y: Expr) -> Expr:
        """Return ``x - y``; ``exp(z) - 1`` is `expm1`, which keeps its digits near 0."""
        if isinstance(x, Op) and x.op == "exp" and isinstance(y, Const) and y.value == 1:
            return self.call("expm1", x.args[0])
        if isinstance(y, Op) and y.op == "exp" and isinstance(x, Const) and x.value == 1:
            return self.neg(self.call("expm1", y.args[0]))
        return self._arithmetic("sub", x, y)

    def mul(self, x: Expr, y: Expr) -> Expr:
        """Return ``x * y``."""
        one = self.number(1.0)
        x, y, type_ = self._join(x, y)
        if type_ == "float" and (x is one or y is one):
            return y if x is one else x
        return self._arithmetic("mul", x, y)

    def div(self, x: Expr, y: Expr) -> Expr:
        """Return ``x / y``; by a reciprocal where y is fixed during a run and x is not."""
        x, y = self.to_float(x), self.to_float(y)
        if isinstance(x, Const) and isinstance(y, Const) and y.value != 0:
            return self.number(float(x.value) / float(y.value))
        if isinstance(y, Const) and y.value == 1.0:
            return x
        safe = self._without_hole(x, y)
        if safe is not None:
            return safe
        one = self.number(1.0)
        if self.invariant(y) and not self.invariant(x) and not (isinstance(y, Const) and y.value == 0):
            return self.mul(x, self.div(one, y))
        return self.op("div", "float", x, y)

    def _without_hole(self, x: Expr, y: Expr) -> Expr | None:
        """Return ``x / y`` without its removable singularity, for ``c*u / (d*(exp(k*u) - 1))``: the value at u = 0 is
        c/(d*k), and the quotient is ``c/(d*k) / exprel(k*u)``. None when x and y are not of this form.
        """
        scale, root = self._scaled(y)
        if not (isinstance(root, Op) and root.op == "expm1"):
            return None
        slope, inner = self._scaled(root.args[0])
        factors = self._factors(x)
        for k, factor in enumerate(factors):
            share, core = self._scaled(factor)
            if core is inner and not isinstance(core, Const):
                rest = self.div(share, self.mul(scale, slope))
                for other in (*factors[:k], *factors[k + 1 :]):
                    rest = self.mul(other, rest)
                return self.op("div", "float", rest, self.call("exprel", root.args[0]))
        return None

    def _factors(self, x: Expr) -> tuple[Expr, ...]:
        if isinstance(x, Op) and x.op == "mul":
            return (*self._factors(x.args[0]), *self._factors(x.args[1]))
        return (x,)

    def _scaled(self, x: Expr) -> tuple[Expr, Expr]:
        """Return (c, core) with ``x = c * core`` and c fixed during a run."""
        if isinstance(x, Op) and x.op == "neg":
            scale, core = self._scaled(x.args[0])
            return self.neg(scale), core
        if isinstance(x, Op) and x.op == "mul":
            for one, other in ((x.args[0], x.args[1]), (x.args[1], x.args[0])):
                if isinstance(one, Const) or (self.invariant(one) and not self.invariant(x)):
                    scale, core = self._scaled(other)
                    return self.mul(one, scale), core
        return self.number(1.0), x

    def power(self, x: Expr, y: Expr) -> Expr:
        """Return ``x ** y``; multiplied out for a literal whole exponent."""
        exponent = y.value if isinstance(y, Const) else None
        if exponent is not None and float(exponent).is_integer() and abs(exponent) <= MAX_POWER:
            return self._integer_power(x, int(exponent))
        if exponent == 0.5:
            return self.op("sqrt", "float", self.to_float(x))
        return self.op("pow", "float", self.to_float(x), self.to_float(y))

    def _integer_power(self, x: Expr, n: int) -> Expr:
        if n < 0:
            return self.div(self.number(1.0), self.to_float(self._integer_power(x, -n)))
        if n == 0:
            return self.number(1.0) if x.type == "float" else self.integer(1)
        if n == 1:
            return x
        half = self._integer_power(x, n // 2)
        square = self.mul(half, half)
        return self.mul(square, x) if n % 2 else square

    def floordiv(self, x: Expr, y: Expr) -> Expr:
        """Return ``x // y``."""
        x, y, type_ = self._join(x, y)
        if type_ == "int":
            return self.op("ifloordiv", "int", x, y)
        return self.op("floor", "float", self.op("div", "float", x, y))

    def mod(self, x: Expr, y: Expr) -> Expr:
        """Remainder with the sign of the divisor."""
        x, y, type_ = self._join(x, y)
        if type_ == "int":
            return self.op("imod", "int", x, y)
        rest = self.op("fmod", "float", x, y)
        zero = self.number(0.0)
        differs = self.logic("and", self.compare("!=", rest, zero),
                             self.compare("!=", self.compare("<", rest, zero), self.compare("<", y, zero)))  # fmt: skip
        return self.select(differs, self.add(rest, y), rest)

    # -- logic ---------------------------------------------------------------------------------------

    def compare(self, op: str, x: Expr, y: Expr) -> Expr:
        """Return a comparison, ``op`` as in the language."""
        x, y, _ = self._join(x, y)
        return self.op(_COMPARE[op], "bool", x, y)

    def logic(self, op: str, x: Expr, y: Expr) -> Expr:
        """Return ``x and y`` or ``x or y``."""
        x, y = self.to_bool(x), self.to_bool(y)
        for one, other in ((x, y), (y, x)):
            if isinstance(one, Const):
                neutral = bool(one.value) == (op == "and")
                return other if neutral else one
        return self.op(op, "bool", x, y)

    def not_(self, x: Expr) -> Expr:
        """Return ``not x``."""
        x = self.to_bool(x)
        return self.truth(not x.value) if isinstance(x, Const) else self.op("not", "bool", x)

    def select(self, condition: Expr, then: Expr, otherwise: Expr) -> Expr:
        """Return `then` where the condition holds, else `otherwise`."""
        condition = self.to_bool(condition)
        type_: Type
        if then.type == otherwise.type:
            type_ = then.type
        else:
            then, otherwise, type_ = self._join(then, otherwise)
        if isinstance(condition, Const):
            return then if condition.value else otherwise
        return then if then is otherwise else self.op("select", type_, condition, then, otherwise)

    def extreme(self, op: str, *values: Expr) -> Expr:
        """Min or max of two or more values, from left to right."""
        result = values[0]
        for value in values[1:]:
            x, y, type_ = self._join(result, value)
            result = self.op(op, type_, x, y)
        return result

    def call(self, op: str, *args: Expr) -> Expr:
        """A function of floats."""
        return self.op(op, "float", *(self.to_float(a) for a in args))
