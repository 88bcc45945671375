"""Models written as equations, on both engines: every recorded sample, spike and weight equal, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

NEURONS: dict[str, dict[str, Any]] = {
    "izhikevich": {
        "parameters": "a = 0.02\nb = 0.2\nc = -65.0\nd = 8.0\nI = 10.0",
        "equations": "dv/dt = 0.04*v^2 + 5*v + 140 - u + I + g_exc : init=-65\ndu/dt = a*(b*v - u) : init=-13",
        "spike": "v >= 30",
        "reset": "v = c\nu += d",
    },
    "hodgkin_huxley": {
        "equations": """
            dv/dt = (gl*(El-v) - gna*(m*m*m)*h*(v-ENa) - gk*(n*n*n*n)*(v-EK) + I)/C : volt
            dm/dt = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms*(1-m)
                    - 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms*m : 1
            dn/dt = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms*(1.-n)-.5*exp((10*mV-v+VT)/(40*mV))/ms*n : 1
            dh/dt = 0.128*exp((17*mV-v+VT)/(18*mV))/ms*(1.-h)-4./(1+exp((40*mV-v+VT)/(5*mV)))/ms*h : 1
        """,
        "spike": "v > -20*mV",
        "refractory": "3*ms",
        "method": "exponential_euler",
        "namespace": {
            "gl": "10 nS", "El": "-60 mV", "gna": "20 uS", "ENa": "50 mV", "gk": "6 uS", "EK": "-90 mV",
            "C": "200 pF", "VT": "-63 mV", "I": "0.5 nA",
        },
    },
    "exact": {
        "parameters": "tau = 20.0\nts = 5.0\nI = 60.0",
        "equations": "tau*dv/dt = I + g_exc + s - v : exact\nts*ds/dt = -s + g_exc : exact",
        "spike": "v > 20",
        "reset": "v = 0\ns += 0.5",
        "refractory": 2.0,
    },
    "refractory_condition": {
        "equations": "dv/dt = (2 - v)/10 : unless_refractory\ndx/dt = -x/5",
        "spike": "v > 1",
        "reset": "v = 0\nx += 1",
        "refractory": "x > 0.5",
    },
    "integers": {
        "equations": "n = n + 1 : int\nk = n % 7 : int\nf = k > 3 : bool\ndv/dt = ite(f, 1.0, -0.5) + n // 100",
        "spike": "v > 1",
        "reset": "v = 0",
    },
    "rank_and_size": {"equations": "dv/dt = (i + 1.0)/N", "spike": "v > 1", "reset": "v = 0"},
    "rk4": {"equations": "dv/dt = -v**3 + w2 + cos(t) : rk4\ndw2/dt = -v : rk4", "spike": "v > 0.3", "reset": "v = 0"},
    "random": {
        "equations": """
            x = Poisson(3.0) + Gamma(2.0, 1.0) + Exponential(2.0) + Binomial(10, 0.3) + LogNormal(0.0, 1.0)
            y = Uniform(-1.0, 1.0) + Normal(0.0, 0.2)
            dv/dt = (x + y)/20
        """,
        "spike": "v > 1",
        "reset": "v = 0.1*Uniform(0.0, 1.0)",
    },
}  # fmt: skip
TRACES = {
    "parameters": "tau = 20.0\nA = 0.01\nwmax = 2.0",
    "equations": "dApre/dt = -Apre/tau : event-driven\ndApost/dt = -Apost/tau : event-driven",
}
SYNAPSES: dict[str, dict[str, Any]] = {
    "stdp": {
        **TRACES,
        "pre_spike": "g_target += w\nApre += A\nw = clip(w - Apost, 0.0, wmax)",
        "post_spike": "Apost += A\nw = clip(w + Apre, 0.0, wmax)",
    },
    "write_post": {"pre_spike": "post.v = 0.99*post.v + 0.1*w*pre.v"},
    "write_pre": {"pre_spike": "pre.v -= 0.01*w\ng_target += w"},
    "last_spikes": {
        "pre_spike": "g_target += w*exp((t_post - t)/10)",
        "post_spike": "w = w + 0.1*exp((t_pre - t)/20)",
    },
    "ranks": {"pre_spike": "g_target += w*(i + 2*j)/N"},
    "random": {
        "parameters": "p = 0.5",
        "pre_spike": "g_target += ite(Uniform(0.0, 1.0) < p, w, 0.0) + 0.1*Normal(0.0, 1.0)",
    },
}


def network(engine: str, precision: str, spread: bool, neuron: dict[str, Any], synapse: dict[str, Any] | None) -> Any:
    """130 neurons, connected to themselves at random."""
    net = rv.Network(dt=0.1, seed=5, precision=precision, engine=engine)
    pop = net.create(130, rv.Neuron(**neuron), name="cells")
    if spread:
        for name in ("I", "tau", "a"):
            if f"\n{name} =" in "\n" + neuron.get("parameters", ""):
                value = np.array(getattr(pop, name), dtype=float)
                setattr(pop, name, value * np.linspace(0.9, 1.1, 130))
    if neuron is NEURONS["exact"]:
        pop.v = rv.Uniform(0.0, 20.0)
    projection = None
    if synapse is not None:
        projection = net.connect(pop, pop, target="exc", synapse=rv.Synapse(**{"equations": "", **synapse}))
        projection.fixed_number_pre(12, weights=rv.Uniform(0.0, 0.5), delays=rv.Uniform(0.1, 1.5) if spread else 0.3)
    monitor = net.monitor(pop, ["v", "spike"])
    return net, pop, projection, monitor


def outcome(*args: Any, duration: float = 60.0) -> dict[str, Any]:
    net, _, projection, monitor = network(*args)
    net.simulate(duration)
    data = monitor.get()
    found = {"v": np.asarray(data["v"]), "spikes": sorted((r, tuple(s)) for r, s in data["spike"].items())}
    if projection is not None:
        found["w"] = np.asarray(projection.w)
    return found


def assert_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in one.items():
        if name == "spikes":
            assert value == other[name]
        else:
            assert value.tobytes() == other[name].tobytes(), name


def spikes(found: dict[str, Any]) -> int:
    return sum(len(steps) for _, steps in found["spikes"])


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("name", NEURONS)
def test_neurons(name: str, precision: str) -> None:
    for spread in (False, True):
        one, other = (outcome(engine, precision, spread, NEURONS[name], None) for engine in ("compiled", "reference"))
        assert_equal(one, other)
        assert spikes(one) > 0, "the test needs spikes"


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("name", SYNAPSES)
def test_synapses(name: str, precision: str) -> None:
    for spread in (False, True):
        args = precision, spread, NEURONS["exact"], SYNAPSES[name]
        one, other = (outcome(engine, *args) for engine in ("compiled", "reference"))
        assert_equal(one, other)
        assert spikes(one) > 130, "the test needs spikes"
