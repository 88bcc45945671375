"""Uncoupled Hodgkin-Huxley cells with a constant current: the cost of a neuron alone."""

from __future__ import annotations

import ranvier as rv
from benchmarks.worker import Settings

from . import gates


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    neuron = rv.Neuron(
        parameters=gates.PARAMETERS | {"I": "0.5 nA"},
        equations=f"""
        dv/dt = (gl*(El-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK)+I)/Cm : volt
        {gates.EQUATIONS}""",
        threshold="v > -20*mV",
        refractory="3 ms",
        method="exponential",
    )
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.v = rv.Normal(-65.0, 5.0)
    return cells, 0
