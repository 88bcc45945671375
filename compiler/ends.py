"""What synapses see of the group at one end: subexpressions of neurons, and the names of other synapses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from .algebra import operands, rebuild
from .functions import FUNCTIONS
from .model import Model, OdeStatement, Symbol
from .tree import Call, Expr, Name

#: Built-in names of a neuron -> what its synapses call them, by end.
_BUILTINS = {
    "pre": {"i": "i", "N": "N_pre", "t_last": "t_pre", "not_refractory": "not_refractory_pre"},
    "post": {"i": "j", "N": "N_post", "t_last": "t_post", "not_refractory": "not_refractory_post"},
}
_COMMON = frozenset({"t", "dt", "step"})
#: Place of a synapse among those of its projection, in the order that users see: ``i`` or ``j`` where it is an end.
INDEX = "@index"


def seen_as_end(model: Model) -> tuple[Symbol, ...]:
    """Return the names that synapses see of a projection whose synapses are their end.

    These are its parameters, variables and subexpressions with a value per synapse or one for all; and ``i`` and ``j``,
    the neurons of each. What is advanced at events alone, or has one value per postsynaptic neuron, cannot be read:
    such names, and those that only subexpressions use, are there in the role ``builtin``.

    Parameters
    ----------
    model : Model
        The synapse, bound to its populations.
    """
    driven = {s.var for s in model.statements if isinstance(s, OdeStatement) and s.event_driven}
    own = {s.name for s in model.symbols if s.role in ("parameter", "variable", "subexpression")}
    found = [Symbol(INDEX, "parameter", "int")]
    found += [Symbol(name, "parameter", "int") for name in ("i", "j") if name not in own]
    taken = {s.name for s in found}
    for s in model.symbols:
        if s.name in driven or (s.locality == "post" and s.role in ("parameter", "variable")):
            found.append(replace(s, role="builtin", value=None))
        elif s.role == "parameter" and s.locality == "shared":
            found.append(replace(s, writable=False))
        elif s.name not in taken:
            found.append(s)
    return tuple(found)


def seen_from(
    group: str,
    value: Expr,
    symbols: Mapping[str, Symbol],
    attribute: Callable[[str], Expr | None],
    builtin: Callable[[str], Expr],
    constant: Callable[[Symbol], Expr],
) -> Expr | None:
    """Return an expression of a neuron in the names of its synapses, None where it names what these cannot read.

    Parameters
    ----------
    group : {"pre", "post"}
    value : Expr
    symbols : mapping of str to Symbol
        All names of the neuron, or of the synapse at that end. Inputs hold nothing after the step, and noise, draws,
        tables and functions over the population are values of the neuron's own code: none of these can be read.
    attribute, builtin, constant : callable
        Make a name of the synapse.
    """

    def name(node: Name) -> Expr | None:
        symbol = symbols.get(node.id)
        if symbol is None or symbol.role in ("input", "reduction", "attribute"):
            return None
        if symbol.role != "builtin":
            return attribute(node.id)
        if symbol.value is not None:
            return constant(symbol)
        if node.id in _COMMON:
            return builtin(node.id)
        own = _BUILTINS[group].get(node.id)
        return None if own is None else builtin(own)

    if isinstance(value, Name):
        return name(value)
    if isinstance(value, Call) and (value.func not in FUNCTIONS or FUNCTIONS[value.func].kind != "function"):
        return None
    parts = []
    for part in operands(value):
        seen = seen_from(group, part, symbols, attribute, builtin, constant)
        if seen is None:
            return None
        parts.append(seen)
    return rebuild(value, tuple(parts)) if parts else value
