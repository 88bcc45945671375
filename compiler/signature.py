"""What a model is, as text: the part of a level-1 cache key that comes from the user.

Names of objects, comments, spans, default values of parameters and initial values are not in it; two models with
the same signature have the same kernel.
"""

from __future__ import annotations

from .expressions import random_calls
from .model import Model, Symbol
from .tree import canonical


def signature(model: Model) -> str:
    """Return the signature of a resolved model."""
    refractory = model.refractory
    parts = [
        model.kind,
        repr(model.method),
        repr(model.unit_checked),
        repr(model.pre_is_post),
        *(_symbol(s) for s in model.symbols),
        *(canonical(s) for s in model.statements),
        f"spike {canonical(model.spike)}",
        *(f"reset {canonical(s)}" for s in model.reset),
        f"refractory {refractory.kind} {refractory.freezes}",
        "" if refractory.kind == "number" else canonical(refractory.value),
        *(f"pre {canonical(c)}" for c in model.pre),
        *(f"post {canonical(c)}" for c in model.post),
        *(f"event {e.name} {canonical(e.condition)} {[canonical(s) for s in e.statements]}" for e in model.events),
        f"psp {canonical(model.psp)} {model.operation}",
        *(f"summed {canonical(s)}" for s in model.summed),
        f"draws {_draw_order(model)}",
        *sorted(f.signature for f in model.functions),
    ]
    return "\n".join(parts)


def _symbol(s: Symbol) -> str:
    value = canonical(s.value) if s.role in ("subexpression", "reduction") else ""
    bounds = f"{canonical(s.min)} {canonical(s.max)}"
    return f"{s.role} {s.name} {s.type} {s.locality} {s.dimension} {s.writable} {bounds} {value}"


def _draw_order(model: Model) -> list[int]:
    """Return the order of the random calls in the text, which numbers their streams."""
    places = [(c.span.part, c.span.start) for c in random_calls(model)]
    ranks = {place: k for k, place in enumerate(sorted(set(places)))}
    return [ranks[place] for place in places]
