"""A rate network of the kind of Sompolinsky, Crisanti & Sommers 1988: tau dx/dt = -x + W tanh(x), W dense and random.

Explicit Euler with dt = 1 ms. Each step reads the whole matrix: memory decides.
"""

from __future__ import annotations

import numpy as np

import ranvier as rv
from benchmarks.worker import Settings


def build(net: rv.Network, given: Settings) -> tuple[rv.Population, int]:
    """Return the cells and the number of synapses."""
    rng = np.random.default_rng(given.seed)
    weights = rng.standard_normal((given.n, given.n)) * (1.5 / np.sqrt(given.n))
    neuron = rv.Neuron("tau = 10.0 : population", "tau*dx/dt = -x + sum(exc) : explicit\nr = tanh(x)")
    cells = net.create(geometry=given.n, neuron=neuron, name="cells")
    cells.x = rng.standard_normal(given.n)
    synapses = net.connect(cells, cells, target="exc", name="recurrent")
    synapses.from_matrix(weights)
    return cells, synapses.nb_synapses
