"""The operations of the IR in numpy, and the execution of one program over the elements of a group.

This is the oracle of every kernel, so it is written to be read: one numpy call per node, in the order of the program,
no fusion and no cleverness. Elementary operations are numpy's (exactly rounded); every function that is not, and every
random draw, is the engine's own code (`MathLibrary`), never numpy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import ir

Array: TypeAlias = NDArray[Any]
Precision: TypeAlias = Literal["double", "single"]

#: precision -> type of the IR -> dtype of a value of that type while it is computed with.
DTYPES: dict[str, dict[str, np.dtype[Any]]] = {
    "double": {"float": np.dtype(np.float64), "int": np.dtype(np.int64), "bool": np.dtype(np.bool_)},
    "single": {"float": np.dtype(np.float32), "int": np.dtype(np.int32), "bool": np.dtype(np.bool_)},
}


class MathLibrary(Protocol):
    """Functions and draws of the engine, over arrays (`ranvier.runtime._mathlib`)."""

    def call(self, name: str, *arrays: Array) -> Array:
        """Return function `name` of `ir.LIBRARY`, `ir.EXTERNAL` or `ir.TABLES`, element by element."""

    def draw(self, kind: str, key: int, c0: Array, c1: Array, step: int, *args: Array, precision: str) -> Array:
        """Return the draw of `ir.DRAWS` for each pair of counters."""

    def propagator(self, a: Array, dt: float) -> tuple[Array, Array]:
        """Return exp(dt A) and the integral of exp(s A) from 0 to dt, for A of shape (..., n, n)."""


def _minimum(a: Array, b: Array) -> Array:
    return np.where((b <= a) | (b != b), b, a)


def _maximum(a: Array, b: Array) -> Array:
    return np.where((b >= a) | (b != b), b, a)


def _ifloordiv(a: Array, b: Array) -> Array:
    special = (b == 0) | (b == -1)  # by -1 the quotient of the least integer wraps around: negation does just that
    quotient = np.floor_divide(a, np.where(special, 1, b).astype(b.dtype))
    wrapped = np.where(b == -1, np.negative(a), quotient)
    return np.where(b == 0, np.zeros_like(wrapped), wrapped)


def _imod(a: Array, b: Array) -> Array:
    special = (b == 0) | (b == -1)
    remainder: Array = np.mod(a, np.where(special, 1, b).astype(b.dtype))
    return np.where(special, np.zeros_like(remainder), remainder)


def to_int(a: Array, dtype: np.dtype[Any]) -> Array:
    """Convert to integers of `dtype`: truncated toward zero, NaN is 0, out of range is the nearest limit."""
    if a.dtype.kind != "f":
        return a.astype(dtype)
    limits = np.iinfo(dtype)
    beyond = np.array(2.0 ** (limits.bits - 1), a.dtype)  # exact in either precision; limits.max is not
    high, low = a >= beyond, a < -beyond
    inside = np.where(high | low | np.isnan(a), np.zeros_like(a), a).astype(dtype)
    return np.where(high, np.array(limits.max, dtype), np.where(low, np.array(limits.min, dtype), inside))


def _select(condition: Array, a: Array, b: Array) -> Array:
    return np.where(condition, a, b)


#: Operations whose operands have the type of the result.
_SAME_TYPE: dict[str, Callable[..., Array]] = {
    "neg": np.negative, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.true_divide,
    "sqrt": np.sqrt, "fabs": np.absolute, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "min": _minimum, "max": _maximum, "ifloordiv": _ifloordiv, "imod": _imod,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip
#: Operations whose operands may have another type than the result.
_MIXED: dict[str, Callable[..., Array]] = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    "isnan": np.isnan, "isfinite": np.isfinite, "select": _select,
}  # fmt: skip


def elementary(op: str, args: tuple[Array, ...], type_: str, precision: str) -> Array:
    """Apply an operation of `ir.ELEMENTARY` to arrays; `type_` is the type of the result.

    Parameters
    ----------
    op : str
        Name of the operation.
    args : tuple of ndarray
        Operands: float and int arrays of the precision, or bool arrays.
    type_ : {"float", "int", "bool"}
        Type of the result.
    precision : {"double", "single"}
        Width of the types.

    Returns
    -------
    ndarray
        Of the dtype of `type_`.
    """
    dtype = DTYPES[precision][type_]
    if op == "to_int":
        return to_int(args[0], dtype)
    if op == "to_float":
        return args[0].astype(dtype)
    if op == "to_bool":
        return np.not_equal(args[0], 0)
    if op in _SAME_TYPE:
        return np.asarray(_SAME_TYPE[op](*(a.astype(dtype, copy=False) for a in args))).astype(dtype, copy=False)
    return np.asarray(_MIXED[op](*args)).astype(dtype, copy=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the elements of a layout entry are: ``array[index]``, or one value for all (`shared`).

    A bool entry is stored in the integer width; a shared array holds copies of its one value.
    """

    array: Array
    type: str
    index: Array | slice = field(default_factory=lambda: slice(None))
    shared: bool = False

    def load(self) -> Array:
        """Return the current values (one, when shared)."""
        values: Array = self.array[:1] if self.shared else self.array[self.index]
        return values != 0 if self.type == "bool" else values

    def store(self, value: Array) -> None:
        """Write values; a shared entry takes the first one."""
        if self.shared:
            self.array[...] = value.reshape(-1)[0]
        else:
            self.array[self.index] = value

    def accumulate(self, sign: int, value: Array, count: int) -> None:
        """Add (or subtract) one value after another, in the order of the elements."""
        add = np.add if sign > 0 else np.subtract
        index = self.index if not self.shared else np.zeros(count, np.intp)
        if isinstance(index, slice):
            index = np.arange(self.array.size)[index]
        add.at(self.array, index, np.broadcast_to(value, index.shape).astype(self.array.dtype, copy=False))


@dataclass(slots=True)
class Environment:
    """What a program sees: layout entries by name, scalars of the step, and the identity of each element.

    Attributes
    ----------
    slots : mapping of str to Slot
        The layout entries.
    count : int
        Number of elements.
    precision : {"double", "single"}
        Width of all types.
    library : MathLibrary
        Functions and draws.
    step : int
        The current step; ``t`` is ``step * dt``.
    dt : float
        Step width, ms.
    keys : ndarray of uint64
        Philox key of each draw.
    c0, c1 : ndarray
        Counters of the draws: element and 0 (neurons), or presynaptic and postsynaptic rank (events).
    n : int
        Size of the group, ``N``.
    multapse : ndarray, optional
        Number of each synapse among those of its pair.
    """

    slots: Mapping[str, Slot]
    count: int
    precision: str
    library: MathLibrary
    step: int = 0
    dt: float = 0.1
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    c0: Array = field(default_factory=lambda: np.zeros(0, np.uint32))
    c1: Array = field(default_factory=lambda: np.zeros(0, np.uint32))
    n: int = 0
    multapse: Array | None = None

    def draw(self, kind: str, occurrence: int, args: tuple[Array, ...]) -> Array:
        """Return a random number for each element; synapses of one pair have keys of their own."""
        key, numbers = int(self.keys[occurrence]), self.multapse
        if numbers is None or not numbers.any():
            return self.library.draw(kind, key, self.c0, self.c1, self.step, *args, precision=self.precision)
        result = np.zeros(self.count, DTYPES[self.precision]["float"])
        for m in np.unique(numbers).tolist():
            at = numbers == m
            some = tuple(np.ascontiguousarray(a[at]) for a in args)
            result[at] = self.library.draw(
                kind, mixed(key, m), self.c0[at], self.c1[at], self.step, *some, precision=self.precision
            )
        return result

    def load(self, name: str) -> Array:
        """Return the values of a layout entry or of a scalar of the step."""
        slot = self.slots.get(name)
        if slot is not None:
            return slot.load()
        types = DTYPES[self.precision]
        match name:
            case "t":
                return np.array([float(self.step) * self.dt]).astype(types["float"])
            case "dt":
                return np.array([self.dt]).astype(types["float"])
            case "@step":
                return np.array([self.step]).astype(types["int"])
            case "@N":
                return np.array([self.n]).astype(types["int"])
            case "@i":
                return self.c0.astype(types["int"])
            case "@j":
                return self.c1.astype(types["int"])
        raise KeyError(f"the program uses {name!r}, which is neither in its layout nor a scalar of the step")


def evaluate(expr: ir.Expr, environment: Environment, temporaries: Mapping[str, Array]) -> Array:
    """Return the values of an expression over the elements (or a single one, if it is the same for all)."""
    types = DTYPES[environment.precision]
    match expr:
        case ir.Const(value, type_):
            return np.array([value]).astype(types[type_])
        case ir.Ref(name, _):
            return temporaries[name] if name in temporaries else environment.load(name)
        case ir.Draw(kind, occurrence, arguments, type_):
            args = tuple(_full(evaluate(a, environment, temporaries), environment.count) for a in arguments)
            drawn = environment.draw(kind, occurrence, args)
            return np.asarray(drawn).astype(types[type_], copy=False)
        case ir.Op(op, arguments, type_):
            args = tuple(evaluate(a, environment, temporaries) for a in arguments)
            if op in ir.ELEMENTARY:
                return elementary(op, args, type_, environment.precision)
            if op in ir.TABLES:
                args = (args[0], *np.broadcast_arrays(*args[1:]))
            else:
                args = tuple(np.broadcast_arrays(*(a.astype(types[type_], copy=False) for a in args)))
            result = environment.library.call(op, *(np.ascontiguousarray(a) for a in args))
            return np.asarray(result).astype(types[type_], copy=False)


#: Reduction -> its operation, and what changes no result.
_REDUCTIONS: dict[str, tuple[Callable[..., Array], float]] = {
    "sum": (np.add, -0.0), "min": (_minimum, np.inf), "max": (_maximum, -np.inf),
}  # fmt: skip


def reduced(op: str, values: Array) -> Array:
    """Return the sum, least or greatest of values (an array of one), combined in the order that `ir` prescribes."""
    combine, neutral = _REDUCTIONS[op]
    blocks = -(-values.size // ir.REDUCE_BLOCK)
    whole = np.full(blocks * ir.REDUCE_BLOCK, neutral, values.dtype)
    whole[: values.size] = values
    rows = whole.reshape(blocks, -1, ir.REDUCE_LANES)
    lanes = rows[:, 0]
    for k in range(1, rows.shape[1]):
        lanes = combine(lanes, rows[:, k])
    while lanes.shape[1] > 1:
        half = lanes.shape[1] // 2
        lanes = combine(lanes[:, :half], lanes[:, half:])
    parts = lanes[:, 0]
    while parts.size > 1:
        pairs = combine(parts[0:-1:2], parts[1::2])
        parts = np.append(pairs, parts[-1:]) if parts.size % 2 else pairs
    return parts


def _full(values: Array, count: int) -> Array:
    return np.ascontiguousarray(np.broadcast_to(values, (count,)))


def iterate(repeat: ir.Repeat, environment: Environment, temporaries: dict[str, Array]) -> None:
    """Add the results of an iteration to the temporaries; elements that have finished keep their values."""
    values = {c.name: _full(evaluate(c.initial, environment, temporaries), environment.count) for c in repeat.carried}
    running = np.ones(environment.count, np.bool_)
    for _ in range(repeat.limit):
        inside = {**temporaries, **values}
        for let in repeat.body:
            inside[let.name] = evaluate(let.expr, environment, inside)
        new = {c.name: evaluate(c.next, environment, inside) for c in repeat.carried}
        done = evaluate(repeat.until, environment, inside)
        values = {name: np.where(running, new[name], value) for name, value in values.items()}
        running = running & ~done
        if not running.any():
            break
    temporaries.update({c.result: values[c.name] for c in repeat.carried})


_WORD = 2**64 - 1


def mixed(key: int, m: int) -> int:
    """Return the key of sub-draw `m` (``rv_mix`` of templates/rv_random.h)."""
    z = m * 0x9E3779B97F4A7C15 & _WORD
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _WORD
    return key ^ z ^ (z >> 31)


def values_of(program: ir.Program, environment: Environment) -> dict[str, Array]:
    """Return what a program would write, by name, and write nothing."""
    temporaries: dict[str, Array] = {}
    found: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for statement in program.statements:
            if isinstance(statement, ir.Repeat):
                iterate(statement, environment, temporaries)
                continue
            value = evaluate(statement.expr, environment, temporaries)
            (temporaries if isinstance(statement, ir.Let) else found)[statement.name] = value
    return found


def execute(program: ir.Program, environment: Environment) -> None:
    """Execute a program for all elements at once: compute every value, then write the arrays, in place.

    Parameters
    ----------
    program : ir.Program
        What happens to one element.
    environment : Environment
        The elements. Where one element may read what another one writes, the caller passes one element at a time.
    """
    temporaries: dict[str, Array] = {}
    effects: list[tuple[ir.Store | ir.Accumulate | ir.Reduce, Array]] = []
    with np.errstate(all="ignore"):
        for statement in program.statements:
            if isinstance(statement, ir.Repeat):
                iterate(statement, environment, temporaries)
                continue
            value = evaluate(statement.expr, environment, temporaries)
            if isinstance(statement, ir.Let):
                temporaries[statement.name] = value
            else:
                effects.append((statement, value.copy()))  # it may be a view of what another effect overwrites
        for effect, value in effects:
            slot = environment.slots[effect.name]
            if isinstance(effect, ir.Store):
                slot.store(value)
            elif isinstance(effect, ir.Reduce):
                slot.store(reduced(effect.op, _full(value, environment.count)))
            else:
                slot.accumulate(effect.sign, value, environment.count)
