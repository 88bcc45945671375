"""Lowering: a `Model` and its `UpdateRules` become a `KernelIR`."""

from __future__ import annotations

from dataclasses import replace

from .ir import KernelIR
from .lower_connect import lower_connect
from .lower_neuron import lower_neuron
from .lower_synapse import lower_synapse
from .model import Model
from .rules import UpdateRules


def lower(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a model."""
    chosen = {"synapse": lower_synapse, "connect": lower_connect}.get(model.kind, lower_neuron)
    kernel = chosen(model, rules)
    return replace(kernel, functions=model.functions)
