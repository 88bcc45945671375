"""Izhikevich's neurons of 2003, with conductances, noise, oscillations.

References
----------
Izhikevich 2003, IEEE Trans. Neural Networks 14, 1569, equations 1 to 3.
"""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron
from .quadratic import BASE, GABA, ROOT, ampa, made
from .striatum import SYNAPTIC_CURRENT


def _of_2003(name: str, values: dict[str, Any], noise: str, nonlin: bool = False, oscillating: bool = False) -> Neuron:
    """Put a neuron of 2003 together; `noise` is "ampa" or "base"."""
    flexible = "n2" in values
    square = "n2*v*v + n1*v + n0" if flexible else "0.04*v*v + 5*v + 140"
    equations = [ampa(noise == "ampa"), GABA]
    if oscillating:
        equations.insert(0, "osc = amp*sin(t*2*pi*(freq/1000))")
    if noise == "base":
        equations += BASE
    extra = " + osc" if oscillating else ""
    current = f"I_app{SYNAPTIC_CURRENT}"
    if nonlin:
        equations += [f"I = {current}"]
        current = f"signed_root(I, nonlin){' + I_base' if noise == 'base' else ''}"
    elif noise == "base":
        equations += [f"I = {current} + I_base"]
        current = "I"
    equations += [f"dv/dt = {square} - u + {current}{extra}", "du/dt = a*(b*v - u)"]
    return made(name, values, equations, "v >= 30", True, ROOT if nonlin else "")


def Izhikevich2003FixedNoisyAmpa(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    increase_noise: float = 0,
    rates_noise: float = 0,
) -> Neuron:
    """Neuron of 2003 with conductances ampa and gaba, and Poisson noise in the former."""
    return _of_2003("Izhikevich2003_fixed_noisy_AMPA", dict(locals()), "ampa")


def Izhikevich2003NoisyAmpa(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    n2: float = 0,
    n1: float = 0,
    n0: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    increase_noise: float = 0,
    rates_noise: float = 0,
) -> Neuron:
    """`Izhikevich2003FixedNoisyAmpa` with the square ``n2*v^2 + n1*v + n0``."""
    return _of_2003("Izhikevich2003_noisy_AMPA", dict(locals()), "ampa")


def Izhikevich2003NoisyAmpaNonlin(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    n2: float = 0,
    n1: float = 0,
    n0: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    increase_noise: float = 0,
    rates_noise: float = 0,
    nonlin: float = 1,
) -> Neuron:
    """`Izhikevich2003NoisyAmpa` with the signed root of degree `nonlin` of the current."""
    return _of_2003("Izhikevich2003_noisy_AMPA_nonlin", dict(locals()), "ampa", nonlin=True)


def Izhikevich2003NoisyAmpaOscillating(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    n2: float = 0,
    n1: float = 0,
    n0: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    increase_noise: float = 0,
    rates_noise: float = 0,
    freq: float = 0,
    amp: float = 6,
) -> Neuron:
    """`Izhikevich2003NoisyAmpa` with a current of amplitude `amp` that oscillates with `freq` Hz."""
    return _of_2003("Izhikevich2003_noisy_AMPA_oscillating", dict(locals()), "ampa", oscillating=True)


def Izhikevich2003NoisyBase(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    n2: float = 0,
    n1: float = 0,
    n0: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    base_mean: float = 0,
    base_noise: float = 0,
    rate_base_noise: float = 0,
) -> Neuron:
    """Neuron of 2003 with conductances ampa and gaba, and a current that jumps at random."""
    return _of_2003("Izhikevich2003_noisy_I", dict(locals()), "base")


def Izhikevich2003NoisyBaseNonlin(
    a: float = 0,
    b: float = 0,
    c: float = 0,
    d: float = 0,
    n2: float = 0,
    n1: float = 0,
    n0: float = 0,
    tau_ampa: float = 1,
    tau_gaba: float = 1,
    E_ampa: float = 0,
    E_gaba: float = 0,
    I_app: float = 0,
    base_mean: float = 0,
    base_noise: float = 0,
    rate_base_noise: float = 0,
    nonlin: float = 1,
) -> Neuron:
    """`Izhikevich2003NoisyBase` with the signed root of degree `nonlin` of the other currents."""
    return _of_2003("Izhikevich2003_noisy_I_nonlin", dict(locals()), "base", nonlin=True)
