"""Ranvier: neural networks from equation strings, compiled once, run at the speed of hand-written C.

Everything public is reachable from here and loaded when it is first used: ``import ranvier`` imports nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ranvier.compiler import CompileOptions as CompileOptions
    from ranvier.compiler import RanvierError as RanvierError
    from ranvier.compiler import RanvierWarning as RanvierWarning
    from ranvier.runtime.checks.convergence import convergence as convergence
    from ranvier.runtime.connect.edges import LILConnectivity as LILConnectivity
    from ranvier.runtime.definitions.functions import add_function as add_function
    from ranvier.runtime.definitions.functions import register_function as register_function
    from ranvier.runtime.definitions.types import Neuron as Neuron
    from ranvier.runtime.definitions.types import Synapse as Synapse
    from ranvier.runtime.definitions.values import Parameter as Parameter
    from ranvier.runtime.definitions.values import Variable as Variable
    from ranvier.runtime.groups.distributions import Binomial as Binomial
    from ranvier.runtime.groups.distributions import DiscreteUniform as DiscreteUniform
    from ranvier.runtime.groups.distributions import Exponential as Exponential
    from ranvier.runtime.groups.distributions import Gamma as Gamma
    from ranvier.runtime.groups.distributions import LogNormal as LogNormal
    from ranvier.runtime.groups.distributions import Normal as Normal
    from ranvier.runtime.groups.distributions import Poisson as Poisson
    from ranvier.runtime.groups.distributions import Uniform as Uniform
    from ranvier.runtime.groups.population import Population as Population
    from ranvier.runtime.groups.views import PopulationView as PopulationView
    from ranvier.runtime.inputs.devices import Convolution as Convolution
    from ranvier.runtime.inputs.devices import Copy as Copy
    from ranvier.runtime.inputs.devices import CurrentInjection as CurrentInjection
    from ranvier.runtime.inputs.devices import DecodingProjection as DecodingProjection
    from ranvier.runtime.inputs.devices import Pooling as Pooling
    from ranvier.runtime.inputs.devices import Transpose as Transpose
    from ranvier.runtime.inputs.populations import HomogeneousCorrelatedSpikeTrains as HomogeneousCorrelatedSpikeTrains
    from ranvier.runtime.inputs.populations import InputArray as InputArray
    from ranvier.runtime.inputs.populations import PoissonPopulation as PoissonPopulation
    from ranvier.runtime.inputs.populations import SpikeSourceArray as SpikeSourceArray
    from ranvier.runtime.inputs.populations import TimedArray as TimedArray
    from ranvier.runtime.inputs.populations import TimedPoissonPopulation as TimedPoissonPopulation
    from ranvier.runtime.network import Network as Network
    from ranvier.runtime.recording.file import read_recording as read_recording
    from ranvier.runtime.recording.moments import SynapticEvents as SynapticEvents
    from ranvier.runtime.recording.monitors import Monitor as Monitor
    from ranvier.runtime.synapses.dendrite import Dendrite as Dendrite
    from ranvier.runtime.synapses.projection import Projection as Projection

__version__ = "0.1.0"

_HOMES = {
    "ranvier.compiler": ("CompileOptions", "RanvierError", "RanvierWarning"),
    "ranvier.runtime.definitions.types": ("Neuron", "Synapse"),
    "ranvier.runtime.definitions.functions": ("add_function", "register_function"),
    "ranvier.runtime.definitions.values": ("Parameter", "Variable"),
    "ranvier.runtime.checks.convergence": ("convergence",),
    "ranvier.runtime.network": ("Network",),
    "ranvier.runtime.groups.population": ("Population",),
    "ranvier.runtime.groups.views": ("PopulationView",),
    "ranvier.runtime.synapses.projection": ("Projection",),
    "ranvier.runtime.synapses.dendrite": ("Dendrite",),
    "ranvier.runtime.connect.edges": ("LILConnectivity",),
    "ranvier.runtime.recording.moments": ("SynapticEvents",),
    "ranvier.runtime.recording.monitors": ("Monitor",),
    "ranvier.runtime.inputs.devices": (
        "Convolution", "Copy", "CurrentInjection", "DecodingProjection", "Pooling", "Transpose",
    ),
    "ranvier.runtime.inputs.populations": (
        "PoissonPopulation", "TimedPoissonPopulation", "SpikeSourceArray", "TimedArray", "InputArray",
        "HomogeneousCorrelatedSpikeTrains",
    ),
    "ranvier.runtime.recording.file": ("read_recording",),
    "ranvier.runtime.groups.distributions": (
        "Uniform", "DiscreteUniform", "Normal", "LogNormal", "Exponential", "Gamma", "Binomial", "Poisson",
    ),
}  # fmt: skip
_SUBMODULES = ("models", "cache", "plot", "compat", "experiment", "builder")
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF), *_SUBMODULES]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
    elif name in _SUBMODULES:
        value = importlib.import_module(f"ranvier.{name}")
    else:
        raise AttributeError(f"module 'ranvier' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
