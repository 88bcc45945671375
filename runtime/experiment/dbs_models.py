"""Models with the mechanisms of deep brain stimulation: edited copies of neurons and synapses.

A pulse is on for `dbs_pulse_width_us` in every period of the stimulation. Affected somata are driven by it, axons emit
axonal spikes with some probability in each of its steps; synapses transmit these, and they may run back into the soma.
Rate-coded neurons have a rate on their axons in place of spikes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..definitions.editing import Editor
from ..definitions.sources import AXON
from ..definitions.types import Neuron, Synapse
from ..definitions.values import Parameter
from ..problems import ValueProblem

#: The pulse, from 0 to 1: the number of periods begun, less the whole ones, tells the place within one.
PULSE = """
    dbs_periods = t*dbs_pulse_frequency_Hz/1000.0 : population
    dbs_phase = dbs_periods - floor(dbs_periods + 1e-9) : population
    dbs_pulse = ite(dbs_phase*1e6/dbs_pulse_frequency_Hz < dbs_pulse_width_us - 1e-3, 1.0, 0.0) : population
"""
#: Its frequency (Hz) and width (us).
PULSE_PARAMETERS = {"dbs_pulse_frequency_Hz": 130.0, "dbs_pulse_width_us": 300.0}
_PRE_RATE = re.compile(r"\bpre\s*\.\s*r\b")


def stimulated(neuron: Neuron) -> Neuron:
    """Return a neuron that can be stimulated; without stimulation it is what it was.

    Raises
    ------
    ValueProblem
        A spiking neuron without ``dv/dt``, ``u``, ``c`` and ``d``, or a rate-coded one without ``dmp/dt``.
    """
    spiking = neuron.model.spiking
    needed = ("v", "u", "c", "d") if spiking else ("mp",)
    missing = [name for name in needed if name not in neuron.attributes]
    if missing:
        kind = "quadratic spiking neurons with v, u, c and d" if spiking else "rate-coded neurons with dmp/dt"
        raise ValueProblem(
            f"DBSstimulator: neuron '{neuron.name}' has no {missing[0]}; stimulation is for {kind}.",
            help="put its populations into excluded_populations_list",
        )
    return _spiking(neuron) if spiking else _rate_coded(neuron)


def _with_pulse(neuron: Neuron, membrane: str, rest: float) -> Editor[Neuron]:
    editor = neuron.edit()
    for name, value in {**PULSE_PARAMETERS, "dbs_depolarization": 0.0}.items():
        editor = editor.add_parameter(name, value)
    editor = editor.add_parameter("dbs_on", Parameter(0.0, locality="local"))
    first = next(name for name in neuron.variables if name in editor.names)
    editor = editor.add_statement(PULSE, before=first)
    return editor.add_term(membrane, f"dbs_pulse*dbs_on*dbs_depolarization*neg({rest} - {membrane})")


def _spiking(neuron: Neuron) -> Neuron:
    editor = _with_pulse(neuron, "v", -90.0)
    for name in ("antidromic", "antidromic_prob", "prob_axon_spike"):
        editor = editor.add_parameter(name, 0.0)
    # at the end, where they leave the other random numbers of the neuron as they are
    editor = editor.add_statement("dbs_draw = Uniform(0.0, 1.0)\ndbs_back = Uniform(0.0, 1.0)")
    editor = editor.set_code("axon_spike", "dbs_pulse*dbs_on*dbs_draw > 1.0 - prob_axon_spike")
    back = "dbs_on*antidromic"
    editor = editor.set_code(
        "axon_reset",
        f"v += ite(dbs_back < antidromic_prob, {back}*(c - v), 0.0)\n"
        f"u += ite(dbs_back < antidromic_prob, {back}*d, 0.0)",
    )
    return editor.build()


def _rate_coded(neuron: Neuron) -> Neuron:
    editor = _with_pulse(neuron, "mp", -1.0).add_parameter("axon_rate_amp", 1.0)
    return editor.add_statement("axon_rate = axon_rate_amp*dbs_on").build()


def transmitting(synapse: Synapse, spiking: bool) -> Synapse:
    """Return a synapse between stimulated populations that transmits axonal spikes, or the rate of the axon."""
    trans = Parameter(0.0, locality="projection")
    if not spiking:
        text = synapse.text
        sources = tuple(replace(s, text=_PRE_RATE.sub("dbs_pre_rate", s.text)) for s in text.sources)
        made = synapse._with_text(replace(text, sources=sources), synapse.name)
        rate = "dbs_pre_rate = pre.r + p_axon_spike_trans*pre.axon_rate*post.dbs_on"
        editor = made.edit().add_parameter("p_axon_spike_trans", trans)
        first = next((n for n in editor.names if n in synapse.variables), None)
        return editor.add_statement(rate, before=first).build()
    code = "g_target += ite(Uniform(0.0, 1.0) < p_axon_spike_trans, w*post.dbs_on, 0.0)"
    editor = synapse.edit().add_parameter("p_axon_spike_trans", trans)
    made = editor.add_statement(code, where="pre_spike", pathway=AXON).build()
    made.events = {**made.events, ("pre", AXON): "axon_spike"}
    return made
