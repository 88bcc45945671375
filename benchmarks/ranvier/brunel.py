"""Brunel 2000, model A: jumps of v, ignored while refractory; fixed in-degree 10 %, one delay, Poisson drive.

The external rate is twice the one that alone brings v to the threshold, inhibition five times as strong as excitation.
"""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    excitatory = given.n * 4 // 5
    from_exc, from_inh = excitatory // 10, (given.n - excitatory) // 10
    neuron = rv.Neuron(
        # each neuron gets eta times the drive that alone brings v to the threshold: eta theta / (J tau)
        parameters=dict(tau="20 ms", theta="20 mV", Vr="10 mV", J="0.1 mV", eta=2.0),
        equations="""
        dv/dt = -v/tau : volt (unless refractory)
        v += g_exc - g_inh + J*Poisson(eta*theta/(J*tau)*dt) : unless_refractory
        """,
        threshold="v > theta",
        reset="v = Vr",
        refractory="2 ms",
        method="exact",
    )
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.v = rv.Uniform(0.0, 20.0)
    exc = net.connect(cells[:excitatory], cells, target="exc", name="exc")
    exc.fixed_number_pre(number=from_exc, weights="0.1 mV", delays="1.5 ms")
    inh = net.connect(cells[excitatory:], cells, target="inh", name="inh")
    inh.fixed_number_pre(number=from_inh, weights="0.5 mV", delays="1.5 ms")
    return cells, exc.nb_synapses + inh.nb_synapses
