"""Izhikevich's neurons of 2007, with conductances, noise, oscillations.

References
----------
Izhikevich 2007, Dynamical Systems in Neuroscience, MIT Press, chapter 8, equations 8.5 and 8.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..definitions.types import Neuron
from .quadratic import BASE, GABA, ROOT, SLOW, ampa, made
from .striatum import SYNAPTIC_CURRENT


def _of_2007(
    name: str,
    values: dict[str, Any],
    synapses: bool = False,
    noise: str = "",
    slow: bool = False,
    dv: str = "",
    du: str = "a*(b*(v - v_r) - u)",
    oscillating: bool = False,
    after: list[str] | None = None,
) -> Neuron:
    """Put a neuron of 2007 together; `noise` is "", "ampa" or "base"."""
    shared, init = values.pop("params_for_pop"), values.pop("init")
    equations = ["osc = amp*sin(t*2*pi*(freq/1000))"] if oscillating else []
    equations += BASE if noise == "base" else []
    equations += [ampa(noise == "ampa"), GABA] if synapses else []
    current = f"I_app{SYNAPTIC_CURRENT if synapses else ''}"
    current = f"signed_root({current}, nonlin) - n" if slow else current
    current += f"{' + I_base' if noise == 'base' else ''}{' + osc' if oscillating else ''}"
    equations += [
        f"I_v = {current}",
        f"C*dv/dt = {dv or 'k*(v - v_r)*(v - v_t) - u + I_v'}",
        f"du/dt = {du}",
        *(SLOW if slow else []),
        *(after or []),
    ]
    return made(name, values, equations, "v >= v_peak", shared, ROOT if slow else "", init)


def Izhikevich2007(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """Neuron of 2007: ``C dv/dt = k (v - v_r)(v - v_t) - u + I_app``, ``du/dt = a (b (v - v_r) - u)``.

    Parameters
    ----------
    C, k, v_r, v_t, a, b, c, d, v_peak : float
        pF, nS/mV, mV, mV, 1/ms, nS, mV, pA, mV; the defaults are those of a regular spiking neuron.
    I_app : float, pA
    params_for_pop : bool
        One value for all neurons instead of one per neuron (I_app excepted).
    init : dict, optional
        First values of variables.
    """
    return _of_2007("Izhikevich2007", dict(locals()))


def Izhikevich2007RecCur(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007` with its currents as variables ``I_u``, ``I_k``, ``I_a``."""
    after = ["I_u = -u", "I_k = k*(v - v_r)*(v - v_t)", "I_a = I_app"]
    return _of_2007(
        "Izhikevich2007_record_currents", {k_: v_ for k_, v_ in locals().items() if k_ != "after"}, after=after
    )


def Izhikevich2007VoltageClamp(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007` whose potential is held; ``I_inf`` is the current that would change it."""
    return _of_2007(
        "Izhikevich2007_voltage_clamp", dict(locals()), dv="0", after=["I_inf = k*(v - v_r)*(v - v_t) - u + I_v"]
    )


def Izhikevich2007Syn(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    tau_ampa: float = 10.0,
    tau_gaba: float = 10.0,
    E_ampa: float = 0.0,
    E_gaba: float = -90.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007` with conductances for the targets ampa and gaba."""
    return _of_2007("Izhikevich2007_syn", dict(locals()), synapses=True)


def Izhikevich2007NoisyAmpa(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    tau_ampa: float = 10.0,
    tau_gaba: float = 10.0,
    E_ampa: float = 0.0,
    E_gaba: float = -90.0,
    increase_noise: float = 0.0,
    rates_noise: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007Syn` with Poisson noise in the conductance ampa."""
    return _of_2007("Izhikevich2007_noisy_AMPA", dict(locals()), synapses=True, noise="ampa")


def Izhikevich2007NoisyBase(
    C: float = 100.0,
    k: float = 0.7,
    v_r: float = -60.0,
    v_t: float = -40.0,
    a: float = 0.03,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 100.0,
    v_peak: float = 35.0,
    I_app: float = 0.0,
    tau_ampa: float = 10.0,
    tau_gaba: float = 10.0,
    E_ampa: float = 0.0,
    E_gaba: float = -90.0,
    base_mean: float = 0.0,
    base_noise: float = 0.0,
    rate_base_noise: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007Syn` with a current that jumps at random."""
    return _of_2007("Izhikevich2007_noisy_base", dict(locals()), synapses=True, noise="base")


def Izhikevich2007NoisyAmpaOscillating(
    C: float = 20.0,
    k: float = 1.0,
    v_r: float = -55.0,
    v_t: float = -40.0,
    a: float = 0.1,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 2.0,
    v_peak: float = 25.0,
    I_app: float = 0.0,
    tau_ampa: float = 2.0,
    tau_gaba: float = 5.0,
    E_ampa: float = 0.0,
    E_gaba: float = -80.0,
    increase_noise: float = 0.0,
    rates_noise: float = 0.0,
    freq: float = 0.0,
    amp: float = 300.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007NoisyAmpa` with a current of amplitude `amp` that oscillates with `freq` Hz."""
    return _of_2007(
        "Izhikevich2007_noisy_AMPA_oscillating", dict(locals()), synapses=True, noise="ampa", oscillating=True
    )


def Izhikevich2007FsiNoisyAmpa(
    C: float = 20.0,
    k: float = 1.0,
    v_r: float = -55.0,
    v_t: float = -40.0,
    v_b: float = -55.0,
    a: float = 0.1,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 2.0,
    v_peak: float = 25.0,
    I_app: float = 0.0,
    tau_ampa: float = 2.0,
    tau_gaba: float = 5.0,
    E_ampa: float = 0.0,
    E_gaba: float = -80.0,
    increase_noise: float = 0.0,
    rates_noise: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007NoisyAmpa` with the cubic recovery of fast-spiking neurons (section 8.2.6 of the book)."""
    return _of_2007(
        "Izhikevich2007_FSI_noisy_AMPA",
        dict(locals()),
        synapses=True,
        noise="ampa",
        du="ite(v < v_b, -a*u, a*(b*(v - v_b)**3 - u))",
    )


def Izhikevich2007CorbitFsiNoisyAmpa(
    C: float = 20.0,
    k: float = 1.0,
    b_n: float = 0.1,
    a_s: float = 0.1,
    a_n: float = 0.1,
    v_r: float = -55.0,
    v_t: float = -40.0,
    a: float = 0.1,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 2.0,
    v_peak: float = 25.0,
    nonlin: float = 0.1,
    I_app: float = 0.0,
    tau_ampa: float = 2.0,
    tau_gaba: float = 5.0,
    E_ampa: float = 0.0,
    E_gaba: float = -80.0,
    increase_noise: float = 0.0,
    rates_noise: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007NoisyAmpa` with slow currents that delay spikes, after `HHneuronCorbit`."""
    return _of_2007("Izhikevich2007_Corbit_FSI_noisy_AMPA", dict(locals()), synapses=True, noise="ampa", slow=True)


def Izhikevich2007CorbitFsiNoisyBase(
    C: float = 20.0,
    k: float = 1.0,
    b_n: float = 0.1,
    a_s: float = 0.1,
    a_n: float = 0.1,
    v_r: float = -55.0,
    v_t: float = -40.0,
    a: float = 0.1,
    b: float = -2.0,
    c: float = -50.0,
    d: float = 2.0,
    v_peak: float = 25.0,
    nonlin: float = 0.1,
    I_app: float = 0.0,
    tau_ampa: float = 2.0,
    tau_gaba: float = 5.0,
    E_ampa: float = 0.0,
    E_gaba: float = -80.0,
    base_mean: float = 0.0,
    base_noise: float = 0.0,
    rate_base_noise: float = 0.0,
    params_for_pop: bool = False,
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """`Izhikevich2007NoisyBase` with slow currents that delay spikes, after `HHneuronCorbit`."""
    return _of_2007("Izhikevich2007_Corbit_FSI_noisy_base", dict(locals()), synapses=True, noise="base", slow=True)
