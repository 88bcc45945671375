"""Read-outs: what a value that is computed where it is used amounts to now, asked for by a user or a monitor.

A read-out is a small model over the names of another one, which stores a subexpression (or an event-driven variable,
advanced to this moment) in `READ_OUT`. It changes nothing else, and is compiled only when something asks for it.
"""

from __future__ import annotations

from dataclasses import replace

from .errors import Diagnostic, model_error
from .functions import FUNCTIONS
from .model import READ_OUT, AssignStatement, Model, OdeStatement, Symbol
from .parser import walk
from .source import Span
from .traces import find_traces
from .tree import Call, Expr, Name
from .unsupported import CODE


def is_event_driven(model: Model, name: str) -> bool:
    """Tell whether a variable of a synapse is advanced at events alone."""
    return any(isinstance(s, OdeStatement) and s.event_driven and s.var == name for s in model.statements)


def is_read_out(model: Model, name: str) -> bool:
    """Tell whether a name of a model has to be computed to be read."""
    return is_event_driven(model, name) or any(s.name == name and s.role == "subexpression" for s in model.symbols)


def readout(model: Model, name: str) -> Model:
    """Return the model that computes one name of a model.

    Parameters
    ----------
    model : Model
        Of a neuron, or of a synapse bound to its populations.
    name : str
        A subexpression, or an event-driven variable.

    Raises
    ------
    MethodProblem
        The value exists only while the step is computed: it names a random number or noise.
    """
    symbol = model.symbol(name)
    span = symbol.span or Span(0, 0, 0)
    reason = _momentary(model, name)
    if reason:
        message = f"'{name}' cannot be read: it names {reason}, which is there only while a step is computed"
        problem = Diagnostic(CODE, message, span, "mark it '(stored)': then it is computed once in every step")
        raise model_error(model.kind, model.name, model.tree, [problem])
    result = Symbol(READ_OUT, "variable", symbol.type, symbol.locality, symbol.dimension)
    statement = AssignStatement(READ_OUT, "=", Name(name, span), False, span)
    driven = tuple(s for s in model.statements if isinstance(s, OdeStatement) and s.event_driven)
    return replace(
        model, kind="code" if model.kind == "neuron" else "synapse", symbols=(*model.symbols, result),
        statements=(*driven, statement), spike=None, reset=(), events=(), pre=(), post=(), psp=None, summed=(),
        traces=tuple(find_traces(model).items()),
    )  # fmt: skip


def _momentary(model: Model, name: str) -> str:
    """Return the first thing in a value that has a meaning only while the step is computed, or ""."""
    known = {s.name: s for s in model.symbols}
    waiting: list[Expr] = [Name(name, Span(0, 0, 0))]
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
