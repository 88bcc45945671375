"""Parts of Izhikevich's quadratic neurons with conductances, noise and oscillations.

References
----------
Izhikevich 2003, IEEE Trans. Neural Networks 14, 1569, equations 1 to 3.
Izhikevich 2007, Dynamical Systems in Neuroscience, MIT Press, chapter 8, equations 8.5 and 8.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..definitions.types import Neuron
from ..definitions.values import Variable
from ..problems import UnknownName
from .parts import local

RESET = "v = c\nu += d"
#: Random increases of the excitatory conductance, as of a Poisson train of spikes of `rates_noise` Hz.
NOISY_AMPA = "ite(Uniform(0.0, 1.0)*1000.0/dt > rates_noise, 0.0, increase_noise/dt)"
#: A current that jumps to a new random value `rate_base_noise` times a second.
BASE = [
    "offset_base = ite(Uniform(0.0, 1.0)*1000.0/dt > rate_base_noise, offset_base, Normal(0.0, 1.0)*base_noise)",
    "I_base = base_mean + offset_base",
]
GABA = "dg_gaba/dt = -g_gaba/tau_gaba"
#: The root of degree y that keeps the sign.
ROOT = "signed_root(x, y) = ite(x < 0.0, -1.0, 1.0)*abs(x)**(1.0/y)"
#: Slow currents that delay the first spike.
SLOW = ["ds/dt = a_s*(pos(u)**0.1 - s)", "dn/dt = a_n*(b_n*(pos(u)**0.1 - s) - n)"]
#: Parameters that are one per neuron in any case, as they are what differs between neurons or is changed in a run.
OWN = ("I_app", "rates_noise", "base_mean", "base_noise", "rate_base_noise", "freq", "amp")


def ampa(noise: bool) -> str:
    """Return the equation of the excitatory conductance."""
    return f"dg_ampa/dt = -g_ampa/tau_ampa{f' + {NOISY_AMPA}' if noise else ''}"


def made(
    name: str,
    parameters: dict[str, Any],
    equations: list[str],
    spike: str,
    shared: bool,
    functions: str = "",
    init: Mapping[str, Any] | None = None,
) -> Neuron:
    """Return a neuron; `shared`: one value for the whole population of all parameters but `OWN`."""
    first = dict(init or {})
    names = {_defined(text): text for text in equations}
    for variable in first:
        if variable not in names:
            raise UnknownName(f"variable of {name}", variable, names)
    entries = [Variable(text, init=first[variable]) if variable in first else text for variable, text in names.items()]
    own = {p: v for p, v in parameters.items() if not shared or p in OWN}
    common = {p: v for p, v in parameters.items() if p not in own}
    return Neuron(
        {**common, **local(**own)},
        entries,
        spike=spike,
        reset=RESET,
        functions=functions or None,
        name=name,
        description="Quadratic neuron with recovery variable.",
    )


def _defined(equation: str) -> str:
    left = equation.partition("=")[0].strip().removesuffix("/dt")
    return left.rpartition("*")[2].removeprefix("d") if "/dt" in equation.partition("=")[0] else left
