"""Neurons with conductance-based inputs."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron
from ..definitions.values import Variable
from .parts import ALPHA, ALPHA_DECAY, DECAY, local


def IF_cond_exp(
    v_rest: Any = -65.0,
    cm: Any = 1.0,
    tau_m: Any = 20.0,
    tau_refrac: Any = 0.0,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    e_rev_E: Any = 0.0,
    e_rev_I: Any = -70.0,
    v_thresh: Any = -50.0,
    v_reset: Any = -65.0,
    i_offset: Any = 0.0,
) -> Neuron:
    """Leaky integrate-and-fire neuron with exponentially decaying conductances.

    Potentials in mV, times in ms, currents in nA, conductances in uS, `cm` in nF.

    References
    ----------
    Meffin, Burkitt and Grayden 2004, J. Comput. Neurosci. 16, 159.
    """
    return Neuron(
        local(
            v_rest=v_rest,
            cm=cm,
            tau_m=tau_m,
            tau_refrac=tau_refrac,
            tau_syn_E=tau_syn_E,
            tau_syn_I=tau_syn_I,
            v_thresh=v_thresh,
            v_reset=v_reset,
            i_offset=i_offset,
            e_rev_E=e_rev_E,
            e_rev_I=e_rev_I,
        ),
        [
            Variable(
                "cm*dv/dt = cm/tau_m*(v_rest - v) + g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset",
                init=v_reset,
                method="exponential",
            ),
            DECAY,
        ],
        spike="v > v_thresh",
        reset="v = v_reset",
        refractory="tau_refrac",
        name="IF_cond_exp",
        description="Leaky integrate-and-fire neuron with decaying conductances.",
    )


def IF_cond_alpha(
    v_rest: Any = -65.0,
    cm: Any = 1.0,
    tau_m: Any = 20.0,
    tau_refrac: Any = 0.0,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    e_rev_E: Any = 0.0,
    e_rev_I: Any = -70.0,
    v_thresh: Any = -50.0,
    v_reset: Any = -65.0,
    i_offset: Any = 0.0,
) -> Neuron:
    """Leaky integrate-and-fire neuron with alpha-shaped conductances.

    Potentials in mV, times in ms, currents in nA, conductances in uS, `cm` in nF.

    References
    ----------
    Kuhn, Aertsen and Rotter 2004, J. Neurosci. 24, 2345.
    """
    return Neuron(
        local(
            v_rest=v_rest,
            cm=cm,
            tau_m=tau_m,
            tau_refrac=tau_refrac,
            tau_syn_E=tau_syn_E,
            tau_syn_I=tau_syn_I,
            v_thresh=v_thresh,
            v_reset=v_reset,
            i_offset=i_offset,
            e_rev_E=e_rev_E,
            e_rev_I=e_rev_I,
        ),
        [
            ALPHA,
            Variable(
                "cm*dv/dt = cm/tau_m*(v_rest - v) + alpha_exc*(e_rev_E - v) + alpha_inh*(e_rev_I - v) + i_offset",
                init=v_reset,
                method="exponential",
            ),
            ALPHA_DECAY,
        ],
        spike="v > v_thresh",
        reset="v = v_reset",
        refractory="tau_refrac",
        name="IF_cond_alpha",
        description="Leaky integrate-and-fire neuron with alpha-shaped conductances.",
    )


def HH_cond_exp(
    gbar_Na: Any = 20.0,
    gbar_K: Any = 6.0,
    gleak: Any = 0.01,
    cm: Any = 0.2,
    v_offset: Any = -63.0,
    e_rev_Na: Any = 50.0,
    e_rev_K: Any = -90.0,
    e_rev_leak: Any = -65.0,
    e_rev_E: Any = 0.0,
    e_rev_I: Any = -80.0,
    tau_syn_E: Any = 0.2,
    tau_syn_I: Any = 2.0,
    i_offset: Any = 0.0,
    v_thresh: Any = 0.0,
) -> Neuron:
    """Hodgkin-Huxley neuron with the channels of Traub and Miles (1991), and decaying conductances.

    Potentials in mV, times in ms, currents in nA, conductances in uS, `cm` in nF.

    References
    ----------
    Traub and Miles 1991, Neuronal Networks of the Hippocampus, Cambridge University Press; in this form:
    Brette et al. 2007, J. Comput. Neurosci. 23, 349, appendix 1.
    """
    return Neuron(
        local(
            gbar_Na=gbar_Na,
            gbar_K=gbar_K,
            gleak=gleak,
            cm=cm,
            v_offset=v_offset,
            e_rev_Na=e_rev_Na,
            e_rev_K=e_rev_K,
            e_rev_leak=e_rev_leak,
            e_rev_E=e_rev_E,
            e_rev_I=e_rev_I,
            tau_syn_E=tau_syn_E,
            tau_syn_I=tau_syn_I,
            i_offset=i_offset,
            v_thresh=v_thresh,
        ),
        [
            "prev_v = v",
            "an = 0.16/exprel((15.0 - v + v_offset)/5.0)",
            "am = 1.28/exprel((13.0 - v + v_offset)/4.0)",
            "ah = 0.128*exp((17.0 - v + v_offset)/18.0)",
            "bn = 0.5*exp((10.0 - v + v_offset)/40.0)",
            "bm = 1.4/exprel((v - v_offset - 40.0)/5.0)",
            "bh = 4.0/(1.0 + exp((40.0 - v + v_offset)/5.0))",
            Variable("dn/dt = an*(1.0 - n) - bn*n", init=0.0, method="exponential"),
            Variable("dm/dt = am*(1.0 - m) - bm*m", init=0.0, method="exponential"),
            Variable("dh/dt = ah*(1.0 - h) - bh*h", init=1.0, method="exponential"),
            Variable(
                "cm*dv/dt = gleak*(e_rev_leak - v) + gbar_K*n**4*(e_rev_K - v) + gbar_Na*m**3*h*(e_rev_Na - v)"
                " + g_exc*(e_rev_E - v) + g_inh*(e_rev_I - v) + i_offset",
                init=e_rev_leak,
                method="exponential",
            ),
            DECAY,
        ],
        spike="(v > v_thresh) and (prev_v <= v_thresh)",
        name="HH_cond_exp",
        description="Hodgkin-Huxley neuron with decaying conductances.",
    )
