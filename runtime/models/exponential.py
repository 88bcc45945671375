"""Adaptive exponential integrate-and-fire neurons (Brette and Gerstner 2005, J. Neurophysiol. 94, 3637)."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron
from ..definitions.values import Variable
from .parts import ALPHA, ALPHA_DECAY, DECAY, local


def EIF_cond_exp_isfa_ista(
    v_rest: Any = -70.6,
    cm: Any = 0.281,
    tau_m: Any = 9.3667,
    tau_refrac: Any = 0.1,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    e_rev_E: Any = 0.0,
    e_rev_I: Any = -80.0,
    tau_w: Any = 144.0,
    a: Any = 4.0,
    b: Any = 0.0805,
    i_offset: Any = 0.0,
    delta_T: Any = 2.0,
    v_thresh: Any = -50.4,
    v_reset: Any = -70.6,
    v_spike: Any = -40.0,
) -> Neuron:
    """AdEx neuron with exponentially decaying conductances.

    Potentials in mV, times in ms, currents in nA, conductances in uS (`a` in nS), `cm` in nF.

    References
    ----------
    Brette and Gerstner 2005, J. Neurophysiol. 94, 3637; firing patterns: Naud et al. 2008, Biol. Cybern. 99, 335.
    """
    values = local(
        v_rest=v_rest, cm=cm, tau_m=tau_m, tau_refrac=tau_refrac, tau_syn_E=tau_syn_E, tau_syn_I=tau_syn_I,
        e_rev_E=e_rev_E, e_rev_I=e_rev_I, tau_w=tau_w, a=a, b=b, i_offset=i_offset, delta_T=delta_T,
        v_thresh=v_thresh, v_reset=v_reset, v_spike=v_spike,
    )  # fmt: skip
    current = "I = g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset"
    return _adex(values, "", current, DECAY, v_reset, "EIF_cond_exp_isfa_ista")


def EIF_cond_alpha_isfa_ista(
    v_rest: Any = -70.6,
    cm: Any = 0.281,
    tau_m: Any = 9.3667,
    tau_refrac: Any = 0.1,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    e_rev_E: Any = 0.0,
    e_rev_I: Any = -80.0,
    tau_w: Any = 144.0,
    a: Any = 4.0,
    b: Any = 0.0805,
    i_offset: Any = 0.0,
    delta_T: Any = 2.0,
    v_thresh: Any = -50.4,
    v_reset: Any = -70.6,
    v_spike: Any = -40.0,
) -> Neuron:
    """AdEx neuron with alpha-shaped conductances.

    Potentials in mV, times in ms, currents in nA, conductances in uS (`a` in nS), `cm` in nF.

    References
    ----------
    Brette and Gerstner 2005, J. Neurophysiol. 94, 3637; firing patterns: Naud et al. 2008, Biol. Cybern. 99, 335.
    """
    values = local(
        v_rest=v_rest, cm=cm, tau_m=tau_m, tau_refrac=tau_refrac, tau_syn_E=tau_syn_E, tau_syn_I=tau_syn_I,
        e_rev_E=e_rev_E, e_rev_I=e_rev_I, tau_w=tau_w, a=a, b=b, i_offset=i_offset, delta_T=delta_T,
        v_thresh=v_thresh, v_reset=v_reset, v_spike=v_spike,
    )  # fmt: skip
    current = "I = alpha_exc*(e_rev_E - v) + alpha_inh*(e_rev_I - v) + i_offset"
    return _adex(values, ALPHA, current, ALPHA_DECAY, v_reset, "EIF_cond_alpha_isfa_ista")


def _adex(values: dict[str, Any], before: str, current: str, inputs: str, v_reset: Any, name: str) -> Neuron:
    return Neuron(
        values,
        [
            before,
            current,
            Variable("tau_m*dv/dt = v_rest - v + delta_T*exp((v - v_thresh)/delta_T) + tau_m/cm*(I - w)", init=v_reset),
            "tau_w*dw/dt = a*(v - v_rest)/1000.0 - w",
            inputs,
        ],
        spike="v > v_spike",
        reset="v = v_reset\nw += b",
        refractory="tau_refrac",
        name=name,
        description="Adaptive exponential integrate-and-fire neuron.",
    )
