"""Any number of threads gives the same bits. Everything that can be divided is, however small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engine_pairs import values
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import networks

import ranvier as rv
from ranvier.runtime.threads import Threads

Build = Callable[[rv.Network], Any]
COUNTS = (2, 3, 7)

CELL = rv.Neuron(
    "tau = 10.0 : population\ntarget_rate = 5.0",
    """
    dv/dt = (g_exc - g_inh + I + 1.1 + 0.3*sqrt(tau)*xi - v)/tau
    4*dg_exc/dt = -g_exc
    4*dg_inh/dt = -g_inh
    I : init=0.0
    x = x + 0.01*Poisson(target_rate)
    """,
    spike="v > 1",
    reset="v = 0",
    axon_spike="x > 2.0",
    axon_reset="x = 0.0",
    refractory=2.0,
)
MEAN = rv.Neuron("tau = 10.0", "dv/dt = (mean(v) + g_exc + rand() - v)/tau", spike="v > 1", reset="v = 0")
RATE = rv.Neuron("tau = 10.0", "dr/dt = (tanh(sum(exc)) + 0.2*Uniform(0.0, 1.0) - r)/tau")
#: Code that reads at one end what it writes at the other, or what all synapses share.
CROSSING = rv.Synapse(pre_spike="g_target += 0.01*w\nv_post += 0.001*v_pre")
PARAMETER = rv.Synapse(pre_spike="g_target += 0.01*w\nI_post += 0.001*v_pre")
SHARED = rv.Synapse(equations="s = s : projection", pre_spike="g_target += w*0.01\ns += 1.0")
BACKWARDS = rv.Synapse(pre_spike="g_target += 0.02*w", post_spike="I_pre += 0.01")


def run(build: Build, threads: int, precision: str, steps: int = 24, dt: float = 1.0) -> dict[str, bytes]:
    """Return all values, and all recorded spikes, after a run in two chunks."""
    net = rv.Network(dt=dt, seed=5, precision=precision)
    net._context.threads = Threads(threads, always=True)
    build(net)
    monitors = [net.monitor(p, "spike") for p in net.get_populations() if p.spiking]
    net.simulate(dt * (steps // 3))
    net.simulate(dt * (steps - steps // 3))
    found = {name: value.tobytes() for name, value in values(net).items()}
    for k, monitor in enumerate(monitors):
        times, ranks = monitor.raster_plot()
        found[f"spikes {k}"] = np.asarray(times).tobytes() + np.asarray(ranks).tobytes()
    return found


def same(build: Build, precision: str, counts: tuple[int, ...] = COUNTS, steps: int = 24) -> dict[str, bytes]:
    """Compare all numbers of threads with one."""
    one = run(build, 1, precision, steps)
    for threads in counts:
        many = run(build, threads, precision, steps)
        assert many.keys() == one.keys()
        for name, value in one.items():
            assert many[name] == value, (threads, name)
    return one


@given(networks(before=(1, 130, 530), after=(1, 65, 500)), st.sampled_from(COUNTS))
@settings(max_examples=25)
def test_random_networks(chosen: tuple[Build, str], threads: int) -> None:
    build, precision = chosen
    same(build, precision, (threads,))


def column(net: rv.Network) -> None:
    """Two populations, Poisson input, static and plastic projections, delays, views, all kinds of targets."""
    exc, inh = net.create(700, CELL, name="exc"), net.create(260, CELL, name="inh")
    exc.v, inh.v = "rand()", "rand()"
    exc.tau = 12.0
    inh.target_rate = rv.Uniform(1.0, 9.0)
    noise = net.create(population=rv.PoissonPopulation(300, rates=40.0), name="noise")
    net.connect(noise, exc, "exc", name="ne").fixed_probability(0.1, weights=rv.Uniform(0, 0.2))
    net.connect(exc, exc, "exc", name="ee").fixed_probability(0.05, weights=0.02, delays=rv.Uniform(1, 9))
    net.connect(exc, inh, "exc", rv.models.STDP(), name="ei").fixed_probability(0.1, weights=rv.Uniform(0, 0.1))
    net.connect(inh[50:], exc, "inh", name="ie").fixed_number_pre(20, weights=0.02, delays=2.0)
    net.connect(inh, inh, "inh", name="ii", same_step=True).all_to_all(weights=0.001)
    net.connect(exc[:80], inh[:70], "exc", rv.models.STDP(), name="small").all_to_all(weights=rv.Uniform(0, 0.05))


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_column(precision: str) -> None:
    one = same(column, precision, steps=60)
    assert len(one["spikes 0"]) > 1000


@pytest.mark.parametrize(
    "synapse", [CROSSING, PARAMETER, SHARED, BACKWARDS], ids=["crossing", "parameter", "shared", "backwards"]
)
def test_code_that_cannot_be_divided(synapse: rv.Synapse, precision: str) -> None:
    def build(net: rv.Network) -> None:
        cells = net.create(300, CELL, name="cells")
        cells.v = "rand()"
        net.connect(cells, cells, "exc", synapse, name="p").fixed_probability(0.1, weights=rv.Uniform(0, 0.2))
        net.connect(cells, cells, "inh", name="q").fixed_probability(0.1, weights=0.01)

    same(build, precision, steps=60)


def test_functions_over_a_population(precision: str) -> None:
    def build(net: rv.Network) -> None:
        cells = net.create(1300, MEAN, name="cells")
        net.connect(cells, cells, "exc", name="p").fixed_probability(0.01, weights=0.01)

    same(build, precision)


@pytest.mark.parametrize("delays", [1.0, 4.0, rv.Uniform(1.0, 6.0)], ids=["none", "one", "many"])
@pytest.mark.parametrize("dense", [True, False])
def test_rates(precision: str, delays: Any, dense: bool) -> None:
    def build(net: rv.Network) -> None:
        cells = net.create(700, RATE, name="cells")
        p = net.connect(cells, cells, "exc", name="p")
        if dense:
            p.all_to_all(weights=rv.Normal(0.0, 0.03), delays=delays, allow_self_connections=True)
        else:
            p.fixed_probability(0.2, weights=rv.Normal(0.0, 0.1), delays=delays)

    same(build, precision)


def test_a_disabled_population_and_learning_switched_off(precision: str) -> None:
    def build(net: rv.Network) -> None:
        column(net)
        net.get_population("inh").disable()
        net.get_projection("ei").disable_learning()

    same(build, precision)
