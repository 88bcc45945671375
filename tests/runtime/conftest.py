"""Networks that the tests of the runtime share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ranvier as rv

NOISY = dict(
    parameters="""
        tau = 20.0
        I = 14.0 : population
        sigma = 2.0 : population
    """,
    equations="""
        tau*dv/dt = I - v + g_exc - g_inh + sigma*randn() : init=0.0
        5.0*dg_exc/dt = -g_exc : exponential
        8.0*dg_inh/dt = -g_inh : exponential
    """,
    spike="v > 10.0",
    reset="v = 0.0",
    refractory=2.0,
)


class Built:
    """A network of noisy neurons with delayed and plastic synapses, a Poisson input and a given input."""

    def __init__(self, seed: int = 3, **options: Any) -> None:
        self.net = net = rv.Network(dt=0.1, seed=seed, **options)
        self.pop = net.create(100, rv.Neuron(**NOISY), name="cells")  # type: ignore[arg-type]
        self.noise = net.create(population=rv.PoissonPopulation(20, rates=100.0), name="noise")
        self.given = net.create(population=rv.SpikeSourceArray([[1.0, 2.05, 30.0], [4.0]]), name="given")
        self.pop.v = "8.0*rand()"
        self.pop.tau = rv.Uniform(15.0, 25.0)
        self.exc = net.connect(self.pop[:80], self.pop, "exc", name="exc")
        self.exc.fixed_probability(0.2, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.5, 5.0))
        self.inh = net.connect(self.pop[80:], self.pop, "inh", name="inh")
        self.inh.fixed_number_pre(5, weights=1.0, delays=1.5)
        stdp = rv.models.STDP(w_max=2.0, A_plus=0.05, A_minus=0.06)
        self.plastic = net.connect(self.noise, self.pop, "exc", stdp, name="plastic")
        self.plastic.all_to_all(weights=rv.Uniform(0.0, 2.0), delays=2.0)
        self.forced = net.connect(self.given, self.pop, "exc", name="forced")
        self.forced.all_to_all(weights=3.0, delays=1.0)
        self.mon = net.monitor(self.pop, ["v", "spike"], period=0.5, name="mon")

    def state(self) -> dict[str, np.ndarray]:
        """Everything that a test compares, as arrays."""
        steps, ranks = [], []
        for rank, train in self.mon.get("spike", keep=True).items():
            steps += train
            ranks += [rank] * len(train)
        return {
            "v": self.pop.v.copy(),
            "g_exc": self.pop.g_exc.copy(),
            "g_inh": self.pop.g_inh.copy(),
            "w": np.array(self.plastic.w),
            "x": np.array(self.plastic.x),
            "trace": self.mon.get("v", keep=True).copy(),
            "steps": np.array(steps),
            "ranks": np.array(ranks),
            "clock": np.array(self.net.current_step),
        }


def assert_equal_bits(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    """All arrays are equal, without any tolerance."""
    assert a.keys() == b.keys()
    for name in a:
        assert a[name].shape == b[name].shape, name
        assert a[name].tobytes() == b[name].tobytes(), name


@pytest.fixture
def build() -> Callable[..., Built]:
    """Return a maker of the standard network."""
    return Built


@pytest.fixture
def equal_bits() -> Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], None]:
    """Return the comparison of two states."""
    return assert_equal_bits
