"""Lowering: a `Model` and its `UpdateRules` become a `KernelIR`."""

from __future__ import annotations

from dataclasses import replace

from .ir import KernelIR
from .lower_neuron import lower_neuron
from .lower_synapse import lower_synapse
from .model import Model
from .rules import UpdateRules


def lower(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a model."""
    kernel = lower_synapse(model, rules) if model.kind == "synapse" else lower_neuron(model, rules)
    return replace(kernel, functions=model.functions)
