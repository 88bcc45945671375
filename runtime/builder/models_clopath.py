"""Neurons that keep what voltage-based plasticity needs: `clopath_synapse` reads it.

The potential is filtered with three time constants. What a step would add to a weight for potentiation (per unit of
the presynaptic trace), and what a spike would take from it, are variables of the neuron, ``LTP`` and ``LTD``; they use
the filtered potentials of `delay_u_bars` before. Connections bring them to the synapses, late by twice the delay.
"""

from __future__ import annotations

from typing import Final

from .library import NeuronModel, quantities
from .models_conductance import _HH, _HH_INPUT, _HH_MEMBRANE, _HH_SPIKE, _HH_STATES
from .parts import STIM

_HISTORY: Final = (
    "theta_plus=-45.3 mV, theta_minus=-70.6 mV, A_LTP=8e-5, A_LTD=14e-5, A_LTD_const=1, u_ref_squared=60, "
    "delay_u_bars=5 ms, tau_u_bar_minus=10 ms, tau_u_bar_bar=500 ms, "
)
_FILTERS: Final = """
du_bar_plus/dt = ({V} - u_bar_plus)/tau_u_bar_plus : dopri5
du_bar_minus/dt = ({V} - u_bar_minus)/tau_u_bar_minus : dopri5
du_bar_bar/dt = (u_bar_minus - u_bar_bar)/tau_u_bar_bar : dopri5
"""
#: With the potential u at the end of the step, after the spike reset.
_TRACES: Final = """
above = ite(A_LTD_const != 0.0, 1.0, u_bar_bar*u_bar_bar/u_ref_squared) : inline
LTP = ite(u > theta_plus and g_u_plus > theta_minus, A_LTP*(u - theta_plus)*(g_u_plus - theta_minus)*dt, 0.0)
LTD = ite(g_u_minus > theta_minus, A_LTD*above*(g_u_minus - theta_minus), 0.0)
LTP_late = g_ltp
LTD_late = g_ltd
"""
_REFERENCE: Final = "Clopath, Buesing, Vasilaki and Gerstner 2010, Nat. Neurosci. 13, 344; NEST 3.10"

aeif_psc_delta_clopath = NeuronModel(
    "aeif_psc_delta_clopath",
    quantities(
        "E_L=-70.6 mV, C_m=281 pF, g_L=30 nS, t_ref=0 ms, V_reset=-60 mV, V_peak=33 mV, Delta_T=2 mV, a=4 nS, "
        "b=80.5 pA, tau_w=144 ms, tau_z=40 ms, I_sp=400 pA, V_th_rest=-50.4 mV, V_th_max=30.4 mV, tau_V_th=50 ms, "
        "t_clamp=2 ms, V_clamp=33 mV, tau_u_bar_plus=7 ms, I_e=0 pA, rtol=1e-8, atol=1e-9, " + _HISTORY.rstrip(", ")
    ),
    _REFERENCE,
    states=quantities(
        "V_m=-70.6 mV, w=0 pA, z=0 pA, V_th=-50.4 mV, u_bar_plus=-70.6 mV, u_bar_minus=-70.6 mV, u_bar_bar=-70.6 mV"
    ),
    # After the peak, within the step, the neuron is clamped already, and z and V_th start from there. Then it is
    # clamped for t_clamp, then at V_reset for t_ref: `clamped` and `resting` are the steps left. Where the exponential
    # is held at exp(25), the peak is less than 1e-8 ms away.
    equations="""
    clamped : init=0.0
    resting : init=0.0
    held = (clamped > 0.5) or (resting > 0.5) : inline
    V_top = ite(Delta_T > 0.0, V_peak, V_th) : inline
    peak = (V_m >= V_top) and not held : inline
    V = ite((clamped > 0.5) or peak, V_clamp, ite(resting > 0.5, V_reset, V_m)) : inline
    V_free = min(V_m, V_peak) : inline
    I_spike = ite(Delta_T > 0.0, g_L*Delta_T*exp(min((V_free - V_th)/Delta_T, 25.0)), 0.0) : inline
    dpast/dt = ite(peak, 1.0, 0.0) : dopri5
    dV_m/dt = ite(held, 0.0, (-g_L*(V_free - E_L) + I_spike - w + z + I_e + I_stim)/C_m) : dopri5
    dw/dt = ite((clamped > 0.5) or peak, 0.0, (a*(V - E_L) - w)/tau_w) : dopri5
    dz/dt = -z/tau_z : dopri5
    dV_th/dt = -(V_th - V_th_rest)/tau_V_th : dopri5
    """
    + _FILTERS.format(V="V")
    + """
    ends = (clamped > 0.5) and (clamped < 1.5) : inline
    V_m += ite(ends, V_reset - V_m, ite(held, 0.0, g_spike))
    resting += ite(ends, timestep(t_ref, dt), -min(resting, 1.0))
    clamped -= min(clamped, 1.0)
    u = ite(V_m >= V_top and clamped < 0.5, V_clamp, V_m) : inline
    """
    + _TRACES
    + STIM,
    weight="mV",
    inputs=("spike",),
    spike="V_m >= V_top and clamped < 0.5",
    reset="""
    V_m = V_clamp
    w += b
    z = I_sp*exp(-past/tau_z)
    V_th = V_th_rest + (V_th_max - V_th_rest)*exp(-past/tau_V_th)
    past = 0.0
    clamped = timestep(t_clamp, dt)
    """,
    refractory="",
)
hh_psc_alpha_clopath = NeuronModel(
    "hh_psc_alpha_clopath",
    {**_HH, **quantities("tau_u_bar_plus=114 ms, " + _HISTORY.rstrip(", "))},
    _REFERENCE,
    states={**_HH_STATES, **quantities("u_bar_plus=0 mV, u_bar_minus=0 mV, u_bar_bar=0 mV")},
    equations=_HH_MEMBRANE
    + _FILTERS.format(V="V_m").replace("dopri5", "rkf45")
    + _HH_INPUT
    + "\nu = V_m : inline"
    + _TRACES,
    spike=_HH_SPIKE,
    reset="",
)
