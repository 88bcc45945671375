"""Code over synapses that need no index arrays: every postsynaptic neuron receives from all presynaptic ones.

A synapse model without events gets these forms besides the others; which one runs, the connectivity decides.
"""

from __future__ import annotations

from . import naming
from .ir import Draw, Entry, Program, Ref, Repeat, parts, walk

#: Scalars of the step.
_SCALARS = frozenset({"t", "dt", "@step", "@N"})


def dense_level(e: Entry, writes: set[str]) -> str:
    """Return how often a value is read: once per ``call``, ``row`` (of a postsynaptic neuron) or ``element``."""
    if e.role == "reduced" or e.name.startswith("@") or (e.shared and e.name not in writes):
        return "call"
    return "row" if e.role in ("post", "semi") else "element"


def dense_place(e: Entry) -> str:
    """Return where the value of an entry is."""
    if e.role == "late":
        return "late_row + own_i"
    if dense_level(e, set()) == "call":
        return "0"
    if e.role in ("post", "semi", "total"):
        return f"own_j & {naming.mask(e.name)}" if e.role == "semi" else "own_j"
    return "own_i" if e.role == "pre" else "s"


def let_levels(program: Program, entries: list[Entry], writes: set[str]) -> dict[str, str]:
    """Return how often each temporary must be computed."""
    level = {name: "call" for name in _SCALARS} | {"@j": "row", "@i": "element"}
    level |= {e.name: dense_level(e, writes) for e in entries}
    for s in program.statements:
        inside = [e for whole in parts(s) for e in walk(whole)]
        below = {level.get(e.name, "element") for e in inside if isinstance(e, Ref)}
        drawn = isinstance(s, Repeat) or any(isinstance(e, Draw) for e in inside)
        own = "element" if drawn or "element" in below else "row" if "row" in below else "call"
        for name in [c.result for c in s.carried] if isinstance(s, Repeat) else [s.name]:
            if name.startswith("%"):
                level[name] = own
    return level
