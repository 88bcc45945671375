"""Neurons that make or count spikes, and a synapse that scales them."""

from __future__ import annotations

from ..definitions.types import Neuron, Synapse
from .parts import local

#: A number in Hz that is below the rate with the probability of a spike in one step.
DRAW = "p = Uniform(0.0, 1.0)*1000.0/dt"


def PoissonNeuron(rates: float = 0.0) -> Neuron:
    """Poisson spikes with the rate `rates` (Hz), which acts at once."""
    return Neuron(
        local(rates=rates),
        DRAW,
        spike="p <= rates",
        reset="p = 0.0",
        name="poisson_neuron",
        description="Poisson neuron.",
    )


def PoissonNeuronUpDown(rates: float = 0.0, tau_up: float = 1.0, tau_down: float = 1.0) -> Neuron:
    """Poisson spikes whose rate approaches `rates` (Hz) with one time constant upwards and one downwards (ms)."""
    equations = f"{DRAW}\ndact/dt = ite(rates > act, (rates - act)/tau_up, (rates - act)/tau_down)"
    return Neuron(
        local(rates=rates, tau_up=tau_up, tau_down=tau_down),
        equations,
        spike="p <= act",
        reset="p = 0.0",
        name="poisson_neuron_up_down",
        description="Poisson neuron whose rate follows with time constants.",
    )


def PoissonNeuronSin(amplitude: float = 0.0, base: float = 0.0, frequency: float = 0.0, phase: float = 0.0) -> Neuron:
    """Poisson spikes with a rate that oscillates.

    Parameters
    ----------
    amplitude, base, frequency : float, Hz
    phase : float, s
    """
    equations = f"rates = amplitude*sin(2*pi*frequency*(t/1000 - phase)) + base\n{DRAW}"
    return Neuron(
        local(amplitude=amplitude, base=base, frequency=frequency, phase=phase),
        equations,
        spike="p <= rates",
        reset="p = 0.0",
        name="poisson_neuron_sin",
        description="Poisson neuron whose rate oscillates.",
    )


def IntegratorNeuron(tau: float = 1.0, threshold: float = 1.0) -> Neuron:
    """Sum of spikes (target ampa) that decays with `tau` (ms); at `threshold`, ``decision`` becomes ``neuron_id``.

    ``decision`` is -1 before. For stop conditions such as ``"decision >= 0 : any"``.
    """
    return Neuron(
        {"tau": tau, "threshold": threshold, **local(neuron_id=0.0)},
        "dg_ampa/dt = -g_ampa/tau\nddecision/dt = 0 : init = -1",
        spike="g_ampa >= threshold",
        reset="decision = neuron_id",
        name="integrator_neuron",
        description="Integrator of spikes that decides at a threshold.",
    )


def IntegratorNeuronSimple(tau: float = 1.0) -> Neuron:
    """Sum of spikes (target ampa) that decays with `tau` (ms); for stop conditions such as ``"g_ampa >= 5 : any"``."""
    return Neuron(
        {"tau": tau, **local(neuron_id=0.0)},
        "dg_ampa/dt = -g_ampa/tau\nr = 0",
        name="integrator_neuron_simple",
        description="Integrator of spikes.",
    )


def FactorSynapse(max_trans: float | None = None, mod_factor: float = 0.0) -> Synapse:
    """Synapse that sends its weight times `mod_factor`; the conductance is cut at `max_trans`, if given."""
    parameters = local(**({} if max_trans is None else {"max_trans": max_trans}), mod_factor=mod_factor)
    limit = "" if max_trans is None else "\ng_target = min(g_target, max_trans)"
    return Synapse(
        parameters,
        "",
        pre_spike=f"g_target += w*mod_factor{limit}",
        name="factor_synapse",
        description="Synapse that scales what it sends by a factor.",
    )
