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
    from ranvier.runtime.convergence import convergence as convergence
    from ranvier.runtime.definitions import Neuron as Neuron
    from ranvier.runtime.definitions import Synapse as Synapse
    from ranvier.runtime.dendrite import Dendrite as Dendrite
    from ranvier.runtime.devices import Convolution as Convolution
    from ranvier.runtime.devices import Copy as Copy
    from ranvier.runtime.devices import CurrentInjection as CurrentInjection
    from ranvier.runtime.devices import DecodingProjection as DecodingProjection
    from ranvier.runtime.devices import Pooling as Pooling
    from ranvier.runtime.distributions import Binomial as Binomial
    from ranvier.runtime.distributions import DiscreteUniform as DiscreteUniform
    from ranvier.runtime.distributions import Exponential as Exponential
    from ranvier.runtime.distributions import Gamma as Gamma
    from ranvier.runtime.distributions import LogNormal as LogNormal
    from ranvier.runtime.distributions import Normal as Normal
    from ranvier.runtime.distributions import Poisson as Poisson
    from ranvier.runtime.distributions import Uniform as Uniform
    from ranvier.runtime.edges import LILConnectivity as LILConnectivity
    from ranvier.runtime.functions import add_function as add_function
    from ranvier.runtime.functions import register_function as register_function
    from ranvier.runtime.inputs import HomogeneousCorrelatedSpikeTrains as HomogeneousCorrelatedSpikeTrains
    from ranvier.runtime.inputs import InputArray as InputArray
    from ranvier.runtime.inputs import PoissonPopulation as PoissonPopulation
    from ranvier.runtime.inputs import SpikeSourceArray as SpikeSourceArray
    from ranvier.runtime.inputs import TimedArray as TimedArray
    from ranvier.runtime.inputs import TimedPoissonPopulation as TimedPoissonPopulation
    from ranvier.runtime.moments import SynapticEvents as SynapticEvents
    from ranvier.runtime.monitors import Monitor as Monitor
    from ranvier.runtime.network import Network as Network
    from ranvier.runtime.population import Population as Population
    from ranvier.runtime.projection import Projection as Projection
    from ranvier.runtime.recording_file import read_recording as read_recording
    from ranvier.runtime.values import Parameter as Parameter
    from ranvier.runtime.values import Variable as Variable
    from ranvier.runtime.views import PopulationView as PopulationView

__version__ = "0.1.0"

_HOMES = {
    "ranvier.compiler": ("CompileOptions", "RanvierError", "RanvierWarning"),
    "ranvier.runtime.definitions": ("Neuron", "Synapse"),
    "ranvier.runtime.functions": ("add_function", "register_function"),
    "ranvier.runtime.values": ("Parameter", "Variable"),
    "ranvier.runtime.convergence": ("convergence",),
    "ranvier.runtime.network": ("Network",),
    "ranvier.runtime.population": ("Population",),
    "ranvier.runtime.views": ("PopulationView",),
    "ranvier.runtime.projection": ("Projection",),
    "ranvier.runtime.dendrite": ("Dendrite",),
    "ranvier.runtime.edges": ("LILConnectivity",),
    "ranvier.runtime.moments": ("SynapticEvents",),
    "ranvier.runtime.monitors": ("Monitor",),
    "ranvier.runtime.devices": ("Convolution", "Copy", "CurrentInjection", "DecodingProjection", "Pooling"),
    "ranvier.runtime.inputs": (
        "PoissonPopulation", "TimedPoissonPopulation", "SpikeSourceArray", "TimedArray", "InputArray",
        "HomogeneousCorrelatedSpikeTrains",
    ),
    "ranvier.runtime.recording_file": ("read_recording",),
    "ranvier.runtime.distributions": (
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
