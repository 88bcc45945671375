"""ANNarchy 5's names, and the free functions of its version 4, over one current network.

>>> import ranvier.compat.annarchy as ann
>>> ann.setup(dt=0.5, seed=1)
>>> pop = ann.Population(10, ann.Izhikevich)
>>> monitor = ann.Monitor(pop, "spike")
>>> ann.compile()
>>> ann.simulate(100.0)
"""

import importlib
from typing import Any

import numpy as np

from ranvier.runtime.compat.extensions import Rate2SpikePopulation, Spike2RatePopulation
from ranvier.runtime.compat.free import (
    Constant,
    callbacks_enabled,
    clear,
    clear_all_callbacks,
    compile,
    disable_callbacks,
    disable_learning,
    dt,
    enable_callbacks,
    enable_learning,
    every,
    get_current_step,
    get_population,
    get_projection,
    get_time,
    load,
    magic_network,
    monitors,
    parallel_run,
    populations,
    projections,
    report,
    reset,
    save,
    set_current_step,
    set_seed,
    set_time,
    setup,
    simulate,
    simulate_until,
    sparse_delays_from_weights,
    sparse_random_matrix,
    step,
    timeit,
)
from ranvier.runtime.compat.network import Network
from ranvier.runtime.compat.objects import (
    Creating,
    CurrentInjection,
    DecodingProjection,
    HomogeneousCorrelatedSpikeTrains,
    InputArray,
    Monitor,
    Neuron,
    PoissonPopulation,
    Population,
    PopulationView,
    Projection,
    Pruning,
    SpikeSourceArray,
    Synapse,
    TimedArray,
    TimedPoissonPopulation,
)
from ranvier.runtime.connect.edges import LILConnectivity
from ranvier.runtime.definitions.functions import add_function
from ranvier.runtime.definitions.values import Parameter, Variable
from ranvier.runtime.groups.distributions import (
    Binomial,
    DiscreteUniform,
    Exponential,
    Gamma,
    LogNormal,
    Normal,
    Uniform,
)
from ranvier.runtime.models import (
    IBCM,
    STDP,
    STP,
    EIF_cond_alpha_isfa_ista,
    EIF_cond_exp_isfa_ista,
    GIF_curr_exp,
    Hebb,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_exp,
    Izhikevich,
    LeakyIntegrator,
    Oja,
)
from ranvier.runtime.synapses.dendrite import Dendrite

GIF_curr = GIF_curr_exp
_EXTENSIONS = ("bold", "convolution", "hybrid", "image")

__all__ = [
    "IBCM", "STDP", "STP", "Binomial", "Constant", "Creating", "CurrentInjection", "DecodingProjection", "Dendrite",
    "DiscreteUniform", "EIF_cond_alpha_isfa_ista", "EIF_cond_exp_isfa_ista", "Exponential", "GIF_curr",
    "GIF_curr_exp", "Gamma", "HH_cond_exp", "Hebb", "HomogeneousCorrelatedSpikeTrains", "IF_cond_alpha",
    "IF_cond_exp", "IF_curr_alpha", "IF_curr_exp", "InputArray", "Izhikevich", "LILConnectivity", "LeakyIntegrator",
    "LogNormal", "Monitor", "Network", "Neuron", "Normal", "Oja", "Parameter", "PoissonPopulation", "Population",
    "PopulationView", "Projection", "Pruning", "Rate2SpikePopulation", "Spike2RatePopulation", "SpikeSourceArray",
    "Synapse", "TimedArray", "TimedPoissonPopulation", "Uniform", "Variable", "add_function", "callbacks_enabled",
    "clear", "clear_all_callbacks", "compile", "disable_callbacks", "disable_learning", "dt", "enable_callbacks",
    "enable_learning", "every", "get_current_step", "get_population", "get_projection", "get_time", "load",
    "magic_network", "monitors", "np", "parallel_run", "populations", "projections", "report", "reset", "save",
    "set_current_step", "set_seed", "set_time", "setup", "simulate", "simulate_until", "sparse_delays_from_weights",
    "sparse_random_matrix", "step", "timeit",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load an extension when it is first used: ``ann.extensions.bold``, ``ann.bold``."""
    home = f"{__name__}.extensions"
    if name == "extensions":
        return importlib.import_module(home)
    if name in _EXTENSIONS:
        return importlib.import_module(f"{home}.{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
