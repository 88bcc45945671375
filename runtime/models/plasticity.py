"""Synapses of spiking neurons: short-term plasticity and spike-timing dependent plasticity."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Synapse
from ..definitions.values import Parameter, Variable
from .parts import local, shared


def STP(tau_rec: Any = 100.0, tau_facil: Any = 0.01, U: Any = 0.5) -> Synapse:
    """Short-term facilitation and depression (Tsodyks, Uziel and Markram 2000, J. Neurosci. 20, RC50).

    Parameters
    ----------
    tau_rec, tau_facil : number, ms
        Recovery from depression and from facilitation.
    U : number
        Share of the resources used by a spike.
    """
    return Synapse(
        {**shared(tau_rec=tau_rec, tau_facil=tau_facil), **local(U=U)},
        [
            Variable("dx/dt = (1.0 - x)/tau_rec", init=1.0, method="event-driven"),
            Variable("du/dt = (U - u)/tau_facil", init=U, method="event-driven"),
        ],
        pre_spike="""
            g_target += w*u*x
            x *= 1.0 - u
            u += U*(1.0 - u)
        """,
        name="STP",
        description="Short-term plasticity.",
    )


def STDP(
    tau_plus: Any = 20.0,
    tau_minus: Any = 20.0,
    A_plus: Any = 0.01,
    A_minus: Any = 0.01,
    w_min: Any = 0.0,
    w_max: Any = 1.0,
) -> Synapse:
    """Spike-timing dependent plasticity with one trace per side (Song and Abbott 2001, Neuron 32, 339).

    Parameters
    ----------
    tau_plus, tau_minus : number, ms
        Time constants of the presynaptic and postsynaptic trace.
    A_plus, A_minus : number
        Changes of the traces at a spike, relative to `w_max`.
    w_min, w_max : number
        Bounds of the weight.
    """
    values = shared(tau_plus=tau_plus, tau_minus=tau_minus, A_plus=A_plus, A_minus=A_minus, w_min=w_min, w_max=w_max)
    return _pairs(values, "event-driven", "STDP")


def STDP_online(
    tau_plus: Any = 20.0,
    tau_minus: Any = 20.0,
    A_plus: Any = 0.01,
    A_minus: Any = 0.01,
    w_min: Any = 0.0,
    w_max: Any = 1.0,
) -> Synapse:
    """Spike-timing dependent plasticity whose traces are updated in every step (Song and Abbott 2001, Neuron 32, 339).

    Slower than `STDP`, and the same but for rounding; the traces can be recorded and read at any time. Parameters are
    those of `STDP`.
    """
    values = shared(tau_plus=tau_plus, tau_minus=tau_minus, A_plus=A_plus, A_minus=A_minus, w_min=w_min, w_max=w_max)
    return _pairs(values, "exponential", "STDP_online")


def _pairs(values: dict[str, Parameter], method: str, name: str) -> Synapse:
    return Synapse(
        values,
        [
            Variable("tau_plus*dx/dt = -x", method=method),
            Variable("tau_minus*dy/dt = -y", method=method),
        ],
        pre_spike="""
            g_target += w
            x += A_plus*w_max
            w = clip(w + y, w_min, w_max)
        """,
        post_spike="""
            y -= A_minus*w_max
            w = clip(w + x, w_min, w_max)
        """,
        name=name,
        description="Spike-timing dependent plasticity.",
    )
