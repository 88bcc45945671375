"""Plastic synapses: Poisson neurons drive integrate-and-fire cells through STDP, all to all."""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    neuron = rv.Neuron(
        parameters=dict(taum="10 ms", taue="5 ms", Vt="-54 mV", Vr="-60 mV", El="-74 mV", Ee="0 mV"),
        equations="""
        dv/dt = (g_exc*(Ee - v) + El - v)/taum : volt
        dg_exc/dt = -g_exc/taue : 1
        """,
        threshold="v > Vt",
        reset="v = Vr",
    )
    cells = net.create(geometry=given.n // 40, neuron=neuron, name="cells")
    cells.v = -60.0
    source = net.create(population=rv.PoissonPopulation(given.n, rates=15.0), name="source")
    plastic = rv.models.STDP(tau_plus=20.0, tau_minus=20.0, A_plus=0.01, A_minus=0.0105, w_min=0.0, w_max=0.01)
    synapses = net.connect(source, cells, target="exc", synapse=plastic, name="plastic")
    synapses.all_to_all(weights=rv.Uniform(0.0, 0.003))
    return cells, synapses.nb_synapses
