"""What neurons received: the inputs of the last step, as they were before the neurons took them.

An input without an equation (``g_exc``, ``sum(exc)``) is collected in its array; the statements of the step take it and
leave 0 there. What is read, recorded and named in texts is a copy from just before that. The engine makes it in every
step while something in the network looks at it, else in the last step of a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..arrays import aligned_zeros
from ..planning.plan import Binding, Plan, Received
from .attributes import Attribute, Table

if TYPE_CHECKING:
    from .population import Population

_SUM = re.compile(r"\s*sum\s*\(\s*(\w+)\s*\)\s*")


def received(table: Table) -> dict[str, Attribute]:
    """Return a place for the copy of every input of a population, by name."""
    return {a.name: replace(a, data=aligned_zeros(a.data.size, a.dtype)) for a in table if a.role == "input"}


def input_name(name: str) -> str:
    """Return ``g_exc`` for ``sum(exc)``, and any other name as it is."""
    found = _SUM.fullmatch(name)
    return f"g_{found[1]}" if found else name


def copies(population: Population) -> list[Received]:
    """Return what the engine copies for a population."""
    return [Received(population._table[name].data, a.data) for name, a in population._received.items()]


def look_at(plan: Plan, recorded: Iterable[Attribute]) -> None:
    """Have those inputs copied in every step that code, conditions, read-outs or monitors look at."""
    watched = {id(array) for array in _arrays(plan)} | {id(a.data) for a in recorded}
    for population in plan.populations:
        for copy in population.received:
            copy.always = id(copy.copy) in watched


def _arrays(plan: Plan) -> Iterator[Any]:
    """Return the arrays of everything but the models of the populations themselves."""
    codes = [c.binding for p in plan.populations for c in p.codes]
    looking: list[Binding] = [*codes, *(c.binding for c in plan.conditions), *(c.binding for c in plan.regular)]
    looking += [*(c.binding for c in plan.readouts), *(p.binding for p in plan.projections)]
    for binding in looking:
        yield from binding.arrays
