"""Networks that the tests of experiments share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ranvier as rv

#: `c` counts the steps since the last reset; neuron i begins at 1000*i.
COUNTER = rv.Neuron(
    parameters="step = 1.0\ngain = 2.0 : population",
    equations="c = c + step\nphase = phase + 1",
    spike="phase > 4.5",
    reset="phase = 0",
    name="counter",
)
#: A noisy neuron with a parameter for each neuron and one for all.
NOISY = rv.Neuron(
    parameters="tau = 10.0\nI = 12.0 : population",
    equations="tau*dv/dt = I - v + g_exc + 3.0*randn()",
    spike="v > 10.0",
    reset="v = 0.0",
    refractory=1.0,
    name="noisy",
)
#: A synapse whose weight grows with every spike.
GROWING = rv.Synapse(
    parameters="rate = 0.125\nlimit = 8.0 : projection",
    equations="trace = trace*0.5",
    pre_spike="g_target += w\nw = clip(w + rate, 0.0, limit)\ntrace += 1.0",
    name="growing",
)


class Counting:
    """Two populations whose variable `c` tells the step."""

    def __init__(self, dt: float = 0.1) -> None:
        self.net = rv.Network(dt=dt, seed=1)
        self.a = self.net.create(2, COUNTER, name="a")
        self.b = self.net.create((1, 3), COUNTER, name="b")
        self.a.c = "1000.0*i"
        self.net.compile()


class Learning:
    """Noisy neurons, and synapses that learn."""

    def __init__(self, seed: int = 1, **options: Any) -> None:
        self.net = rv.Network(dt=0.5, seed=seed, **options)
        self.pop = self.net.create(8, NOISY, name="pop")
        self.other = self.net.create(4, NOISY, name="other")
        self.pop.v = "10.0*rand()"
        self.proj = self.net.connect(self.pop, self.other, "exc", GROWING, name="proj")
        self.proj.fixed_probability(0.6, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.5, 4.0))
        self.static = self.net.connect(self.other, self.pop, "exc", name="static")
        self.static.all_to_all(weights=0.25, delays=1.0)
        self.net.compile()


@pytest.fixture(scope="session")
def counting() -> Callable[..., Counting]:
    """Return a maker of counting populations."""
    return Counting


@pytest.fixture(scope="session")
def learning() -> Callable[..., Learning]:
    """Return a maker of the network that learns."""
    return Learning
