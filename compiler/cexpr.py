"""IR expressions as C text. Fully bracketed; every literal is printed exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set

from .ir import EXTERNAL, LIBRARY, Const, Draw, Expr, Op, Ref
from .naming import buffer, function, local, pointer
from .options import CompileOptions
from .registered import PREFIX

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "and": "&", "or": "|"}
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_BUILTIN = frozenset({"sqrt", "fabs", "floor", "ceil", "trunc"})
_RANDOM = {
    "uniform": "rv_u01",
    "packed": "rv_packed",
    "normal": "rv_normal",
    "poisson": "rv_poisson",
    "gamma": "rv_gamma",
    "binomial": "rv_binomial",
}


class Printer:
    """Prints expressions in one precision.

    `counter` is the C text of the two Philox counter words of the element; draws whose occurrence is in `buffered`
    are read from their buffer instead, and `known` has the text of some expressions, by identity; `mixed` is the C name
    of a number that is part of every key. `functions` collects the library functions that were printed.
    """

    def __init__(
        self,
        options: CompileOptions,
        counter: tuple[str, str],
        buffered: Set[int] = frozenset(),
        mixed: str = "",
        known: Mapping[int, str] | None = None,
    ) -> None:
        self._suffix = "f" if options.precision == "single" else ""
        self._width = "32" if options.precision == "single" else "64"
        self._counter = counter
        self._buffered = buffered
        self._mixed = mixed
        self._known = known or {}
        self.functions: set[str] = set()

    def text(self, expr: Expr) -> str:
        """Return the C text of an expression."""
        if id(expr) in self._known:
            return self._known[id(expr)]
        match expr:
            case Const(value, type_):
                return self._literal(value, type_)
            case Ref(name, _):
                return local(name)
            case Draw():
                return self._draw(expr)
            case Op():
                return self._op(expr)

    def _literal(self, value: float | int | bool, type_: str) -> str:
        if type_ != "float":
            return f"((rv_i){int(value)})"
        value = float(value)
        if math.isnan(value):
            return '((rv_f)__builtin_nan(""))'
        if math.isinf(value):
            return "((rv_f)__builtin_inf())" if value > 0 else "(-(rv_f)__builtin_inf())"
        body = repr(value)
        return f"((rv_f){body})" if self._suffix or value < 0 or math.copysign(1, value) < 0 else body

    def _function(self, name: str) -> str:
        self.functions.add(name)
        return name

    def _op(self, expr: Op) -> str:
        op = expr.op
        if op in ("timed1", "timed2"):
            table = expr.args[0]
            assert isinstance(table, Ref)
            rest = ", ".join(self.text(a) for a in expr.args[1:])
            return f"((rv_f){self._function('rv_' + op + self._suffix)}({pointer(table.name)}, {rest}))"
        args = [self.text(a) for a in expr.args]
        if op in _INFIX:
            return f"({args[0]} {_INFIX[op]} {args[1]})"
        if op in _COMPARE:
            return f"((rv_i)({args[0]} {_COMPARE[op]} {args[1]}))"
        if op in LIBRARY:
            return f"{self._function(f'rv_{op}{self._suffix}')}({', '.join(args)})"
        if op in EXTERNAL:
            return f"{self._function(f'{op}{self._suffix}')}({', '.join(args)})"
        if op.startswith(PREFIX):
            return f"((rv_f){function(op)}({', '.join(f'(double){a}' for a in args)}))"
        if op in _BUILTIN:
            return f"__builtin_{op}{self._suffix}({args[0]})"
        match op:
            case "neg":
                return f"(-{args[0]})"
            case "not":
                return f"({args[0]} ^ 1)"
            case "select":
                return f"({args[0]} ? {args[1]} : {args[2]})"
            case "min" | "max":
                return f"rv_{'i' if expr.type == 'int' else 'f'}{op}({args[0]}, {args[1]})"
            case "to_float":
                return f"((rv_f){args[0]})"
            case "to_int":
                return (
                    f"{self._function('rv_toint' + self._suffix)}({args[0]})"
                    if expr.args[0].type == "float"
                    else args[0]
                )
            case "to_bool":
                return f"((rv_i)({args[0]} != 0))"
            case "isnan":
                return f"((rv_i)({args[0]} != {args[0]}))"
            case "isfinite":
                return f"((rv_i)(({args[0]} - {args[0]}) == 0))"
        return f"{self._function(f'rv_{op}{self._width}')}({', '.join(args)})"

    def _draw(self, expr: Draw) -> str:
        if expr.occurrence in self._buffered:
            return f"{buffer(expr.occurrence)}[q]"
        name = self._function(_RANDOM[expr.kind] + self._suffix)
        args = "".join(f", {self.text(a)}" for a in expr.args)
        key = f"key[{expr.occurrence}]"
        if self._mixed:
            key = f"{self._function('rv_mix')}({key}, (uint64_t){self._mixed})"
        return f"{name}({key}, {self._counter[0]}, {self._counter[1]}, step{args})"
