"""Neurons with current-based inputs."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron
from ..definitions.values import Variable
from .parts import ALPHA, ALPHA_DECAY, DECAY, local


def LIF(
    tau: Any = 20.0,
    i_offset: Any = 0.0,
    v_rest: Any = 0.0,
    v_thresh: Any = 1.0,
    v_reset: Any = 0.0,
    tau_refrac: Any = 0.0,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
) -> Neuron:
    """Leaky integrate-and-fire neuron without dimensions: potential 0 at rest and 1 at threshold; times in ms.

    References
    ----------
    Lapicque 1907, J. Physiol. Pathol. Gen. 9, 620; in English with comments: Brunel and van Rossum 2007,
    Biol. Cybern. 97, 337.
    """
    values = {"tau": tau, "i_offset": i_offset, "v_rest": v_rest, "v_thresh": v_thresh, "v_reset": v_reset}
    return Neuron(
        local(**values, tau_refrac=tau_refrac, tau_syn_E=tau_syn_E, tau_syn_I=tau_syn_I),
        [Variable("tau*dv/dt = v_rest - v + i_offset + g_exc - g_inh", init=v_rest), DECAY],
        spike="v > v_thresh",
        reset="v = v_reset",
        refractory="tau_refrac",
        name="LIF",
        description="Leaky integrate-and-fire neuron.",
    )


def Izhikevich(
    a: Any = 0.02,
    b: Any = 0.2,
    c: Any = -65.0,
    d: Any = 8.0,
    v_thresh: Any = 30.0,
    i_offset: Any = 0.0,
    noise: Any = 0.0,
    tau_refrac: Any = 0.0,
    conductance: str = "g_exc - g_inh",
) -> Neuron:
    """Izhikevich neuron (Izhikevich 2003, IEEE Trans. Neural Networks 14, 1569, equations 1 to 3).

    Parameters
    ----------
    a, b, c, d : number
        Speed and scaling of the recovery variable, reset potential (mV), increment at a spike.
    v_thresh : number, mV
    i_offset, noise : number
        Constant current, and amplitude of normal noise.
    tau_refrac : number, ms
    conductance : str
        How the inputs enter the current.
    """
    first = [b * c] if isinstance(b, (int, float)) and isinstance(c, (int, float)) else [-13.0]
    return Neuron(
        local(a=a, b=b, c=c, d=d, v_thresh=v_thresh, i_offset=i_offset, noise=noise, tau_refrac=tau_refrac),
        [
            f"I = {conductance} + noise*Normal(0.0, 1.0) + i_offset",
            Variable("dv/dt = 0.04*v**2 + 5.0*v + 140.0 - u + I", init=c),
            Variable("du/dt = a*(b*v - u)", init=first[0]),
        ],
        spike="v > v_thresh",
        reset="v = c\nu += d",
        refractory="tau_refrac",
        name="Izhikevich",
        description="Quadratic integrate-and-fire neuron with adaptation.",
    )


def IF_curr_exp(
    v_rest: Any = -65.0,
    cm: Any = 1.0,
    tau_m: Any = 20.0,
    tau_refrac: Any = 0.0,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    v_thresh: Any = -50.0,
    v_reset: Any = -65.0,
    i_offset: Any = 0.0,
) -> Neuron:
    """Leaky integrate-and-fire neuron with exponentially decaying currents.

    Potentials in mV, times in ms, currents in nA, `cm` in nF.

    References
    ----------
    Tsodyks, Uziel and Markram 2000, J. Neurosci. 20, RC50, equations 1 and 2.
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
        ),
        [
            Variable("cm*dv/dt = cm/tau_m*(v_rest - v) + g_exc - g_inh + i_offset", init=v_reset, method="exponential"),
            DECAY,
        ],
        spike="v > v_thresh",
        reset="v = v_reset",
        refractory="tau_refrac",
        name="IF_curr_exp",
        description="Leaky integrate-and-fire neuron with decaying currents.",
    )


def IF_curr_alpha(
    v_rest: Any = -65.0,
    cm: Any = 1.0,
    tau_m: Any = 20.0,
    tau_refrac: Any = 0.0,
    tau_syn_E: Any = 5.0,
    tau_syn_I: Any = 5.0,
    v_thresh: Any = -50.0,
    v_reset: Any = -65.0,
    i_offset: Any = 0.0,
) -> Neuron:
    """Leaky integrate-and-fire neuron with alpha-shaped currents.

    Potentials in mV, times in ms, currents in nA, `cm` in nF.

    References
    ----------
    Rotter and Diesmann 1999, Biol. Cybern. 81, 381, section 3.2.
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
        ),
        [
            ALPHA,
            Variable(
                "cm*dv/dt = cm/tau_m*(v_rest - v) + alpha_exc - alpha_inh + i_offset",
                init=v_reset,
                method="exponential",
            ),
            ALPHA_DECAY,
        ],
        spike="v > v_thresh",
        reset="v = v_reset",
        refractory="tau_refrac",
        name="IF_curr_alpha",
        description="Leaky integrate-and-fire neuron with alpha-shaped currents.",
    )
