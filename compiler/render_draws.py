"""Draws that a pass over neurons makes for 64 of them at once, before the loop over them.

Poisson numbers whose mean is fixed during a run have tables; packed uniform numbers share their Philox calls. Most
uniform numbers are only compared with something (``rand() < p``). The lowest number of a block of 64 is drawn first,
and the first 16 bits of a number leave an interval of 2**-16; rounded addition, subtraction, multiplication and
division are monotonic in either operand: when the comparison comes out alike at both ends of an interval, it does so
for every number between, and nothing more need be drawn. The truth value is always that of the whole number, whatever
the threshold (docs/adr/0016).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import naming
from .cexpr import Printer
from .ir import Draw, Expr, Let, Op, Program, Ref, parts, walk
from .printing import MASKED, KernelFile
from .views import ArrayView, DecisionView, DrawView

_COMPARISONS = frozenset({"lt", "le", "gt", "ge"})
_MONOTONIC = frozenset({"add", "sub", "mul", "div", "neg"})
#: Operations that may be computed twice rather than draw the rest of a number, and how many.
_CHEAP = _MONOTONIC | {"min", "max", "to_float", "select", "and", "or", "not", *_COMPARISONS}
_MOST = 16
_SCALARS = frozenset({"t", "dt", "@step", "@N", "@i"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The one comparison that a draw goes into: as it stands in the program, and without temporaries but the draw;
    `through` are the temporaries on the way, which nothing else reads.
    """

    node: Op
    condition: Expr
    through: frozenset[str]


def block_draws(file: KernelFile, program: Program) -> list[Let]:
    """Return the draws worth making for 64 neurons at once."""
    if program.name != "update":
        return []
    fixed = {e.name for e in file.ir.layout if e.role in MASKED}
    found = []
    for s in program.statements:
        d = s.expr if isinstance(s, Let) else None
        if isinstance(s, Let) and isinstance(d, Draw):
            mean = d.args[0] if d.args else None
            if d.kind == "packed" or (d.kind == "poisson" and isinstance(mean, Ref) and mean.name in fixed):
                found.append(s)
    return found


def comparisons(file: KernelFile, program: Program, draws: Iterable[Let]) -> dict[str, Comparison]:
    """Return the comparisons that first bits decide, by the name of the draw."""
    found = {let.name: _comparison(file, program, let.name) for let in draws if _is_packed(let)}
    return {name: comparison for name, comparison in found.items() if comparison is not None}


def _is_packed(let: Let) -> bool:
    return isinstance(let.expr, Draw) and let.expr.kind == "packed"


def block_functions(file: KernelFile, draws: list[Let], compared: dict[str, Comparison]) -> set[str]:
    """Return the library functions that block draws call."""
    suffix = "f" if file.options.precision == "single" else ""
    names: set[str] = set()
    for let in draws:
        names |= {"rv_packed_block"} if _is_packed(let) else {"rv_poisson_fixed", "rv_poisson_block"}
    if compared:
        names |= {"rv_packed_words", "rv_packed_ends"}
    lows = {"rv_packed_lows"} if any(_is_packed(let) and let.name not in compared for let in draws) else set()
    return {name + suffix for name in names} | lows


def draw_view(
    file: KernelFile,
    let: Let,
    comparison: Comparison | None,
    printer: Printer,
    forms: list[tuple[tuple[ArrayView, ...], tuple[ArrayView, ...]]],
) -> DrawView:
    """Return the view of one draw; `forms` are the scalars and arrays of each form of the program."""
    d = let.expr
    assert isinstance(d, Draw)
    buffer = naming.buffer(d.occurrence)
    suffix = "f" if file.options.precision == "single" else ""
    key = f"args->key[{d.occurrence}]"
    if d.kind == "poisson":
        return _poisson(file, d, buffer, key, suffix)
    if comparison is None:
        words, lows = f"{buffer}_words", f"{buffer}_lows"
        setup = (f"uint64_t {words}[32];", f"double {lows}[32];")
        window = f"rv_packed_lows({words}, {lows}, {key}, (uint32_t)first, args->step)"
        lowest = f"{lows}[first / 64 % 32], {words}[first / 64 % 32] & 63"
        whole = f"rv_packed_block{suffix}({buffer}, {key}, (uint32_t)first, args->step, {lowest})"
        return DrawView(buffer, key, (setup, setup), (whole, whole), window=window)
    read = {e.name for e in walk(comparison.condition) if isinstance(e, Ref)}
    used = {naming.local(name) for name in read}
    arrays = tuple(tuple(a for a in arrays if a.local in used) for _, arrays in forms)
    decision = DecisionView(
        decided=naming.decided(d.occurrence),
        local=naming.local(let.name),
        condition=printer.text(comparison.condition),
        words=f"rv_packed_words{suffix}",
        ends=f"rv_packed_ends{suffix}",
        whole=f"rv_packed_block{suffix}",
        top="0x1.fffffep-1f" if suffix else "0x1.fffffffffffffp-1",
        scalars=tuple(tuple(a for a in scalars if a.local in used) for scalars, _ in forms),
        arrays=arrays,
        limited=tuple(not some and "@i" not in read for some in arrays),
    )
    return DrawView(buffer, key, ((), ()), ("", ""), decision)


def _poisson(file: KernelFile, d: Draw, buffer: str, key: str, suffix: str) -> DrawView:
    where = f"{key}, (uint32_t)first, args->step"
    mean = d.args[0]
    assert isinstance(mean, Ref)
    k = file.index[mean.name]
    table, fixed = f"{buffer}_table", f"{buffer}_mean"
    setup = (
        f"const rv_f {fixed} = *(const rv_f *)a[{k}];",
        f"double {table}[RV_POISSON_TABLE];",
        f"const int64_t {table}_size = rv_poisson_table((double){fixed}, {table});",
    )
    uniform = f"rv_poisson_fixed{suffix}({buffer}, {where}, {fixed}, {table}, {table}_size)"
    general = f"rv_poisson_block{suffix}({buffer}, {where}, (const rv_f *)a[{k}] + (first & mask[{k}]))"
    return DrawView(buffer, key, (setup, ()), (uniform, general))


def _comparison(file: KernelFile, program: Program, name: str) -> Comparison | None:
    """Return the one comparison that a draw goes into, of names that have their values before the loop.

    On the way there only `_MONOTONIC` operations may change the number, and only one may scale it after it has been
    shifted: overflow to both sides of zero, scaled again, could be NaN at both ends of an interval and not inside.
    """
    lets = {s.name: s.expr for s in program.statements if isinstance(s, Let) and s.name != name}
    current, shifts, scales = name, 0, 0
    through = {name}
    entries = {e.name for e in file.ir.layout if e.role != "table"}
    while True:
        users = [(s, x) for s in program.statements for x in parts(s) if _count(x, current)]
        if len(users) != 1 or _count(users[0][1], current) != 1:
            return None
        statement, expr = users[0]
        for node in reversed(_path(expr, current)):
            if node.op in _COMPARISONS:
                condition = _before_the_loop(node, name, lets, entries)
                return Comparison(node, condition, frozenset(through)) if condition is not None else None
            if node.op not in _MONOTONIC or (node.op == "div" and _count(node.args[1], current)):
                return None
            shifts += node.op in ("add", "sub")
            scales += shifts > 0 and node.op in ("mul", "div")
            if scales > 1:
                return None
        if not isinstance(statement, Let):
            return None
        current = statement.name
        through.add(current)


def _count(expr: Expr, name: str) -> int:
    return sum(isinstance(e, Ref) and e.name == name for e in walk(expr))


def _path(expr: Expr, name: str) -> list[Op]:
    """Return the operations from an expression down to the one place where it names `name`."""
    path = []
    while isinstance(expr, Op):
        path.append(expr)
        expr = next(a for a in expr.args if _count(a, name))
    return path


def _before_the_loop(expr: Expr, name: str, lets: dict[str, Expr], entries: set[str]) -> Expr | None:
    """Return an expression without temporaries but `name`; None if that takes other values, or much work."""
    left = _MOST

    def inline(e: Expr) -> Expr | None:
        nonlocal left
        if isinstance(e, Ref):
            if e.name in lets:
                return inline(lets[e.name])
            return e if e.name == name or e.name in entries or e.name in _SCALARS else None
        if isinstance(e, Draw):
            return None
        if isinstance(e, Op):
            left -= 1
            if e.op not in _CHEAP or left < 0:
                return None
            args = [inline(a) for a in e.args]
            found = [a for a in args if a is not None]
            return Op(e.op, tuple(found), e.type) if len(found) == len(args) else None
        return e

    return inline(expr)
