"""The library by name."""

from __future__ import annotations

from typing import Final

from . import devices, models_clopath, models_conductance, models_current, synapses
from .library import Model
from .synapses import SynapseModel

#: Everything that can be created, by name.
models: Final[dict[str, Model]] = {
    model.name: model
    for module in (models_current, models_conductance, models_clopath, devices)
    for model in vars(module).values()
    if isinstance(model, Model)
}
#: Synapse models by name.
synapse_models: Final[dict[str, SynapseModel]] = {
    model.name: model for model in vars(synapses).values() if isinstance(model, SynapseModel)
}
