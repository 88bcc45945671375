"""Traces: event-driven variables of a synapse that one side alone changes, in the same way at all its synapses.

Such a variable (``dApre/dt = -Apre/taupre`` with ``Apre += dApre`` in the code of presynaptic spikes) has one history
for all synapses of a neuron. Each trace keeps the step of its own last change; its value at step k is what was stored,
advanced over the time since then. Only what changes a trace writes it. So the same formula serves a value per synapse
and a value per neuron, and gives equal bits; which of the two is kept, the runtime decides.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from .algebra import names, walk
from .expressions import DISTRIBUTIONS, NUMBERS
from .model import AssignStatement, Model, OdeStatement, Symbol
from .sums import summable
from .tree import Call, Expr, Name

Side: TypeAlias = Literal["pre", "post"]
#: Built-in names with one value for all synapses of a neuron, by side.
_SHARED = frozenset({"t", "dt", "N_pre", "N_post", *NUMBERS})
_OWN = {"pre": frozenset({"i"}), "post": frozenset({"j"})}


def find_traces(model: Model) -> dict[str, Side]:
    """Return the side of each trace; nothing unless all event-driven variables of the model are traces."""
    if model.traces is not None:
        return dict(model.traces)
    lazy = [s for s in model.statements if isinstance(s, OdeStatement) and s.event_driven]
    sides: dict[str, Side] = {}
    for statement in lazy:
        var = statement.var
        writers = {side for side, s in _event_statements(model) if s.target == var}
        if len(writers) > 1 or any(isinstance(s, AssignStatement) and s.target == var for s in model.statements):
            return {}
        first: Side = "pre" if model.pre else "post"
        sides[var] = writers.pop() if writers else first
    symbols = {s.name: s for s in model.symbols}
    if lazy and sides.keys() & _names_elsewhere(model, symbols):
        return {}
    for statement in lazy:
        side = sides[statement.var]
        symbol = symbols[statement.var]
        needed = [statement.lhs, statement.rhs, *(x for x in (symbol.min, symbol.max) if x is not None)]
        for _, s in _event_statements(model):
            if s.target == statement.var:
                if s.unless_post or s.unless_refractory:
                    return {}
                needed.append(s.value)
        if symbol.type != "float" or not all(_same_for_all(x, side, symbols, sides, model) for x in needed):
            return {}
    return sides


def _event_statements(model: Model) -> list[tuple[Side, AssignStatement]]:
    pre: list[tuple[Side, AssignStatement]] = [("pre", s) for code in model.pre for s in code.statements]
    return pre + [("post", s) for code in model.post for s in code.statements]


def _names_elsewhere(model: Model, symbols: dict[str, Symbol]) -> frozenset[str]:
    """Return the names in whatever does not run at events, and in bounds."""
    texts = [s.value for s in model.summed] + ([] if model.psp is None else [model.psp])
    for s in model.statements:
        if isinstance(s, AssignStatement):
            texts.append(s.value)
        elif not s.event_driven:
            texts += [s.lhs, s.rhs]
    texts += [bound for symbol in model.symbols for bound in (symbol.min, symbol.max) if bound is not None]
    found: frozenset[str] = frozenset()
    while texts:
        new = names(texts.pop()) - found
        found |= new
        texts += [x for n in new if symbols[n].role in ("subexpression", "reduction") and (x := symbols[n].value)]
    return found


def _writes_ends(model: Model) -> bool:
    """Tell whether code may change what it reads of the neurons: it does more than add to inputs."""
    targets = {s.target for _, s in _event_statements(model)} - summable(model)
    return any(target.startswith(("pre.", "post.")) for target in targets)


def _same_for_all(expr: Expr, side: Side, symbols: dict[str, Symbol], sides: dict[str, Side], model: Model) -> bool:
    """Tell whether an expression has one value for all synapses of a neuron, parameters with one value each."""
    for node in walk(expr):
        if isinstance(node, Call) and (node.func in DISTRIBUTIONS or node.func in symbols):
            return False
        if not isinstance(node, Name):
            continue
        symbol = symbols[node.id]
        match symbol.role:
            case "parameter":
                same = symbol.locality != "post"
            case "variable":
                same = sides.get(node.id) == side
            case "subexpression":
                same = symbol.value is not None and _same_for_all(symbol.value, side, symbols, sides, model)
            case "attribute":
                same = node.id.startswith(f"{side}.") and "@" not in node.id and not _writes_ends(model)
            case "builtin":
                same = node.id in _SHARED or node.id in _OWN[side]
            case _:
                same = False
        if not same:
            return False
    return True
