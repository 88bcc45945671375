"""A noisy population that tests of recording share."""

from __future__ import annotations

from typing import Any

import ranvier as rv

CELL = rv.Neuron("tau = 10.0", "dv/dt = (1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1", reset="v = 0")


def cells(n: int = 20, **options: Any) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=0.1, seed=4, **options)
    return net, net.create(n, CELL, name="cells")


def spikes_of(trains: dict[int, list[int]]) -> list[tuple[int, int]]:
    return sorted((step, rank) for rank, train in trains.items() for step in train)
