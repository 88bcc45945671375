"""The generalised integrate-and-fire neuron, which spikes at random with a rate that its potential sets."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron
from ..definitions.values import Variable
from .parts import local


def GIF_curr_exp(
    C_m: Any = 250.0,
    tau_m: Any = 10.0,
    tau_v: Any = 1000.0,
    J_v: Any = 1000.0,
    u_r: Any = -65.0,
    u_th: Any = -50.0,
    c: Any = 10.0,
    delta_u: Any = 5.0,
    tau_g_exc: Any = 5.0,
    tau_g_inh: Any = 5.0,
    I_ext: Any = 375.0,
    current: str = "R*(g_exc - g_inh)",
    refractory_period: Any = 0.0,
) -> Neuron:
    """Generalised integrate-and-fire neuron with escape noise and an adaptive threshold.

    Potentials in mV, times in ms, currents in pA, `C_m` in pF; the resistance is ``R = tau_m/C_m``.

    Parameters
    ----------
    tau_m, u_r : number
        Time constant of the potential u, and where it rests and is reset.
    tau_v, J_v, u_th : number
        Each spike raises the threshold v by ``J_v/tau_v``; it returns to `u_th` with `tau_v`.
    c, delta_u : number
        The rate of spikes is ``c*exp((u - v)/delta_u)``, in Hz.
    current : str
        How the inputs enter the potential.

    References
    ----------
    Schwalger, Deger and Gerstner 2017, PLoS Comput. Biol. 13, e1005507, equations 5 to 12.
    """
    values = dict(C_m=C_m, tau_m=tau_m, tau_v=tau_v, J_v=J_v, u_r=u_r, u_th=u_th, c=c, delta_u=delta_u, I_ext=I_ext)
    return Neuron(
        local(**values, tau_g_exc=tau_g_exc, tau_g_inh=tau_g_inh, refractory_period=refractory_period),
        [
            "R = tau_m/C_m : inline",
            Variable(f"tau_m*du/dt = u_r - u + R*I_ext{' + ' + current if current else ''}", init=u_r),
            Variable("tau_v*dv/dt = u_th - v", init=u_th),
            "Lambda = c*exp((u - v)/delta_u)",
            "tau_g_exc*dg_exc/dt = -g_exc",
            "tau_g_inh*dg_inh/dt = -g_inh",
        ],
        spike="Uniform(0.0, 1.0)*1000.0/dt < Lambda",
        reset="u = u_r\nv += J_v/tau_v",
        refractory="refractory_period",
        name="GIF_curr_exp",
        description="Generalised integrate-and-fire neuron with escape noise.",
    )
