"""Every synapse model against NEST on fixed spike trains, for delays of one step, 1 ms and 4 ms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nest_cases import CLOPATH, CLOPATH_PRE, DOPAMINE, DOPAMINE_SYNAPSE, DT, POST, PRE, SYNAPSES
from our_side import arrivals, synapse

from ranvier import builder as bp

DATA = np.load(Path(__file__).parent / "data" / "synapses.npz")


@pytest.mark.parametrize("delay", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("model", SYNAPSES)
def test_weights(model: str, delay: float) -> None:
    """Relative difference below 1e-5, coincidences at the synapse included."""
    case, reference = SYNAPSES[model], DATA[f"{model}/{delay}"]
    ours = synapse(model, case["weight"], case["params"], PRE, POST, delay)
    assert np.ptp(reference) > 0.01 * np.abs(reference).max()
    np.testing.assert_allclose(ours, reference[: ours.size], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("delay", [0.1, 1.0, 4.0])
def test_dopamine(delay: float) -> None:
    sim = bp.Simulator(dt=DT)
    pre, post, dopa = (sim.create(bp.parrot_neuron) for _ in range(3))
    for times, relay in ((PRE, pre), (POST, post), (DOPAMINE, dopa)):
        sim.connect(sim.create(bp.spike_generator, spike_times=times), relay)
    transmitter = sim.create(bp.volume_transmitter, tau_n=DOPAMINE_SYNAPSE["tau_n"])
    assert sim.connect(dopa, transmitter) is None
    spec = bp.stdp_dopamine_synapse(**DOPAMINE_SYNAPSE)
    sim.connect(pre, post, synapse=spec, vt=transmitter, weight=30.0, delay=delay, receptor_type=1)
    sent = sim.network.monitor(post.segments[0].group, "heard")
    sim.simulate(100.0)
    reference = DATA[f"stdp_dopamine_synapse/{delay}"]
    assert np.ptp(reference) > 1.0
    np.testing.assert_allclose(sent.get("heard")[arrivals(PRE, delay), 0], reference, rtol=1e-5)


@pytest.mark.parametrize("delay", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("model", CLOPATH)
def test_clopath(model: str, delay: float) -> None:
    """A spike sends the weight of the step before, less the depression that the target's history holds for it."""
    weight, params, own = CLOPATH[model]
    sim = bp.Simulator(dt=DT)
    pre, post = sim.create(bp.parrot_neuron), sim.create(model, params=params)
    sim.connect(sim.create(bp.spike_generator, spike_times=CLOPATH_PRE), pre)
    made = sim.connect(pre, post, synapse=bp.clopath_synapse(**own), weight=weight, delay=delay)
    sim.record_weight(made)
    history = sim.network.monitor(post.segments[0].group, "LTD_late")
    weights = sim.simulate(200.0).weight_trace(made)[:, 0]
    before = arrivals(CLOPATH_PRE, delay, 200.0) - 1
    sent = np.maximum(weights[before] - history.get("LTD_late")[before, 0], 0.0)
    reference = DATA[f"{model}/{delay}"][: sent.size]
    assert np.diff(reference).min() < -1e-4 * weight  # depression, potentiation
    assert np.diff(reference).max() > 0.1 * weight
    np.testing.assert_allclose(sent, reference, rtol=1e-5)


def test_clopath_potential_and_reset() -> None:
    """The rollout repeats to the bit: the delayed potentials are state."""
    sim = bp.Simulator(dt=DT)
    weight, params, own = CLOPATH["aeif_psc_delta_clopath"]
    pre, post = sim.create(bp.parrot_neuron), sim.create(bp.aeif_psc_delta_clopath, 2, params=params)
    sim.connect(sim.create(bp.spike_generator, spike_times=[20.0, 45.0]), pre)
    made = sim.record_weight(sim.connect(pre, post, synapse=bp.clopath_synapse(**own), weight=weight, delay=1.0))
    first = sim.simulate(60.0).weight_trace(made)
    sim.reset_rollout()
    windows = [sim.cont(t).weight_trace(made) for t in (13.3, 20.0, 26.7)]
    assert np.ptp(first) > 0.0
    assert np.array_equal(np.concatenate(windows), first)
