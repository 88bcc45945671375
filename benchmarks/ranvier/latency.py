"""A hundred Izhikevich cells: what counts is the time from the start of the process to the first result."""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    values, excitatory = given.izhikevich, given.n * 4 // 5
    neuron = rv.Neuron(
        parameters="""
        a = 0.02 : population
        I = 0.0
        """,
        equations="""
        dv/dt = 0.04*v**2 + 5*v + 140 - u + I : init=-65.0
        du/dt = a*(0.2*v - u) : init=-13.0
        """,
        spike="v >= 30",
        reset="v = -65; u += 8",
    )
    jump = rv.Synapse(parameters="w = 0.0", pre_spike="v_post += w")
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.a = values["a"]
    cells.I = rv.Uniform(0.5 * values["drive"], 1.5 * values["drive"])
    exc = net.connect(cells[:excitatory], cells, synapse=jump, name="exc")
    exc.fixed_probability(probability=0.1, weights=values["w"])
    inh = net.connect(cells[excitatory:], cells, synapse=jump, name="inh")
    inh.fixed_probability(probability=0.1, weights=-2 * values["w"])
    return cells, exc.nb_synapses + inh.nb_synapses
