"""Read-outs: subexpressions and event-driven variables, computed when a user or a monitor asks for them.

What is seen is the state after the last step, with the clock of the step to come; event-driven variables have decayed
until then. Reading from Python goes through the interpreter, recording through a kernel, to the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, is_event_driven, is_read_out, lower_model, readout

from ..arrays import BLOCK, aligned_zeros, padded
from ..context import Context
from .attributes import Attribute

if TYPE_CHECKING:
    from ..synapses.projection import Projection
    from .population import Population


@dataclass(slots=True, eq=False)
class ReadOut:
    """One name of a population or projection that is computed to be read; `attribute` holds the values then."""

    group: Any
    model: Model
    attribute: Attribute

    @property
    def of_synapses(self) -> bool:
        """Whether it belongs to a projection."""
        return self.model.kind == "synapse"

    def renew(self, context: Context) -> None:
        """Make room for the values of the group as it is now."""
        self.attribute = _room(context, self.group, self.model, self.attribute.name)


def read_out(context: Context, group: Population | Projection, name: str) -> ReadOut | None:
    """Return the read-out of a name; None where the name is stored, or unknown."""
    model = group._model
    if model is None or not is_read_out(model, name):
        return None
    made = readout(model, name)
    return ReadOut(group, made, _room(context, group, made, name))


def computed(context: Context, group: Population | Projection, name: str) -> Attribute | None:
    """Return the values of a name that is not stored, as they are now; None where it is stored."""
    found = read_out(context, group, name)
    if found is None:
        return None
    from .. import _mathlib
    from ..compiling import CompiledModel
    from ..planning.planner import neuron_readout
    from ..planning.planner_synapses import readout_plan
    from ..reference.continuous import reduce_ends, synaptic_step
    from ..reference.kernel import BoundKernel

    kernel = CompiledModel(found.model, lower_model(found.model, context.options), None)
    if not found.of_synapses:
        one = BoundKernel(neuron_readout(context, found, kernel), context.precision, context.dt, _mathlib)
        one.prepare()
        one.for_all("code", context.now)
        return found.attribute
    plan = readout_plan(context, found, kernel)
    many = BoundKernel(plan.binding, context.precision, context.dt, _mathlib)
    many.prepare()
    reduce_ends(plan, many)
    for step in plan.steps:
        synaptic_step(many, step, context.now)
    return found.attribute


def catch_up(context: Context, projection: Projection, name: str, where: NDArray[np.int64] | None = None) -> None:
    """Advance the event-driven variables of synapses to this moment, before one of them is written.

    Parameters
    ----------
    context : Context
    projection : Projection
    name : str
        Of the attribute that will be written.
    where : ndarray of int64, optional
        Storage positions; all synapses by default.
    """
    model, made = projection._model, projection._made
    if not is_event_driven(model, name) or name in made.traces:  # each trace has a time of its own
        return
    at = slice(made.connectivity.size) if where is None else where
    names = [s.name for s in model.symbols if is_event_driven(model, s.name)]
    now = {n: computed(context, projection, n) for n in names}
    for n, attribute in now.items():
        assert attribute is not None
        made.before_write(n)
        made.table[n].data[at] = attribute.data[at]
    made.lastupdate[at] = context.now


def _room(context: Context, group: Any, model: Model, name: str) -> Attribute:
    """Return an attribute for the values of a read-out."""
    symbol = model.symbols[-1]
    if model.kind == "synapse":
        built = group.connectivity
        size = built.n_post if symbol.locality == "post" else built.size
    else:
        size = group._n
    shared = symbol.locality == "shared"
    data = aligned_zeros(BLOCK if shared else padded(size), np.dtype(context.dtype(symbol.type)))
    return Attribute(name, "subexpression", symbol.type, symbol.locality, symbol.dimension, data, size, shared)
