"""The intermediate representation: typed straight-line programs over the elements of a group.

The whole grammar is on this page. A *program* says what happens to **one element** (a neuron, a synapse event);
loops over elements belong to the templates (C) and to numpy (the reference interpreter), so both print or
execute the same nodes. Conditions are `select`s; the one statement of control is `Repeat`. Every expression carries
its type.

Expressions        Const(value, type) | Ref(symbol, type) | Op(op, args, type) | Draw(...)
Statements         Let(name, expr)            a temporary, assigned once
                   Repeat(limit, carried, body, until)   temporaries found by bounded iteration
                   Store(symbol, expr)        write an element of an array
                   Accumulate(symbol, sign, expr)   add to (+1) or subtract from (-1) the subtotal of a target
                   Reduce(symbol, op, expr)   sum, min or max over all elements, into a value of the step
Types              "float" (double or single), "int", "bool": int and bool have the width of the float type

Semantics that every executor must keep to the bit:
* `Store` and `Accumulate` come last in a program and act after all values are computed from what the arrays
  held before: no expression sees an effect of its own program;
* operations are rounded one by one in the given type; there is no reassociation and no contraction;
* `Repeat`: each element goes through its own number of rounds, at least one and at most `limit`. A round computes
  `body`, then every `next` and `until`, all from the values carried into it; then the carried values become the `next`
  ones, and the element has finished if `until` held. `result` is the value carried out of the last round;
* `Reduce` combines blocks of `REDUCE_BLOCK` elements: lane l takes elements l, l + `REDUCE_LANES`, ... of the block one
  by one, then the upper half of the lanes is combined with the lower until one is left; neighbouring blocks are
  combined in pairs, then neighbouring pairs, and so on, an odd one out waiting for the next round; what lies beyond
  the last element changes nothing;
* `select(c, a, b)` evaluates both sides; `and`, `or`, `not` work on bools;
* min(a, b) is ``a if (a < b or a != a) else b``; max likewise with ``>``: NaN is passed on;
* `int` conversion truncates toward zero; NaN gives 0 and values out of range the nearest limit;
* `ifloordiv` and `imod` of ints give 0 for a zero divisor; int arithmetic wraps around;
* bools become numbers as 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .model import Type
from .registered import Registered

#: op -> number of arguments. Elementary operations that are exactly rounded (or exact) everywhere.
ELEMENTARY = {
    "neg": 1, "add": 2, "sub": 2, "mul": 2, "div": 2, "sqrt": 1, "fabs": 1, "floor": 1, "ceil": 1, "trunc": 1,
    "min": 2, "max": 2, "lt": 2, "le": 2, "gt": 2, "ge": 2, "eq": 2, "ne": 2, "and": 2, "or": 2, "not": 1,
    "select": 3, "ifloordiv": 2, "imod": 2, "to_float": 1, "to_int": 1, "to_bool": 1, "isnan": 1, "isfinite": 1,
}  # fmt: skip
#: Functions of our own library (templates/rv_math.h): the same code in every form, at most 2 ulp, vectorisable.
LIBRARY = {
    "exp": 1, "expm1": 1, "exprel": 1, "log": 1, "log1p": 1, "log10": 1, "log2": 1, "pow": 2,
    "sin": 1, "cos": 1, "tan": 1, "sinh": 1, "cosh": 1, "tanh": 1,
}  # fmt: skip
#: Functions of the C library, called one element at a time in every form.
EXTERNAL = {"asin": 1, "acos": 1, "atan": 1, "atan2": 2, "erf": 1, "fmod": 2, "round": 1}
#: Functions of our own that work on arrays of the run: ``timed1(table, t)`` and ``timed2(table, t, i)``.
TABLES = {"timed1": 2, "timed2": 3}
ARITY = {**ELEMENTARY, **LIBRARY, **EXTERNAL, **TABLES}

#: Primitive draws -> number of arguments; other distributions are arithmetic on these.
#: ``uniform`` is in [0, 1) with 53 (24) bits, ``normal`` is standard normal; ``packed`` is uniform as well, made for
#: 64 elements at once at half the price or less (docs/adr/0016), and dearer than ``uniform`` for a single one.
DRAWS = {"uniform": 0, "packed": 0, "normal": 0, "poisson": 1, "gamma": 1, "binomial": 2}


@dataclass(frozen=True, slots=True)
class Const:
    """A literal: float, int or bool."""

    value: float | int | bool
    type: Type


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of a layout entry, of a `Let`, or of a scalar of the step.

    Names that no user can write: ``%0`` a `Let`, ``@d0`` derived, ``@since:x @now:x`` of a trace,
    ``@A.. @P.. @Q..`` linear blocks, ``@mask @until @last @lastupdate`` and ``pre.@last post.@last`` what the engine
    keeps, ``+post.x`` a subtotal. Scalars: ``t``, ``dt`` (ms, float), ``@step`` (int), ``@N`` (int), ``@i`` (rank of
    the neuron, or presynaptic rank), ``@j`` (postsynaptic rank). A ``table`` entry stands for the whole table, as first
    argument of `TABLES` functions.
    """

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Op:
    """An operation of `ARITY`, or a call of a registered function (`KernelIR.functions`), ``user:<name>:<digest>``."""

    op: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Draw:
    """A random number: one per textual occurrence, element and step (event, in event code)."""

    kind: str
    occurrence: int
    args: tuple[Expr, ...]
    type: Type


Expr: TypeAlias = Const | Ref | Op | Draw


@dataclass(frozen=True, slots=True)
class Let:
    """A temporary. `level` is how often it must be computed: ``element``; ``row`` (once per spiking neuron, in event
    code); ``call`` (once per kernel call when all parameters are uniform).
    """

    name: str
    expr: Expr
    level: Literal["element", "row", "call"] = "element"


@dataclass(frozen=True, slots=True)
class Store:
    name: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Carried:
    """A value that a `Repeat` carries from round to round: `name` in its body, `result` after it."""

    name: str
    result: str
    initial: Expr
    next: Expr


@dataclass(frozen=True, slots=True)
class Repeat:
    """Bounded iteration of one element (Newton's method, a Runge-Kutta method that chooses its steps)."""

    limit: int
    carried: tuple[Carried, ...]
    body: tuple[Let, ...]
    until: Expr

    @property
    def name(self) -> str:
        """Name of the first result."""
        return self.carried[0].result


@dataclass(frozen=True, slots=True)
class Accumulate:
    name: str
    sign: Literal[1, -1]
    expr: Expr


#: Elements that a `Reduce` combines at once, and how many partial results it keeps meanwhile.
REDUCE_BLOCK, REDUCE_LANES = 512, 16


@dataclass(frozen=True, slots=True)
class Reduce:
    """Combine the values of all elements: ``sum``, ``min`` or ``max`` (as of the operations of these names)."""

    name: str
    op: Literal["sum", "min", "max"]
    expr: Expr


Statement: TypeAlias = Let | Repeat | Store | Accumulate | Reduce

#: What an array of a kernel is for.
#:   param      read-only value of the model: per element or equal for all (mask)
#:   derived    written by `prepare` from params and dt, read by the others (mask)
#:   matrix     entries of a linear system, written by `prepare` (mask); propagator: read by `update` (mask)
#:   state      per-element variable, read and written
#:   input      summed input of this step; `update` zeroes it after use
#:   step       one value for all elements, computed in each step before `update` by `reduce:<n>` and `shared`
#:   mask       spike mask, written by `update`
#:   until      first step at which a refractory neuron is active again (int)
#:   last       step of the last spike (int), kept by the engine
#:   lastupdate step of the last update of event-driven variables (int), per synapse
#:   table      values of a TimedArray
#:   pre, post  attribute of the presynaptic / postsynaptic population (mask: shared ones have one value)
#:   subtotal   what `Accumulate` adds to: one array per target of a projection
#:   semi       param or state of a synapse model with one value per postsynaptic neuron (mask)
#:   total      result of a ``sum:`` program, one per postsynaptic neuron
#:   late       variable of the presynaptic population as it was: row ``rows[delay]`` of a ring of its latest values
#:   rows       where in these rings each delay is found
#:   pretrace, posttrace  trace that one side changes, or the step of its last change: one value per synapse, or
#:              (`lifted` in the runtime's binding) one per neuron of that side
#:   prenow, postnow  value of a lifted trace at this step, one per neuron: filled by ``now:pre now:post``
#:   reduced    function over all neurons of one end: one value per step
ArrayRole: TypeAlias = Literal[
    "param", "derived", "matrix", "propagator", "state", "input", "step", "mask", "until", "last", "lastupdate",
    "table", "pre", "post", "subtotal", "semi", "total", "late", "rows", "reduced", "pretrace", "posttrace", "prenow",
    "postnow",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One array of a kernel's layout; its index in `KernelIR.layout` is its index in ``rv_args.a``.

    `name` is the model's name of it (``v``, ``pre.r``, ``post.g_target``); `deps` are the names of the params
    a derived, matrix or propagator entry depends on (it is uniform when all of them are), or those that have to be
    equal for all synapses where a trace is lifted.
    `written` tells whether any program but `prepare` writes it; `shared`, that it has one value by declaration.
    """

    name: str
    role: ArrayRole
    type: Type
    deps: tuple[str, ...] = ()
    written: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Uses:
    """Names of the layout entries that a program reads, and that it writes."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """What happens to one element, in order. `name`: ``prepare``, then in each step ``reduce:<n>`` (over all elements),
    ``shared`` (one element) and ``update``, then ``reset`` and ``event:<name>`` (those that spiked, had the event);
    ``pre:<pathway> post:<pathway>``, ``sum:...``, ``step:...``, ``lifted:... trace:... now:...`` (see `lower_synapse`);
    ``condition``; ``code``.
    `uses` stands in for statements that were left out.
    """

    name: str
    statements: tuple[Statement, ...]
    uses: Uses | None = None


@dataclass(frozen=True, slots=True)
class LinearBlock:
    """A coupled linear block x' = A x + b solved exactly: the engine computes P = exp(dt A) and Q = int exp(sA) ds.

    `size` is the number of variables; `a`, `p`, `q` give, row by row, the layout name of each entry of A, P and Q,
    or ``""`` where the entry is structurally zero (or not needed).
    """

    size: int
    a: tuple[str, ...]
    p: tuple[str, ...]
    q: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawInfo:
    """One random occurrence: `stream` names it within the model; kernels read its Philox key at index `occurrence`."""

    occurrence: int
    kind: str
    stream: str


@dataclass(frozen=True, slots=True)
class KernelIR:
    """Everything the back ends need of one model."""

    kind: Literal["neuron", "synapse", "condition", "code", "connect"]
    layout: tuple[Entry, ...]
    programs: tuple[Program, ...]
    blocks: tuple[LinearBlock, ...] = ()
    draws: tuple[DrawInfo, ...] = ()
    same_ends: bool = False  # synapse whose pre and post populations are one: their arrays may be the same
    functions: tuple[Registered, ...] = ()

    def program(self, name: str) -> Program | None:
        """Return the program called `name`, or None."""
        return next((p for p in self.programs if p.name == name), None)

    def entry(self, name: str) -> Entry:
        """Return the layout entry called `name` (KeyError when there is none)."""
        for entry in self.layout:
            if entry.name == name:
                return entry
        raise KeyError(name)

    def dump(self) -> str:
        """Return the IR as text: the layout, then each program."""
        lines = [f"{self.kind}"]
        for k, e in enumerate(self.layout):
            extra = f" <- {', '.join(e.deps)}" if e.deps else ""
            lines.append(f"  a[{k}] {e.name}: {e.role} {e.type}{' rw' if e.written else ''}{extra}")
        for block in self.blocks:
            lines.append(f"  linear block of {block.size}: A({', '.join(n or '0' for n in block.a)})")
        for d in self.draws:
            lines.append(f"  draw {d.occurrence}: {d.kind} '{d.stream}'")
        for p in self.programs:
            lines.append(f"{p.name}:")
            lines += [f"  {dump_statement(s)}" for s in p.statements]
        return "\n".join(lines) + "\n"


def dump_statement(statement: Statement) -> str:
    """Return one statement as a line of text."""
    match statement:
        case Let(name, expr, level):
            return f"{name} := {dump_expr(expr)}" + ("" if level == "element" else f"  [per {level}]")
        case Store(name, expr):
            return f"{name} = {dump_expr(expr)}"
        case Repeat(limit, carried, body, until):
            start = ", ".join(f"{c.name} = {dump_expr(c.initial)}" for c in carried)
            lines = [f"repeat at most {limit} times, from {start}"]
            lines += [f"    {dump_statement(let)}" for let in body]
            lines += [f"    next {c.name} = {dump_expr(c.next)}" for c in carried]
            lines.append(f"  until {dump_expr(until)}; {', '.join(f'{c.result} := {c.name}' for c in carried)}")
            return "\n".join(lines)
        case Accumulate(name, sign, expr):
            return f"{name} {'+' if sign > 0 else '-'}= {dump_expr(expr)}"
        case Reduce(name, op, expr):
            return f"{name} = {op} over all of {dump_expr(expr)}"


def dump_expr(expr: Expr) -> str:
    """Return an expression as text, fully bracketed; floats in their shortest exact form."""
    match expr:
        case Const(value, type_):
            return repr(value) if type_ != "float" else repr(float(value))
        case Ref(name, _):
            return name
        case Op(op, args, _):
            return f"{op}({', '.join(dump_expr(a) for a in args)})"
        case Draw(kind, occurrence, args, _):
            return f"draw.{kind}#{occurrence}({', '.join(dump_expr(a) for a in args)})"


def parts(statement: Statement) -> tuple[Expr, ...]:
    """Return every expression of a statement."""
    if not isinstance(statement, Repeat):
        return (statement.expr,)
    ends = (e for c in statement.carried for e in (c.initial, c.next))
    return (*ends, *(let.expr for let in statement.body), statement.until)


def references(program: Program) -> Iterator[Ref]:
    """Yield every use of a name in a program."""
    for statement in program.statements:
        for expr in parts(statement):
            yield from (node for node in walk(expr) if isinstance(node, Ref))


def uses(program: Program) -> Uses | None:
    """Return what a program reads and writes; None when that is not known."""
    if program.uses is not None or not program.statements:
        return program.uses
    reads = {ref.name for ref in references(program)}
    writes = {s.name for s in program.statements if isinstance(s, (Store, Accumulate, Reduce))}
    return Uses(tuple(sorted(reads)), tuple(sorted(writes)))


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct operands of an expression."""
    return expr.args if isinstance(expr, (Op, Draw)) else ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all below it, operands first."""
    for child in children(expr):
        yield from walk(child)
    yield expr
