"""Song, Miller & Abbott 2000: Poisson inputs onto 100 cells, all to all, pair STDP with traces driven by events.

The largest weight is scaled so that any number of inputs drives the cells as the 1000 of the paper do.
"""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    inputs = net.create(population=rv.PoissonPopulation(given.n, rates=15.0, name="inputs"))
    neuron = rv.Neuron(
        parameters=dict(taum="10 ms", taue="5 ms", Ee="0 mV", El="-74 mV", Vt="-54 mV", Vr="-60 mV"),
        equations="""
        dv/dt = (g_exc*(Ee - v) + El - v)/taum : volt
        dg_exc/dt = -g_exc/taue : 1
        """,
        threshold="v > Vt",
        reset="v = Vr",
        method="euler",
    )
    cells = net.create(geometry=100, neuron=neuron, name="cells")
    cells.v = -60.0
    largest = 0.01 * 1000 / given.n
    synapse = rv.Synapse(
        parameters=dict(
            taupre="20 ms", taupost="20 ms", gmax=largest, dApre=0.01 * largest, dApost=-0.0105 * largest
        ),
        equations="""
        w : 1
        dApre/dt = -Apre/taupre : 1 (event-driven)
        dApost/dt = -Apost/taupost : 1 (event-driven)
        """,
        on_pre="g_exc_post += w; Apre += dApre; w = clip(w + Apost, 0, gmax)",
        on_post="Apost += dApost; w = clip(w + Apre, 0, gmax)",
    )
    plastic = net.connect(inputs, cells, target="exc", synapse=synapse, name="plastic")
    plastic.all_to_all(weights=rv.Uniform(0.0, largest))
    return cells, plastic.nb_synapses
