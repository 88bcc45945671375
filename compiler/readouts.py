"""Read-outs: what values that are computed where they are used amount to now, asked for by a user or a monitor.

A read-out is a small model over the names of another one, which stores subexpressions (and event-driven variables,
advanced to this moment) under names that begin with `READ_OUT`. It changes nothing else, and is compiled only when
something asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .errors import Diagnostic, model_error
from .functions import FUNCTIONS
from .model import READ_OUT, AssignStatement, Model, OdeStatement, Symbol
from .parser import walk
from .source import Span
from .traces import find_traces
from .tree import Call, Expr, Name
from .unsupported import CODE

_NOWHERE = Span(0, 0, 0)


def is_event_driven(model: Model, name: str) -> bool:
    """Tell whether a variable of a synapse is advanced at events alone."""
    return any(isinstance(s, OdeStatement) and s.event_driven and s.var == name for s in model.statements)


def is_read_out(model: Model, name: str) -> bool:
    """Tell whether a name of a model has to be computed to be read."""
    return is_event_driven(model, name) or any(s.name == name and s.role == "subexpression" for s in model.symbols)


def readout(model: Model, names: Sequence[str]) -> Model:
    """Return the model that computes some names of a model.

    Parameters
    ----------
    model : Model
        Of a neuron, or of a synapse bound to its populations.
    names : sequence of str
        Subexpressions and event-driven variables, in any order.

    Raises
    ------
    MethodProblem
        The value exists only while the step is computed: it names a random number or noise.
    """
    problems = [found for name in names if (found := _problem(model, name))]
    if problems:
        raise model_error(model.kind, model.name, model.tree, problems)
    places = {"shared": 0, "post": 1, "local": 2}
    read = sorted((model.symbol(name) for name in names), key=lambda s: places[s.locality])
    results = [Symbol(READ_OUT + s.name, "variable", s.type, s.locality, s.dimension) for s in read]
    statements = [
        AssignStatement(READ_OUT + s.name, "=", Name(s.name, s.span or _NOWHERE), False, s.span or _NOWHERE)
        for s in read
    ]
    driven = [s for s in model.statements if isinstance(s, OdeStatement) and s.event_driven]
    return replace(
        model, kind="code" if model.kind == "neuron" else "synapse", symbols=(*model.symbols, *results),
        statements=(*driven, *statements), spike=None, reset=(), events=(), pre=(), post=(), psp=None, summed=(),
        traces=tuple(find_traces(model).items()),
    )  # fmt: skip


def _problem(model: Model, name: str) -> Diagnostic | None:
    """Return what is wrong with reading a name."""
    reason = _momentary(model, name)
    if not reason:
        return None
    message = f"'{name}' cannot be read: it names {reason}, which is there only while a step is computed"
    advice = "mark it '(stored)': then it is computed once in every step"
    return Diagnostic(CODE, message, model.symbol(name).span or _NOWHERE, advice)


def _momentary(model: Model, name: str) -> str:
    """Return the first thing in a value that has a meaning only while the step is computed, or ""."""
    known = {s.name: s for s in model.symbols}
    waiting: list[Expr] = [Name(name, _NOWHERE)]
    seen: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, Call) and node.func in FUNCTIONS and FUNCTIONS[node.func].kind == "distribution":
                return f"the random number {node.func}(...)"
            if not isinstance(node, Name) or node.id in seen:
                continue
            seen.add(node.id)
            symbol = known[node.id]
            if symbol.name.startswith("xi"):
                return f"the noise {node.id}"
            if symbol.role in ("subexpression", "reduction") and symbol.value is not None:
                waiting.append(symbol.value)
    return ""
