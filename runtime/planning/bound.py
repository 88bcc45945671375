"""The arrays behind the names that kernels over synapses use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Entry

from ..arrays import BLOCK, aligned_copy, aligned_zeros, padded
from ..connect.dense import DenseConnectivity
from ..context import Context
from ..groups.population import Population
from ..synapses.group import End, placed
from ..synapses.projection import Projection


def post_name(name: str, projection: Projection) -> str:
    """Return the attribute behind ``post.v`` or ``post.g_target``."""
    attribute = name.partition(".")[2]
    return f"g_{projection._ends.binding.target}" if attribute == "g_target" else attribute


def bound_array(
    context: Context, projection: Projection, entry: Entry, readout: bool = False
) -> tuple[NDArray[Any] | None, bool]:
    """Return the array of a layout entry (None: scratch of the engine), and whether it has one value.

    A read-out gets the traces of all synapses, but leaves them lifted.
    """
    match entry.role:
        case "param" if entry.name.startswith("@"):
            return _number(context, projection, entry.name)
        case "param" | "state" | "semi":
            attribute = projection._table[entry.name]
            if isinstance(projection.connectivity, DenseConnectivity) and entry.role == "param" and not entry.shared:
                attribute.expand()
            return attribute.data, attribute.block
        case "pretrace" | "posttrace":
            trace = projection._made.traces[entry.name.rpartition(":")[2]]
            values, since = (None if readout else trace.lifted) or (trace.stored(), trace.stored_since())
            return since if entry.name.startswith("@since:") else values, False
        case "lastupdate":
            return projection._made.lastupdate, False
        case "pre" | "post":
            end = (projection.pre if entry.role == "pre" else projection.post).population
            name = entry.name.partition(".")[2]
            if readout and isinstance(end, Population) and name in end._received:
                return end._received[name].data, False
            return _end_array(context, end, entry.name, projection)
        case "late":
            end = projection.pre.population
            name = entry.name.partition(".")[2]
            return end._values.ring(name, end._bound(name).data).rows, False
        case "rows":
            return projection.pre.population._values.rows, False
        case "reduced":
            return aligned_zeros(BLOCK, context.dtype("float")), True
        case "subtotal":
            return None, projection.post.population._bound(post_name(entry.name.lstrip("+"), projection)).block
        case "table":
            table = dict(projection._synapse.text.namespace_values)[entry.name].table(context.dt)
            return aligned_copy(table, np.float64), False
    return None, False


def _number(context: Context, projection: Projection, name: str) -> tuple[NDArray[Any], bool]:
    """Return an integer of the projection: one for all synapses, or one for each."""
    built, dtype = projection.connectivity, context.dtype("int")
    many: NDArray[np.int64] | None = None
    one = 0
    match name:
        case "@n_pre":
            one = projection.pre.population._n
        case "@n_post":
            one = projection.post.population._n
        case "@learning":
            one = int(projection._learns)
        case "@multapse":
            many = built.multapse() if built.creation is not None else None
        case "@delay":
            one = built.max_delay
            many = built.delay_steps if built.delays.size > 1 else None
    if many is not None and many.size:
        return aligned_copy(np.resize(many, padded(many.size)), dtype), False
    return aligned_copy(np.full(BLOCK, one), dtype), True


def _end_array(
    context: Context, end: End, name: str, projection: Projection
) -> tuple[NDArray[Any], bool]:
    attribute_name = name.partition(".")[2]
    built = projection.connectivity
    if attribute_name in ("@incoming", "@outgoing"):
        ranks = placed(end, built.target if attribute_name == "@incoming" else built.source)
        return aligned_copy(np.bincount(ranks, minlength=end._npad), context.dtype("int")), False
    if isinstance(end, Population) and attribute_name in ("@last", "@until"):
        return end._spikes.last if attribute_name == "@last" else end._until, False
    attribute = end._bound(post_name(name, projection) if name.startswith("post.") else attribute_name)
    return attribute.data, attribute.block
