"""CUBA: Brette et al. 2007, benchmark 2. Integrate-and-fire cells, current synapses, exact integration."""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    excitatory = given.n * 4 // 5
    neuron = rv.Neuron(
        parameters=dict(taum="20 ms", taue="5 ms", taui="10 ms", Vt="-50 mV", Vr="-60 mV", El="-49 mV"),
        equations="""
        dv/dt = (g_exc+g_inh-(v-El))/taum : volt (unless refractory)
        dg_exc/dt = -g_exc/taue : volt
        dg_inh/dt = -g_inh/taui : volt
        """,
        threshold="v > Vt",
        reset="v = Vr",
        refractory="5 ms",
        method="exact",
    )
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.v = rv.Uniform(-60.0, -50.0)
    exc = net.connect(cells[:excitatory], cells, target="exc", name="exc")
    exc.fixed_probability(probability=0.02, weights="1.62 mV")
    inh = net.connect(cells[excitatory:], cells, target="inh", name="inh")
    inh.fixed_probability(probability=0.02, weights="-9 mV")
    return cells, exc.nb_synapses + inh.nb_synapses
