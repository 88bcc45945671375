"""Subexpressions of neurons, as the synapses at one end see them: in the names of the attributes of that end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .algebra import operands, rebuild
from .functions import FUNCTIONS
from .model import Symbol
from .tree import Call, Expr, Name

#: Built-in names of a neuron -> what its synapses call them, by end.
_BUILTINS = {
    "pre": {"i": "i", "N": "N_pre", "t_last": "t_pre", "not_refractory": "not_refractory_pre"},
    "post": {"i": "j", "N": "N_post", "t_last": "t_post", "not_refractory": "not_refractory_post"},
}
_COMMON = frozenset({"t", "dt", "step"})


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
        All names of the neuron. Inputs hold nothing after the step, and noise, draws, tables and functions over the
        population are values of the neuron's own code: none of these can be read.
    attribute, builtin, constant : callable
        Make a name of the synapse.
    """

    def name(node: Name) -> Expr | None:
        symbol = symbols.get(node.id)
        if symbol is None or symbol.role in ("input", "reduction"):
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
