"""COBAHH: Brette et al. 2007, benchmark 3. Hodgkin-Huxley cells, conductance synapses, exponential Euler."""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings

from . import gates


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    excitatory = given.n * 4 // 5
    neuron = rv.Neuron(
        parameters=gates.PARAMETERS | {"taue": "5 ms", "taui": "10 ms", "Ee": "0 mV", "Ei": "-80 mV"},
        equations=f"""
        dv/dt = (gl*(El-v)+g_exc*(Ee-v)+g_inh*(Ei-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK))/Cm : volt
        dg_exc/dt = -g_exc/taue : siemens
        dg_inh/dt = -g_inh/taui : siemens
        {gates.EQUATIONS}""",
        threshold="v > -20*mV",
        refractory="3 ms",
        method="exponential",
    )
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.v = rv.Normal(-65.0, 5.0)
    cells.g_exc = rv.Normal(40.0, 15.0)
    cells.g_inh = rv.Normal(200.0, 120.0)
    exc = net.connect(cells[:excitatory], cells, target="exc", name="exc")
    exc.fixed_probability(probability=0.02, weights="6 nS")
    inh = net.connect(cells[excitatory:], cells, target="inh", name="inh")
    inh.fixed_probability(probability=0.02, weights="67 nS")
    return cells, exc.nb_synapses + inh.nb_synapses
