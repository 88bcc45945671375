"""The interpreter against an evaluator written without numpy: plain Python numbers, one element at a time."""

from __future__ import annotations

import math
import struct
from typing import Any

import model_strategies as models
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranvier.compiler import ir
from ranvier.runtime.reference.ops import DTYPES, Environment, Slot, execute

NAMES: dict[str, ir.Type] = {"x": "float", "y": "float", "m": "int", "n": "int", "p": "bool"}
WIDTHS = {"double": 64, "single": 32}


class NoLibrary:
    """Elementary operations must not call any function."""

    def call(self, name: str, *arrays: Any) -> Any:
        raise AssertionError(name)

    def draw(self, kind: str, key: int, c0: Any, c1: Any, step: int, *args: Any, precision: str) -> Any:
        raise AssertionError(kind)

    def propagator(self, a: Any, dt: float) -> Any:
        raise AssertionError


def rounded(x: float, width: int) -> float:
    """Round a double to the width; rounding twice is harmless for + - * / sqrt (53 >= 2 * 24 + 2)."""
    if width == 64:
        return x
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def wrapped(n: int, width: int) -> int:
    return (n + 2 ** (width - 1)) % 2**width - 2 ** (width - 1)


def divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def rounded_to_whole(x: float, how: Any) -> float:
    return x if not math.isfinite(x) else math.copysign(float(how(x)), x)


def truncated(x: float, width: int) -> int:
    if math.isnan(x):
        return 0
    limit = 2 ** (width - 1)
    return max(-limit, min(limit - 1, int(x))) if math.isfinite(x) else (limit - 1 if x > 0 else -limit)


def multiplied(a: float, b: float) -> float:
    try:
        return a * b
    except OverflowError:
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


def scalar(expr: ir.Expr, values: dict[str, Any], width: int) -> Any:
    """Evaluate an expression for one element, by the rules of the module docstring of the IR."""
    match expr:
        case ir.Const(value, type_):
            return rounded(float(value), width) if type_ == "float" else value
        case ir.Ref(name, _):
            return values[name]
        case ir.Op(op, args, type_):
            a = [scalar(arg, values, width) for arg in args]
            result = apply(op, a, width)
            if type_ == "float":
                return rounded(result, width)
            return wrapped(result, width) if type_ == "int" else result
    raise AssertionError(expr)


def apply(op: str, a: list[Any], width: int) -> Any:
    if op in ("ifloordiv", "imod"):
        return 0 if a[1] == 0 else a[0] // a[1] if op == "ifloordiv" else a[0] % a[1]
    if op in ("min", "max"):
        first = a[0] < a[1] if op == "min" else a[0] > a[1]
        return a[0] if first or a[0] != a[0] else a[1]
    if op == "sqrt":
        return math.sqrt(a[0]) if a[0] >= 0 else math.nan
    if op in ("floor", "ceil", "trunc"):
        return rounded_to_whole(a[0], getattr(math, op))
    simple = {
        "neg": lambda: -a[0],
        "add": lambda: a[0] + a[1],
        "sub": lambda: a[0] - a[1],
        "mul": lambda: multiplied(a[0], a[1]),
        "div": lambda: divide(a[0], a[1]),
        "fabs": lambda: abs(a[0]),
        "lt": lambda: a[0] < a[1],
        "le": lambda: a[0] <= a[1],
        "gt": lambda: a[0] > a[1],
        "ge": lambda: a[0] >= a[1],
        "eq": lambda: a[0] == a[1],
        "ne": lambda: a[0] != a[1],
        "and": lambda: a[0] and a[1],
        "or": lambda: a[0] or a[1],
        "not": lambda: not a[0],
        "select": lambda: a[1] if a[0] else a[2],
        "to_float": lambda: float(a[0]),
        "to_int": lambda: truncated(a[0], width) if isinstance(a[0], float) else int(a[0]),
        "to_bool": lambda: a[0] != 0,
        "isnan": lambda: math.isnan(a[0]),
        "isfinite": lambda: math.isfinite(a[0]),
    }
    return simple[op]()


def same(a: Any, b: Any) -> bool:
    if isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return bool(a == b)


def values_of(width: int) -> st.SearchStrategy[dict[str, Any]]:
    integers = st.one_of(st.sampled_from(models.INTEGERS), st.integers(-(2 ** (width - 1)), 2 ** (width - 1) - 1))
    kinds = {"float": models.floats(width), "int": integers, "bool": st.booleans()}
    return st.fixed_dictionaries({name: kinds[type_] for name, type_ in NAMES.items()})


@pytest.mark.parametrize("precision", ["double", "single"])
@settings(max_examples=400)
@given(data=st.data())
def test_elementary_operations_equal_plain_python(precision: str, data: st.DataObject) -> None:
    width = WIDTHS[precision]
    type_ = data.draw(st.sampled_from(("float", "int", "bool")))
    expr = data.draw(models.expressions(NAMES, type_, width))
    elements = data.draw(st.lists(values_of(width), min_size=1, max_size=5))

    stored = {"float": DTYPES[precision]["float"], "int": DTYPES[precision]["int"], "bool": DTYPES[precision]["int"]}
    slots = {
        name: Slot(np.array([e[name] for e in elements]).astype(stored[t]), t) for name, t in NAMES.items()
    }  # fmt: skip
    slots["out"] = Slot(np.zeros(len(elements), stored[type_]), type_)
    before = {name: slot.array.copy() for name, slot in slots.items()}
    execute(ir.Program("update", (ir.Store("out", expr),)), Environment(slots, len(elements), precision, NoLibrary()))

    for k, element in enumerate(elements):
        expected = scalar(expr, element, width)
        got = slots["out"].array[k].item()
        assert same(got, expected), f"{ir.dump_expr(expr)} of {element}: {got!r}, expected {expected!r}"
    for name in NAMES:
        np.testing.assert_array_equal(slots[name].array, before[name])


@pytest.mark.parametrize("precision", ["double", "single"])
@settings(max_examples=150)
@given(data=st.data())
def test_programs_equal_plain_python(precision: str, data: st.DataObject) -> None:
    """Temporaries are seen by what follows, stores by nothing of their own program."""
    width = WIDTHS[precision]
    writable = {"x": "float", "m": "int", "p": "bool"}
    code = data.draw(models.statements(NAMES, writable, width))
    elements = data.draw(st.lists(values_of(width), min_size=1, max_size=4))
    dtypes = DTYPES[precision]
    slots = {
        name: Slot(np.array([e[name] for e in elements]).astype(dtypes["float" if t == "float" else "int"]), t)
        for name, t in NAMES.items()
    }
    execute(ir.Program("update", code), Environment(slots, len(elements), precision, NoLibrary()))
    for k, element in enumerate(elements):
        names, after = dict(element), dict(element)
        for statement in code:
            seen = names if isinstance(statement, ir.Let) else after
            seen[statement.name] = scalar(statement.expr, names, width)
        for name in writable:
            assert same(slots[name].array[k].item(), after[name]), (name, [ir.dump_statement(s) for s in code])
