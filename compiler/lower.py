"""Lowering: a `Model` and its `UpdateRules` become a `KernelIR`."""

from __future__ import annotations

from dataclasses import replace

from .emit import Root, emit
from .integrate import UpdateRules
from .ir import Entry, KernelIR
from .lower_neuron import lower_neuron
from .lower_synapse import lower_synapse
from .lowering import Lowering
from .model import Model


def lower_condition(model: Model) -> KernelIR:
    """Return the IR of a condition: the program ``condition`` writes the mask."""
    stage = Lowering(model)
    scope = stage.scope().child({"not_refractory": stage.b.truth(True)})
    assert model.spike is not None
    program = emit("condition", [Root("store", "@mask", stage.b.to_bool(scope.lower(model.spike)))])
    extra = [Entry("@mask", "mask", "bool", (), True), Entry("@last", "last", "int")]
    return KernelIR("condition", stage.layout([program], extra), (program,), (), stage.draws.infos)


def lower(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a model."""
    if model.kind == "condition":
        kernel = lower_condition(model)
    else:
        kernel = lower_neuron(model, rules) if model.kind == "neuron" else lower_synapse(model, rules)
    return replace(kernel, functions=model.functions)
