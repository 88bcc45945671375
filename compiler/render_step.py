"""Views of the programs that compute values of the step: functions over the population, shared values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import naming
from .cexpr import Printer
from .ir import REDUCE_BLOCK, REDUCE_LANES, Entry, KernelIR, Program, Reduce, Store

#: Reduction -> C text of what changes no result.
_NEUTRAL = {"sum": "-(rv_f)0.0", "min": "(rv_f)__builtin_inf()", "max": "-(rv_f)__builtin_inf()"}


@dataclass(frozen=True, slots=True)
class ResultView:
    """One reduction: where its result goes, how it is computed, what missing elements count as, and the value."""

    index: int
    op: str
    start: str
    value: str


def fold_view(ir: KernelIR) -> dict[str, Any]:
    """Return what the reductions of a kernel have in common."""
    ops = {s.op for p in ir.programs for s in p.statements if isinstance(s, Reduce)}
    return {"block": REDUCE_BLOCK, "lanes": REDUCE_LANES, "ops": sorted(ops)}


def reduce_view(
    program: Program, name: str, arrays: list[Any], body: list[str], printer: Printer, index: dict[str, int]
) -> dict[str, Any]:
    """Return the view of a program ``reduce:<n>``."""
    results = [
        ResultView(index[s.name], s.op, _NEUTRAL[s.op], printer.text(s.expr))
        for s in program.statements
        if isinstance(s, Reduce)
    ]
    return {"name": name, "arrays": arrays, "body": body, "results": results}


def shared_view(
    program: Program,
    arrays: list[Any],
    body: list[str],
    printer: Printer,
    ctype: Callable[[Entry], str],
    ir: KernelIR,
) -> dict[str, Any]:
    """Return the view of the program ``shared``."""
    effects = [
        (ctype(ir.entry(s.name)), naming.pointer(s.name), printer.text(s.expr))
        for s in program.statements
        if isinstance(s, Store)
    ]
    return {"arrays": arrays, "body": body, "effects": effects}
