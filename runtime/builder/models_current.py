"""Integrate-and-fire neurons with currents as input: linear below threshold, and advanced exactly.

Exact integration: Rotter and Diesmann 1999, Biol. Cybern. 81, 381. Compared with NEST 3.10.
"""

from __future__ import annotations

from .library import NeuronModel, quantities
from .parts import PSC_ALPHA, PSC_ALPHA_INPUT, PSC_EXP, PSC_EXP_INPUT, STIM

_CELL = "E_L=-70 mV, C_m=250 pF, tau_m=10 ms, t_ref=2 ms, V_th=-55 mV, V_reset=-70 mV, I_e=0 pA"
_SYNAPSES = ", tau_syn_ex=2 ms, tau_syn_in=2 ms"
_MEMBRANE = "dV_m/dt = -(V_m - E_L)/tau_m + ({current} + I_e + I_stim)/C_m : exact, unless_refractory\n"
_LOWEST = "V_m += max(V_min - V_m, 0.0) : unless_refractory\n"
_TWO = _MEMBRANE.format(current="I_syn_ex + I_syn_in")

iaf_psc_delta = NeuronModel(
    "iaf_psc_delta",
    quantities(_CELL + ", V_min=-inf mV"),
    "Diesmann, Gewaltig, Rotter and Aertsen 2001, Neurocomputing 38-40, 565; NEST 3.10",
    states=quantities("V_m=-70 mV"),
    equations="dV_m/dt = -(V_m - E_L)/tau_m + (I_e + I_stim)/C_m : exact, unless_refractory\n"
    "V_m += g_spike : unless_refractory\n" + _LOWEST + STIM,
    weight="mV",
    inputs=("spike",),
)
iaf_psc_exp = NeuronModel(
    "iaf_psc_exp",
    quantities(_CELL + _SYNAPSES),
    "Tsodyks, Uziel and Markram 2000, J. Neurosci. 20, RC50; NEST 3.10",
    states=quantities("V_m=-70 mV, I_syn_ex=0 pA, I_syn_in=0 pA"),
    equations=_TWO + PSC_EXP + PSC_EXP_INPUT,
)
iaf_psc_alpha = NeuronModel(
    "iaf_psc_alpha",
    quantities(_CELL + _SYNAPSES + ", V_min=-inf mV"),
    "Rotter and Diesmann 1999, Biol. Cybern. 81, 381; NEST 3.10",
    states=quantities("V_m=-70 mV, I_syn_ex=0 pA, I_syn_in=0 pA"),
    equations=_TWO + PSC_ALPHA.format(method="exact") + PSC_ALPHA_INPUT + "\n" + _LOWEST,
)
iaf_psc_exp_multisynapse = NeuronModel(
    "iaf_psc_exp_multisynapse",
    quantities(_CELL + ", tau_syn=2 ms"),
    "Rotter and Diesmann 1999, Biol. Cybern. 81, 381; NEST 3.10",
    states=quantities("V_m=-70 mV"),
    equations=_MEMBRANE.format(current="{total}") + "{ports}\n" + STIM + "\nI_syn = {total}",
    recordables={"I_syn": "pA"},
    vector="tau_syn",
    port="dI_syn_{k}/dt = -I_syn_{k}/tau_syn_{k} : exact",
    arrival="I_syn_{k} += g_spike_{k}",
)
mat2_psc_exp = NeuronModel(
    "mat2_psc_exp",
    quantities(
        "E_L=-70 mV, C_m=100 pF, tau_m=5 ms, t_ref=2 ms, I_e=0 pA, tau_syn_ex=1 ms, tau_syn_in=3 ms, tau_1=10 ms, "
        "tau_2=200 ms, alpha_1=37 mV, alpha_2=2 mV, omega=-51 mV"
    ),
    "Kobayashi, Tsubo and Shinomoto 2009, Front. Comput. Neurosci. 3, 9; NEST 3.10",
    states=quantities("V_m=-70 mV, I_syn_ex=0 pA, I_syn_in=0 pA, V_th_alpha_1=0 mV, V_th_alpha_2=0 mV"),
    equations="dV_m/dt = -(V_m - E_L)/tau_m + (I_syn_ex + I_syn_in + I_e + I_stim)/C_m : exact\n"
    + PSC_EXP
    + """
    dV_th_alpha_1/dt = -V_th_alpha_1/tau_1 : exact
    dV_th_alpha_2/dt = -V_th_alpha_2/tau_2 : exact
    """
    + PSC_EXP_INPUT
    + "\nV_th = omega + V_th_alpha_1 + V_th_alpha_2",
    spike="V_m >= V_th and not_refractory",
    reset="V_th_alpha_1 += alpha_1\nV_th_alpha_2 += alpha_2\nV_th = omega + V_th_alpha_1 + V_th_alpha_2",
    recordables={"V_th": "mV"},
)
parrot_neuron = NeuronModel(
    "parrot_neuron",
    reference="NEST 3.10; at most one spike per step, and receptor_type 1 receives without passing on",
    equations="arrived = g_spike\nheard = g_silent",
    weight="1",
    inputs=("spike",),
    spike="arrived != 0.0",
    reset="",
    refractory="",
    current=False,
    receptors={1: "silent"},
)
