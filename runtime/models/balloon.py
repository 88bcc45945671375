"""Balloon models: from the activity of neurons over blood flow, volume and deoxyhaemoglobin to the BOLD signal.

References
----------
Buxton, Wong & Frank (1998), Magn. Reson. Med. 39:855: the balloon, its classic coefficients.
Friston, Mechelli, Turner & Price (2000), NeuroImage 12:466, eq. 3-10: from activity to flow; the values of parameters.
Obata et al. (2004), NeuroImage 21:144; Stephan et al. (2007), NeuroImage 38:387, eq. 9-12: revised coefficients, and
the linear signal beside the nonlinear one.
Buxton, Uludag, Dubowitz & Liu (2004), NeuroImage 23:S220: flow and metabolism with an input each.
Maith et al. (2021), Eur. J. Neurosci. 53:2278; Maith et al. (2022), Front. Neuroinform. 16:790966.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..definitions.types import Neuron
from ..problems import ValueProblem

#: A line that defines `r`.
_RATE = re.compile(r"[^=:]*\bdr\s*/\s*dt\b|\s*r\s*[-+*/]?=")
#: Flow: the input raises a signal s, which raises the flow f_in and decays.
_FLOW = """
    I_CBF = sum(I_CBF) : init=0.0
    ds/dt = (phi*I_CBF - kappa*s - gamma*(f_in - 1))/second : init=0.0
    df_in/dt = s/second : init=1.0, min=0.01
"""
#: The balloon: the vessel's volume v swells with the flow and holds deoxyhaemoglobin q.
_BALLOON = """
    E = 1 - (1 - E_0)**(1/f_in) : init=0.3424
    dq/dt = (f_in*E/E_0 - (q/v)*f_out)/(tau*second) : init=1.0, min=0.01
    dv/dt = (f_in - f_out)/(tau*second) : init=1.0, min=0.01
    f_out = v**(1/alpha) : init=1.0, min=0.01
"""
#: Flow and metabolism, each with its input; the vessel gives way slowly when it shrinks.
_TWO_INPUTS = """
    I_CBF = sum(I_CBF) : init=0.0
    second*ds_CBF/dt = phi_CBF*I_CBF - kappa_CBF*s_CBF - gamma_CBF*(f_in - 1) : init=0.0
    second*df_in/dt = s_CBF : init=1.0, min=0.01
    I_CMRO2 = sum(I_CMRO2) : init=0.0
    second*ds_CMRO2/dt = phi_CMRO2*I_CMRO2*(gamma_CMRO2/gamma_CBF) - kappa_CMRO2*s_CMRO2 - gamma_CMRO2*(r - 1): init=0.0
    second*dr/dt = s_CMRO2 : init=1.0, min=0.01
    swelling = f_in - v**(1/alpha)
    tau_out = ite(swelling > 0, tau_out1, tau_out2)
    f_out = v**(1/alpha) + tau_out*swelling/(tau + tau_out) : init=1.0, min=0.01
    dq/dt = (r - (q/v)*f_out)/(second*tau) : init=1.0, min=0.01
    dv/dt = swelling/(tau + tau_out)/second : init=1.0, min=0.01
"""
_CLASSIC = """
    k_1 = (1 - V_0)*4.3*v_0*E_0*TE
    k_2 = 2*E_0
    k_3 = 1 - epsilon
"""
_REVISED = """
    k_1 = 4.3*v_0*E_0*TE
    k_2 = epsilon*r_0*E_0*TE
    k_3 = 1 - epsilon
"""
_MAITH = """
    k_1 = 7*E_0
    k_2 = 2
    k_3 = 2*E_0 - 0.2
"""
_NONLINEAR = "BOLD = V_0*(k_1*(1 - q) + k_2*(1 - q/v) + k_3*(1 - v)) : init=0.0"
_LINEAR = "BOLD = V_0*((k_1 + k_2)*(1 - q) + (k_3 - k_2)*(1 - v)) : init=0.0"


class BoldModel(Neuron):
    """A neuron that stands for a region of the brain and computes its BOLD signal.

    Parameters
    ----------
    parameters, equations
        As of `ranvier.Neuron`; the equations take the inputs with ``sum(...)``.
    inputs : str or list of str
        Names of the inputs.
    output : str or list of str
        Variables that are always recorded.
    name, description : str

    Examples
    --------
    >>> from ranvier.runtime.models.balloon import BoldModel
    >>> smooth = BoldModel("tau = 1000.0", "tau*dBOLD/dt = sum(I_CBF) - BOLD", inputs="I_CBF")
    """

    def __init__(
        self,
        parameters: Any,
        equations: Any,
        inputs: str | Sequence[str],
        output: str | Sequence[str] = "BOLD",
        name: str = "Custom BOLD model",
        description: str = "",
    ) -> None:
        outputs = (output,) if isinstance(output, str) else tuple(output)
        super().__init__(parameters, _with_rate(equations, outputs), name=name, description=description)
        self.inputs = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        self.output = outputs
        if not self.inputs or not outputs:
            raise ValueProblem(f"{name}: inputs and output must name at least one variable each.")


def _with_rate(equations: Any, outputs: Sequence[str]) -> Any:
    """Return equations that define a rate `r`, which a neuron without spikes must have: the first output."""
    lines = equations.splitlines() if isinstance(equations, str) else [getattr(e, "equation", e) for e in equations]
    if not outputs or any(_RATE.match(line) for line in lines):
        return equations
    rate = f"r = {outputs[0]}"
    return f"{equations}\n{rate}" if isinstance(equations, str) else [*equations, rate]


def _model(name: str, values: dict[str, float], *equations: str, inputs: Sequence[str] = ("I_CBF",)) -> BoldModel:
    parameters = "\n".join(f"{name} = {float(value)!r} : population" for name, value in values.items())
    return BoldModel(f"second = 1000.0 : population\n{parameters}", "\n".join(equations), inputs, name=name)


def balloon_CN(
    phi: float = 1.0, kappa: float = 1 / 1.54, gamma: float = 1 / 2.46, E_0: float = 0.34, tau: float = 0.98,
    alpha: float = 0.33, V_0: float = 0.02, v_0: float = 40.3, TE: float = 0.04, epsilon: float = 1.43,
) -> BoldModel:  # fmt: skip
    """Balloon with classic coefficients and the nonlinear signal.

    Parameters
    ----------
    phi : float
        Efficacy of the input.
    kappa, gamma : float, 1/s
        Decay of the signal that raises the flow, and its regulation by the flow.
    E_0 : float
        Fraction of oxygen that is extracted at rest.
    tau : float, s
        Time that blood takes through the vessel.
    alpha : float
        Stiffness of the vessel.
    V_0 : float
        Fraction of the volume that is venous blood at rest.
    v_0 : float, 1/s
        Frequency offset at the surface of a vessel without oxygen, at 1.5 T.
    TE : float, s
        Echo time.
    epsilon : float
        Signal inside of vessels over that outside.
    """
    return _model("balloon_CN", dict(locals()), _FLOW, _BALLOON, _CLASSIC, _NONLINEAR)


def balloon_CL(
    phi: float = 1.0, kappa: float = 1 / 1.54, gamma: float = 1 / 2.46, E_0: float = 0.34, tau: float = 0.98,
    alpha: float = 0.33, V_0: float = 0.02, v_0: float = 40.3, TE: float = 0.04, epsilon: float = 1.43,
) -> BoldModel:  # fmt: skip
    """Balloon with classic coefficients and the linear signal. Parameters as of `balloon_CN`."""
    return _model("balloon_CL", dict(locals()), _FLOW, _BALLOON, _CLASSIC, _LINEAR)


def balloon_RN(
    phi: float = 1.0, kappa: float = 1 / 1.54, gamma: float = 1 / 2.46, E_0: float = 0.34, tau: float = 0.98,
    alpha: float = 0.33, V_0: float = 0.02, v_0: float = 40.3, TE: float = 0.04, epsilon: float = 1.43, r_0: float = 25,
) -> BoldModel:  # fmt: skip
    """Balloon with revised coefficients and the nonlinear signal.

    Parameters are those of `balloon_CN`, and

    Parameters
    ----------
    r_0 : float, 1/s
        Slope of the relaxation rate inside of vessels over the saturation with oxygen.
    """
    return _model("balloon_RN", dict(locals()), _FLOW, _BALLOON, _REVISED, _NONLINEAR)


def balloon_RL(
    phi: float = 1.0, kappa: float = 1 / 1.54, gamma: float = 1 / 2.46, E_0: float = 0.34, tau: float = 0.98,
    alpha: float = 0.33, V_0: float = 0.02, v_0: float = 40.3, TE: float = 0.04, epsilon: float = 1.43, r_0: float = 25,
) -> BoldModel:  # fmt: skip
    """Balloon with revised coefficients and the linear signal. Parameters as of `balloon_RN`."""
    return _model("balloon_RL", dict(locals()), _FLOW, _BALLOON, _REVISED, _LINEAR)


def balloon_maith2021() -> BoldModel:
    """Balloon of Maith et al. (2021)."""
    values = {"phi": 1.0, "kappa": 0.665, "gamma": 0.412, "E_0": 0.3424, "tau": 1.0368, "alpha": 0.3215, "V_0": 0.02}
    return _model("balloon_maith2021", values, _FLOW, _BALLOON, _MAITH, _NONLINEAR)


def balloon_two_inputs() -> BoldModel:
    """Balloon with an input of its own for blood flow (I_CBF) and for metabolism (I_CMRO2), as in Maith et al. (2022).

    Flow overshoots (its damping is 0.6 of the critical one), metabolism is ten times stiffer and critically damped.
    """
    gamma = 1 / 2.46
    values = {
        "kappa_CBF": 0.6 * (4 * gamma) ** 0.5, "gamma_CBF": gamma, "kappa_CMRO2": (40 * gamma) ** 0.5,
        "gamma_CMRO2": 10 * gamma, "phi_CBF": 1.0, "phi_CMRO2": 1.0, "E_0": 0.34, "tau": 0.98, "alpha": 0.33,
        "V_0": 0.02, "v_0": 40.3, "TE": 0.04, "epsilon": 1.0, "r_0": 25.0, "tau_out1": 0.0, "tau_out2": 20.0,
    }  # fmt: skip
    return _model("balloon_two_inputs", values, _TWO_INPUTS, _REVISED, _NONLINEAR, inputs=("I_CBF", "I_CMRO2"))
