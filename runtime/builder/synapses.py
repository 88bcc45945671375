"""Synapse models by NEST's names, as equation strings.

A presynaptic spike with time stamp s = t - delay + dt runs `pre_spike` when it arrives. In NEST the whole delay is
dendritic: a postsynaptic spike acts on the synapse one delay after it, a presynaptic one at once, and the weight is
sent then. Here both are later by one delay, so their order is the same: a postsynaptic spike acts 2*delay - dt after
it, at the end of the step before the one in which presynaptic spikes of the same time arrive. Traces are corrected
by that one step, and a postsynaptic spike of the same time counts for potentiation but not for depression, as in
NEST (Morrison, Diesmann and Gerstner 2008, Biol. Cybern. 98, 459, section 4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from textwrap import dedent
from typing import Any, Final

import numpy as np

from ..definitions.types import Synapse
from ..problems import UnknownName, ValueProblem
from . import devices
from .library import Model, Quantities, quantities
from .limits import check_limits
from .nodes import NodeView, Recording
from .units import in_unit

#: The unit of parameters that have that of the weights, whatever it is.
OF_WEIGHT: Final = "w"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SynapseModel(Model):
    """A synapse model; calling it with arguments gives a specification for ``connect(synapse=...)``.

    Parameters
    ----------
    states : mapping
        Variables whose initial value can be given.
    equations, pre_spike, post_spike : str
    weight : float
        Default.
    graded : {"", "sic", "gap"}
        It sends something of the presynaptic cell in every step instead of spikes: its slow current, its potential.
    signal : bool
        It reads the concentration of a volume transmitter.
    history : bool
        It reads what its target keeps of its potential.
    """

    states: Quantities = field(default_factory=dict)
    equations: str = ""
    pre_spike: str = ""
    post_spike: str = ""
    weight: float = 1.0
    graded: str = ""
    signal: bool = False
    history: bool = False
    derived: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self, *, weight: Any = None, delay: Any = None, receptor_type: Any = 0, weight_recorder: NodeView | None = None,
        **values: Any,
    ) -> SynapseSpec:  # fmt: skip
        """Return the model with values.

        Parameters
        ----------
        weight, delay : number or quantity, optional
            Used where `connect` is given none.
        receptor_type : int
            Likewise.
        weight_recorder : NodeView, optional
            Records what every presynaptic spike sends.
        **values
            Parameters and initial values of the model; ``lambda`` is ``lambda_`` in Python.
        """
        known = {**self.parameters, **self.states}
        values = {name if name in known or f"{name}_" not in known else f"{name}_": v for name, v in values.items()}
        for name in values:
            if name not in known:
                raise UnknownName(f"parameter of {self.name}", name, [*known, "weight", "delay", "receptor_type"])
        numbers = {
            name: value if known[name][1] == OF_WEIGHT else in_unit(value, known[name][1], f"{self.name}: {name}")
            for name, value in values.items()
        }
        check_limits({k: v for k, v in numbers.items() if known[k][1] != OF_WEIGHT}, self.name)
        numbers |= {
            name: numbers[other] for name, other in self.derived.items() if name not in numbers and other in numbers
        }
        recorder = None
        if weight_recorder is not None:
            node = weight_recorder.segments[0].node if isinstance(weight_recorder, NodeView) else None
            if not isinstance(node, Recording) or node.model is not devices.weight_recorder or self.graded:
                raise ValueProblem(
                    f"{self.name}: weight_recorder must be what create(weight_recorder) returned, and the synapse one "
                    "that sends spikes."
                )
            recorder = node
        return SynapseSpec(self, numbers, weight, delay, receptor_type, recorder)

    @property
    def synapse(self) -> Synapse:
        """The model as the compiler takes it."""
        return self._as_taken(self.pre_spike, self.states)

    @property
    def noting(self) -> Synapse:
        """The same, with what the last spike sent, and when."""
        noted = r"sent = \1\nstamp_sent = t - delay + dt\ng_target += sent"
        pre_spike = dedent(re.sub(r"g_target \+= (.*)", noted, self.pre_spike))
        return self._as_taken(pre_spike, {**self.states, **quantities("sent=0, stamp_sent=0 ms")})

    def _as_taken(self, pre_spike: str, states: Quantities) -> Synapse:
        parameters = tuple((k, v) for k, (v, _) in self.parameters.items())
        starts = tuple((k, v) for k, (v, _) in states.items())
        return _synapse(self.name, parameters, starts, self.equations, pre_spike, self.post_spike)


@dataclass(frozen=True, slots=True, eq=False)
class SynapseSpec:
    """A synapse model with values.

    Parameters
    ----------
    model : SynapseModel
    values : mapping
        Those that were given.
    weight, delay, receptor_type
        Defaults of `connect`.
    recorder : Recording, optional
        A weight recorder.
    """

    model: SynapseModel
    values: Mapping[str, Any]
    weight: Any = None
    delay: Any = None
    receptor_type: Any = 0
    recorder: Recording | None = None

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.model.name

    def in_units(self, unit: str, weights: Any) -> SynapseSpec:
        """Return the specification for a target whose weights have a unit, as numbers.

        Raises
        ------
        ValueProblem
            E501: a value of another dimension, or weights beyond zero from ``Wmax``.
        """
        known = {**self.model.parameters, **self.model.states}
        values = {
            name: in_unit(value, unit, f"{self.name}: {name}") if known[name][1] == OF_WEIGHT else value
            for name, value in self.values.items()
        }
        if "Wmax" in known:
            most = np.asarray(values.get("Wmax", known["Wmax"][0]))
            if np.any(most == 0.0) and self.name.startswith("stdp"):
                raise ValueProblem(f"connect: {self.name}: Wmax must not be 0.")
            if np.any(np.asarray(weights) * np.sign(most) < 0.0):
                raise ValueProblem(f"connect: {self.name}: weight and Wmax must have the same sign.")
        return replace(self, values=values)

    def __repr__(self) -> str:
        return f"<{self.name} with {', '.join(f'{k}={v}' for k, v in self.values.items()) or 'defaults'}>"


@cache
def _synapse(
    name: str, parameters: tuple[tuple[str, float], ...], states: tuple[tuple[str, float], ...], equations: str,
    pre_spike: str, post_spike: str,
) -> Synapse:  # fmt: skip
    lines = [f"{key} = {value!r}" for key, value in parameters]
    declared = [f"{key} : init={value!r}" for key, value in states if f"d{key}/dt" not in equations]
    return Synapse("\n".join(lines), "\n".join([*declared, equations]), None, "sum", pre_spike, post_spike, name=name)


#: The current through gap junctions of conductance w.
coupling = Synapse(psp="w*(pre.V_m - post.V_m)", name="coupling")


@cache
def sending(variable: str) -> Synapse:
    """Return the synapse that sends a variable of the presynaptic cell in every step, times the weight."""
    return Synapse(psp=f"w*pre.{variable}", name="graded")


static_synapse = SynapseModel("static_synapse", pre_spike="g_target += w")
sic_connection = SynapseModel("sic_connection", reference="NEST 3.10", graded="sic")
gap_junction = SynapseModel(
    "gap_junction",
    reference="Hahne et al. 2015, Front. Neuroinform. 9, 22; NEST 3.10 (which iterates; here a step sees its start)",
    graded="gap",
)


_STAMP = "stamp = t - delay + dt : inline\n"
_FACILITATION = "ite(tau_fac > 1e-10, exp((last - stamp)/tau_fac), 0.0)"

tsodyks_synapse = SynapseModel(
    "tsodyks_synapse",
    quantities("U=0.5, tau_psc=3 ms, tau_fac=0 ms, tau_rec=800 ms"),
    "Tsodyks, Uziel and Markram 2000, J. Neurosci. 20, RC50; NEST 3.10",
    states=quantities("x=1, y=0, u=0, last=0 ms"),
    equations=_STAMP + "P_rec = exp((last - stamp)/tau_rec) : inline\nP_psc = exp((last - stamp)/tau_psc) : inline",
    pre_spike=f"""
    u = u*{_FACILITATION}
    x += ((P_rec - 1.0)*tau_rec - (P_psc - 1.0)*tau_psc)/(tau_psc - tau_rec)*y + (1.0 - P_rec)*(1.0 - x - y)
    y = y*P_psc
    u += U*(1.0 - u)
    g_target += w*u*x
    y += u*x
    x -= u*x
    last = stamp
    """,
)
tsodyks2_synapse = SynapseModel(
    "tsodyks2_synapse",
    quantities("U=0.5, tau_fac=0 ms, tau_rec=800 ms"),
    "Tsodyks and Markram 1997, PNAS 94, 719; Fuhrmann et al. 2002, J. Neurophysiol. 87, 140; NEST 3.10",
    states=quantities("u=0.5, x=1, last=-1 ms"),
    equations=_STAMP,
    pre_spike=f"""
    x = ite(last >= 0.0, 1.0 + (x - x*u - 1.0)*exp((last - stamp)/tau_rec), x)
    u = ite(last >= 0.0, U + u*(1.0 - U)*{_FACILITATION}, u)
    g_target += w*u*x
    last = stamp
    """,
    derived={"u": "U"},
)
quantal_stp_synapse = SynapseModel(
    "quantal_stp_synapse",
    quantities("U=0.5, n=1, tau_fac=0 ms, tau_rec=800 ms"),
    "Fuhrmann et al. 2002, J. Neurophysiol. 87, 140; Loebel et al. 2009, Front. Comput. Neurosci. 3, 27; NEST 3.10",
    states=quantities("u=0.5, a=1, released=0, last=-1 ms"),
    equations=_STAMP,
    pre_spike=f"""
    u = ite(last >= 0.0, U + u*(1.0 - U)*{_FACILITATION}, u)
    a += ite(last >= 0.0, Binomial(n - a, 1.0 - exp((last - stamp)/tau_rec)), 0.0)
    released = Binomial(a, u)
    a -= released
    g_target += w*released
    last = stamp
    """,
    derived={"u": "U", "a": "n"},
)

_MINUS = "dKminus/dt = -Kminus/tau_minus : event-driven\n"
_PLUS = "dKplus/dt = -Kplus/tau_plus : event-driven\n"
#: The postsynaptic trace for depression, and the presynaptic one for potentiation, corrected by one step.
_SEEN_MINUS = "(Kminus*exp(dt/{tau}) - ite(abs(t - dt - last_post) < 0.5*dt, 1.0, 0.0))"
_SEEN_PLUS = "{trace}*exp(-dt/{tau})"

stdp_synapse = SynapseModel(
    "stdp_synapse",
    quantities("tau_plus=20 ms, tau_minus=20 ms, lambda_=0.01, alpha=1, mu_plus=1, mu_minus=1, Wmax=100 w"),
    "Guetig et al. 2003, J. Neurosci. 23, 3697; Song, Miller and Abbott 2000; NEST 3.10",
    states=quantities("last_post=-1e9 ms, Kplus=0, Kminus=0"),
    equations=_PLUS + _MINUS,
    pre_spike=f"""
    w = Wmax*max(w/Wmax - alpha*lambda_*(w/Wmax)**mu_minus*{_SEEN_MINUS.format(tau="tau_minus")}, 0.0)
    g_target += w
    Kplus += 1.0
    """,
    post_spike=f"""
    w = Wmax*min(w/Wmax + lambda_*(1.0 - w/Wmax)**mu_plus*{_SEEN_PLUS.format(trace="Kplus", tau="tau_plus")}, 1.0)
    Kminus += 1.0
    last_post = t
    """,
)
stdp_triplet_synapse = SynapseModel(
    "stdp_triplet_synapse",
    quantities(
        "tau_plus=16.8 ms, tau_plus_triplet=101 ms, tau_minus=20 ms, tau_minus_triplet=110 ms, Aplus=5e-10, "
        "Aplus_triplet=0.0062, Aminus=0.007, Aminus_triplet=0.00023, Wmax=100 w"
    ),
    "Pfister and Gerstner 2006, J. Neurosci. 26, 9673; NEST 3.10",
    states=quantities("last_post=-1e9 ms, Kplus=0, Kplus_triplet=0, Kminus=0, Kminus_triplet=0"),
    equations=_PLUS
    + _MINUS
    + "dKplus_triplet/dt = -Kplus_triplet/tau_plus_triplet : event-driven\n"
    + "dKminus_triplet/dt = -Kminus_triplet/tau_minus_triplet : event-driven\n"
    + "side = ite(Wmax < 0.0, -1.0, 1.0) : inline",
    pre_spike=f"""
    w = side*max(abs(w) - {_SEEN_MINUS.format(tau="tau_minus")}*(Aminus + Aminus_triplet*Kplus_triplet), 0.0)
    g_target += w
    Kplus += 1.0
    Kplus_triplet += 1.0
    """,
    post_spike=f"""
    w = side*min(abs(w) + {_SEEN_PLUS.format(trace="Kplus", tau="tau_plus")}*(Aplus + Aplus_triplet*Kminus_triplet),
        abs(Wmax))
    Kminus += 1.0
    Kminus_triplet += 1.0
    last_post = t
    """,
)
#: What the weight gains in a step while the trace c and the concentration n decay, per unit of c: exact.
_GAIN = "(n*(1.0 - exp(-dt/tau_both))*tau_both - b*tau_c*(1.0 - exp(-dt/tau_c)))"
stdp_dopamine_synapse = SynapseModel(
    "stdp_dopamine_synapse",
    quantities(
        "A_plus=1 w, A_minus=1.5 w, tau_plus=20 ms, tau_minus=20 ms, tau_c=1000 ms, tau_n=200 ms, b=0, Wmin=0 w, "
        "Wmax=200 w"
    ),
    "Izhikevich 2007, Cereb. Cortex 17, 2443; Potjans, Morrison and Diesmann 2010, Front. Comput. Neurosci. 4, 141; "
    "NEST 3.10",
    states=quantities("c=0, last_post=-1e9 ms, Kplus=0, Kminus=0"),
    equations="n : linked, projection\ntau_both = tau_c*tau_n/(tau_c + tau_n) : inline\n"
    + _PLUS
    + _MINUS
    + f"jump = A_plus*{_SEEN_PLUS.format(trace='Kplus', tau='tau_plus')}*exp(dt/tau_c) : inline\n"
    + f"w += clip(w + c*{_GAIN}, Wmin, Wmax) - w\nc *= exp(-dt/tau_c)",
    pre_spike=f"""
    g_target += w
    c -= A_minus*{_SEEN_MINUS.format(tau="tau_minus")}
    Kplus += 1.0
    """,
    post_spike=f"""
    c += jump
    w -= jump*{_GAIN}
    Kminus += 1.0
    last_post = t
    """,
    signal=True,
)
vogels_sprekeler_synapse = SynapseModel(
    "vogels_sprekeler_synapse",
    quantities("tau=20 ms, tau_minus=20 ms, eta=0.001 w, alpha=0.12, Wmax=1 w"),
    "Vogels et al. 2011, Science 334, 1569; NEST 3.10",
    states=quantities("last_post=-1e9 ms, Kplus=0, Kminus=0"),
    equations=_PLUS.replace("tau_plus", "tau") + _MINUS + "side = ite(Wmax < 0.0, -1.0, 1.0) : inline",
    pre_spike=f"""
    w = side*min(abs(w) + eta*{_SEEN_MINUS.format(tau="tau_minus")}, abs(Wmax))
    w = side*max(abs(w) - alpha*eta, 0.0)
    g_target += w
    Kplus += 1.0
    """,
    post_spike=f"""
    w = side*min(abs(w) + eta*{_SEEN_PLUS.format(trace="Kplus", tau="tau")}, abs(Wmax))
    Kminus += 1.0
    last_post = t
    """,
    weight=0.5,
    derived={"tau_minus": "tau"},
)
clopath_synapse = SynapseModel(
    "clopath_synapse",
    quantities("tau_x=15 ms, Wmin=0 w, Wmax=100 w"),
    "Clopath, Buesing, Vasilaki and Gerstner 2010, Nat. Neurosci. 13, 344; NEST 3.10",
    states=quantities("x_bar=0"),
    equations="x_bar *= exp(-dt/tau_x)\nw += min(w + post.LTP_late*x_bar, Wmax) - w",
    pre_spike="""
    w = max(w - post.LTD_late, Wmin)
    g_target += w
    x_bar += 1.0/tau_x
    """,
    history=True,
)


def with_defaults(spec: SynapseSpec | SynapseModel | None) -> SynapseSpec | None:
    """Return a specification; a model stands for one with its defaults, static synapses for none."""
    if spec is None:
        return None
    if isinstance(spec, SynapseModel):
        spec = spec()
    if not isinstance(spec, SynapseSpec):
        raise ValueProblem(
            f"connect: synapse must be a synapse model such as stdp_synapse(...), not {type(spec).__name__}."
        )
    return spec

