"""Postsynaptic potentials: arrival step, peak time and height against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import ranvier as rv

DT = 0.1
SPIKE = 100  # step of the presynaptic spike
WEIGHT = 2.0


def response(model: rv.Neuron, variable: str, steps: int) -> NDArray[np.float64]:
    """Return the trace after one presynaptic spike with delay 1.5 ms; index k is the end of step k."""
    net = rv.Network(dt=DT, seed=1)
    source = net.create(population=rv.SpikeSourceArray(spike_times=[SPIKE * DT]))
    population = net.create(geometry=1, neuron=model, name="one")
    net.connect(source, population, target="exc").all_to_all(weights=WEIGHT, delays=1.5)
    monitor = net.monitor(population, variable)
    net.simulate(steps * DT)
    return monitor.get(variable)[:, 0]


ARRIVAL = SPIKE + 15


def test_exponential_psp() -> None:
    """v' = (g - v)/tm, g' = -g/ts with a jump w: v peaks at t* = tm ts/(tm - ts) ln(tm/ts) after arrival.

    The samples lie on the exact curve (to 1e-12, see test_exact), at multiples of dt after arrival; so the largest
    one is at most half a step from the peak, and below it by at most |v''| (dt/2)^2/2.
    """
    tm, ts = 20.0, 5.0
    model = rv.Neuron(
        parameters=dict(tm=tm, ts=ts),
        equations="""
        tm*dv/dt = g_exc - v
        ts*dg_exc/dt = -g_exc
        """,
        spike="v > 1e9",
        method="exact",
    )
    v = response(model, "v", 600)
    assert not v[:ARRIVAL].any()
    t = DT * np.arange(1, 600 - ARRIVAL + 1)
    curve = WEIGHT * ts / (tm - ts) * (np.exp(-t / tm) - np.exp(-t / ts))
    np.testing.assert_allclose(v[ARRIVAL:], curve, rtol=0, atol=1e-12)
    peak = tm * ts / (tm - ts) * np.log(tm / ts)
    height = WEIGHT * ts / (tm - ts) * (np.exp(-peak / tm) - np.exp(-peak / ts))
    assert abs(DT * (v.argmax() - ARRIVAL + 1) - peak) <= DT / 2
    curvature = WEIGHT / (tm * ts)  # bounds |v''| everywhere after arrival
    assert 0.0 <= height - v.max() <= curvature * (DT / 2) ** 2 / 2 + 1e-12


def test_alpha_psp() -> None:
    """g' = (h - g)/tau, h' = -h/tau: g(t) = w t/tau exp(1 - t/tau), with its peak w at t = tau, a whole step."""
    tau = 4.0
    model = rv.Neuron(
        parameters=dict(tau=tau),
        equations="""
        tau*dg/dt = h - g
        tau*dh/dt = -h
        """,
        spike="g > 1e9",
        method="exact",
    )
    jump = rv.Synapse(parameters="w = 0.0", pre_spike="h_post += e*w")
    net = rv.Network(dt=DT, seed=1)
    source = net.create(population=rv.SpikeSourceArray(spike_times=[SPIKE * DT]))
    population = net.create(geometry=1, neuron=model, name="one")
    net.connect(source, population, synapse=jump).all_to_all(weights=WEIGHT, delays=1.5)
    monitor = net.monitor(population, "g")
    net.simulate(40.0)
    g = monitor.get("g")[:, 0]
    t = DT * np.arange(1, 400 - ARRIVAL + 1)
    np.testing.assert_allclose(g[ARRIVAL:], WEIGHT * t / tau * np.exp(1 - t / tau), rtol=0, atol=1e-12)
    assert DT * (g.argmax() - ARRIVAL + 1) == pytest.approx(tau)
    assert g.max() == pytest.approx(WEIGHT, rel=1e-12)


@pytest.mark.parametrize(
    ("same_step", "effects"),
    [(False, {0: 11, 1: 11, 2: 12, 5: 15, 40: 50}), (True, {0: 11, 1: 12, 2: 13, 5: 16, 40: 51})],
    ids=["default", "same_step"],
)
def test_a_spike_arrives_after_exactly_its_delay(same_step: bool, effects: dict[int, int]) -> None:
    """Spike in step 10; the first step whose integration sees the input, for delays in steps.

    By default a delay d acts in step 10 + max(1, d); with Brian2's timing (`same_step`) every delay acts one step
    later than its number says.
    """
    model = rv.Neuron(equations="dv/dt = g_exc\ndg_exc/dt = 0", spike="v > 1e9", method="explicit")
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(population=rv.SpikeSourceArray(spike_times=[10.0]))
    populations = {d: net.create(geometry=1, neuron=model, name=f"delay{d}") for d in effects}
    monitors = {}
    for delay, population in populations.items():
        net.connect(source, population, target="exc", same_step=same_step).all_to_all(weights=1.0, delays=float(delay))
        monitors[delay] = net.monitor(population, "v")
    net.simulate(60.0)
    found = {delay: int(np.flatnonzero(monitor.get("v")[:, 0])[0]) for delay, monitor in monitors.items()}
    assert found == effects


def test_different_delays_within_one_projection() -> None:
    """Each of 200 synapses arrives at its own step, whatever the order of storage."""
    delays = 0.1 * np.random.default_rng(5).integers(1, 60, size=200)
    model = rv.Neuron(equations="dv/dt = 0 : init=0.0", spike="v > 1e9", method="explicit")
    jump = rv.Synapse(parameters="w = 1.0", pre_spike="v_post += w")
    net = rv.Network(dt=DT, seed=1)
    source = net.create(population=rv.SpikeSourceArray(spike_times=[1.0]))
    population = net.create(geometry=200, neuron=model, name="many")
    net.connect(source, population, synapse=jump).all_to_all(weights=1.0, delays=delays)
    monitor = net.monitor(population, "v")
    net.simulate(10.0)
    first = (monitor.get("v") > 0).argmax(axis=0)
    np.testing.assert_array_equal(first, 10 + np.rint(delays / DT).astype(int))
