"""Which targets of a synapse receive sums: their order of writing does not matter to anyone; and whose sums."""

from __future__ import annotations

from typing import Literal

from .algebra import names
from .model import Model


def summable(model: Model) -> frozenset[str]:
    """Targets whose writes may be summed (decision on the order of sums): only ``+=`` and ``-=``, never read by
    the code of this synapse, without bounds of their own, one number per neuron that is no integer. Where both ends
    are one population, ``pre.x`` is ``post.x`` of another synapse.
    """
    symbols = {s.name: s for s in model.symbols}
    writes: dict[str, bool] = {}
    reads: set[str] = set()
    for code in (*model.pre, *model.post):
        for s in code.statements:
            reads |= names(s.value)
            if s.target.startswith("pre."):
                reads.add(s.target)
            if s.target.startswith("post."):
                writes[s.target] = writes.get(s.target, True) and s.op in ("+=", "-=") and not s.unless_post
    for symbol in model.symbols:
        if symbol.role == "subexpression" and symbol.value is not None:
            reads |= names(symbol.value)
    if model.pre_is_post:
        reads |= {name.replace("pre.", "post.", 1) for name in reads if name.startswith("pre.")}
    free = {symbols[n] for n, plain in writes.items() if plain and n not in reads}
    plain = (s for s in free if (s.type, s.locality) == ("float", "local"))
    return frozenset(s.name for s in plain if s.min is None and s.max is None)


def summing_side(target: str) -> Literal["pre", "post"]:
    """Return whose synapses a ``sum:`` program adds up, by its target: of postsynaptic or of presynaptic neurons."""
    return "pre" if target.startswith("=pre.") else "post"
