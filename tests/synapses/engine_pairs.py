"""Networks on both engines, compared to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import ranvier as rv

Build = Callable[[rv.Network], Any]


def values(net: rv.Network) -> dict[str, np.ndarray]:
    """All values of all objects."""
    objects = [*net.get_populations(), *net.get_projections()]
    return {f"{o.name}.{a.name}": np.array(a.values()) for o in objects for a in o._table}


def run_both(build: Build, steps: int, precision: str = "double", dt: float = 1.0) -> list[rv.Network]:
    """Run a network on both engines, in two chunks; every value must be the same."""
    nets = []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=dt, seed=5, precision=precision, engine=engine)
        build(net)
        net.simulate(dt * (steps // 3))
        net.simulate(dt * (steps - steps // 3))
        nets.append(net)
    first, second = values(nets[0]), values(nets[1])
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert np.all(np.isfinite(value)), name
        assert value.tobytes() == second[name].tobytes(), name
    return nets
