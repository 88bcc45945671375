"""The experiments of `record_nest`, by the simulator."""

from __future__ import annotations

from typing import Any

import numpy as np
from nest_cases import DT

from ranvier import builder as bp


def cell(
    model: str, params: dict[str, Any], inputs: list[Any], current: Any, record: list[str], duration: float,
    dt: float = DT,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the traces and the spikes (steps at whose end they are) of one cell."""
    sim = bp.Simulator(dt=dt)
    one = sim.create(model, params=params)
    for times, weight, delay in inputs:
        sim.connect(sim.create(bp.spike_generator, spike_times=times), one, weight=weight, delay=delay)
    source = sim.create(bp.dc_generator, amplitude=current[0], start=current[1], stop=current[2])
    assert sim.connect(source, one) is None
    meter, spikes = sim.create(bp.multimeter, record_from=record), sim.create(bp.spike_recorder)
    sim.connect(meter, one)
    sim.connect(one, spikes)
    result = sim.simulate(duration)
    traces = {name: result.trace(meter, name)[:, 0] for name in record}
    return {**traces, "spikes": np.flatnonzero(result.spikes(spikes)[:, 0]) + 1}


def synapse(
    model: str, weight: float, params: dict[str, float], pre_times: list[float], post_times: list[float], delay: float
) -> np.ndarray:
    """Return the weights that presynaptic spikes send; for short-term plasticity the jumps of the current."""
    sim = bp.Simulator(dt=DT)
    pre, post = sim.create(bp.parrot_neuron), sim.create(bp.parrot_neuron)
    spec = bp.synapse_models[model](**params)
    sim.connect(sim.create(bp.spike_generator, spike_times=pre_times), pre)
    if model.startswith("tsodyks"):
        post = sim.create(bp.iaf_psc_exp, tau_syn_ex=2.0, V_th=1e9)
        meter = sim.create(bp.multimeter, record_from=["I_syn_ex"])
        sim.connect(meter, post)
        sim.connect(pre, post, synapse=spec, weight=weight, delay=delay)
        current: np.ndarray = sim.simulate(100.0).trace(meter, "I_syn_ex")[:, 0]
        return current
    sim.connect(sim.create(bp.spike_generator, spike_times=post_times), post)
    sim.connect(pre, post, synapse=spec, weight=weight, delay=delay, receptor_type=1)
    sent = sim.network.monitor(post.segments[0].group, "heard")
    sim.simulate(100.0)
    heard: np.ndarray = sent.get("heard")[arrivals(pre_times, delay), 0]
    return heard


def arrivals(times: list[float], delay: float, end: float = 100.0) -> np.ndarray:
    """Return the steps before the end (ms) in which spikes of a parrot arrive after another delay."""
    steps = np.array([round((t + DT + delay) / DT) - 1 for t in times])
    return steps[steps < round(end / DT)]
