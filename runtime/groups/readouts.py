"""Read-outs: subexpressions and event-driven variables, computed when a user or a monitor asks for them.

What is seen is the state after the last step, with the clock of the step to come; event-driven variables have decayed
until then. Reading from Python goes through the interpreter, recording through a kernel, to the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, is_event_driven, is_read_out, lower_model, model, readout

from ..arrays import BLOCK, aligned_zeros, padded
from ..context import Context
from .attributes import Attribute
from .expressions import names_in

if TYPE_CHECKING:
    from ..compiling import CompiledModel
    from ..synapses.projection import Projection
    from .population import Population


@dataclass(slots=True, eq=False)
class ReadOut:
    """Names of a population or projection that are computed to be read; `attributes` hold the values then."""

    group: Any
    model: Model
    attributes: dict[str, Attribute]

    @property
    def of_synapses(self) -> bool:
        """Whether it belongs to a projection."""
        return self.model.kind == "synapse"

    def renew(self, context: Context) -> None:
        """Make room for the values of the group as it is now."""
        self.attributes = _room(context, self.group, self.model)

    def place(self, entry: str) -> Attribute | None:
        """Return where the values of an entry of the layout go; None for what is no result."""
        return self.attributes.get(entry.removeprefix(model.READ_OUT)) if entry.startswith(model.READ_OUT) else None


def read_outs(
    context: Context, group: Population | Projection, names: Iterable[str], together: bool = True
) -> dict[str, ReadOut]:
    """Return the read-outs of those names that are not stored: one of all `together`, or one of each."""
    source = group._model
    computed = [name for name in names if source is not None and is_read_out(source, name)]
    if source is None or not computed:
        return {}
    pieces = [computed] if together else [[name] for name in computed]
    made = [readout(source, piece) for piece in pieces]
    found = [ReadOut(group, one, _room(context, group, one)) for one in made]
    return {name: one for one in found for name in one.attributes}


def computed(context: Context, group: Population | Projection, name: str) -> Attribute | None:
    """Return the values of a name that is not stored, as they are now; None where it is stored."""
    if group._model is None or not is_read_out(group._model, name):
        return None
    from .. import _mathlib
    from ..planning.planner import neuron_readout
    from ..planning.planner_synapses import readout_plan
    from ..reference.continuous import reduce_ends, synaptic_step
    from ..reference.kernel import BoundKernel

    kernel = _kernel(context, group, name)
    found = ReadOut(group, kernel.model, _room(context, group, kernel.model))
    if not found.of_synapses:
        one = BoundKernel(neuron_readout(context, found, kernel), context.precision, context.dt, _mathlib)
        one.prepare()
        one.for_all("code", context.now)
        return found.attributes[name]
    plan = readout_plan(context, found, kernel)
    many = BoundKernel(plan.binding, context.precision, context.dt, _mathlib)
    many.prepare()
    reduce_ends(plan, many)
    for step in plan.steps:
        synaptic_step(many, step, context.now)
    return found.attributes[name]


def _kernel(context: Context, group: Population | Projection, name: str) -> CompiledModel:
    """Return what computes one name, for the interpreter; made once for each model of the group."""
    from ..compiling import CompiledModel

    assert group._model is not None
    source, kernel = group._readers.get(name, (None, None))
    if kernel is None or source is not group._model:
        made = readout(group._model, [name])
        kernel = CompiledModel(made, lower_model(made, context.options), None)
        group._readers[name] = group._model, kernel
    return kernel


def named_in(context: Context, projection: Projection, value: Any) -> dict[str, Attribute]:
    """Return what a text that is assigned names and is not stored, as it is now; nothing for other values."""
    words = names_in(value) if isinstance(value, str) else set()
    found = {name: computed(context, projection, name) for name in sorted(words)}
    return {name: attribute for name, attribute in found.items() if attribute is not None}


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
    source, made = projection._model, projection._made
    if not is_event_driven(source, name) or name in made.traces:  # each trace has a time of its own
        return
    at = slice(made.connectivity.size) if where is None else where
    names = [s.name for s in source.symbols if is_event_driven(source, s.name)]
    now = {n: computed(context, projection, n) for n in names}
    for n, attribute in now.items():
        assert attribute is not None
        made.before_write(n)
        made.table[n].data[at] = attribute.data[at]
    made.lastupdate[at] = context.now


def _room(context: Context, group: Any, made: Model) -> dict[str, Attribute]:
    """Return attributes for what a read-out computes, by name."""
    found = {}
    for symbol in (s for s in made.symbols if s.name.startswith(model.READ_OUT)):
        if made.kind == "synapse":
            built = group.connectivity
            size = built.n_post if symbol.locality == "post" else built.size
        else:
            size = group._n
        shared = symbol.locality == "shared"
        data = aligned_zeros(BLOCK if shared else padded(size), np.dtype(context.dtype(symbol.type)))
        name = symbol.name.removeprefix(model.READ_OUT)
        found[name] = Attribute(
            name, "subexpression", symbol.type, symbol.locality, symbol.dimension, data, size, shared
        )  # fmt: skip
    return found
