"""Every synapse model against NEST on fixed spike trains, for delays of one step, 1 ms and 4 ms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nest_cases import (
    CLOPATH,
    CLOPATH_PRE,
    DOPAMINE,
    DOPAMINE_SYNAPSE,
    DT,
    POST,
    PRE,
    QUANTA,
    QUANTAL,
    SYNAPSES,
    tabulated,
)
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


def test_weight_recorder() -> None:
    """Times, senders and weights of all spikes that arrived; windows of any length hold the same events."""
    def build() -> tuple[bp.Simulator, bp.NodeView, bp.NodeView]:
        sim = bp.Simulator(dt=DT)
        pre, post = sim.create(bp.parrot_neuron, 2), sim.create(bp.parrot_neuron)
        for relay, times in ((pre[0], PRE), (pre[1], POST[:5]), (post, POST)):
            sim.connect(sim.create(bp.spike_generator, spike_times=times), relay)
        both, second = sim.create(bp.weight_recorder), sim.create(bp.weight_recorder, senders=pre[1], targets=post)
        own = dict(weight=30.0, delay=1.5, receptor_type=1)
        spec = bp.stdp_synapse(weight_recorder=both, **SYNAPSES["stdp_synapse"]["params"])
        sim.connect(pre, post, synapse=spec, **own)
        sim.connect(pre[0], post, synapse=bp.static_synapse(weight_recorder=both), **{**own, "weight": 7.0})
        other = bp.stdp_synapse(weight_recorder=second, **SYNAPSES["stdp_synapse"]["params"])
        sim.connect(pre, post, synapse=other, **own)
        return sim, both, second

    sim, both, second = build()
    result = sim.simulate(100.0)
    ours = result.weight_events(both)
    arrived = DATA["weight_recorder/times"] < 100.0 - 1.5
    for name in ("times", "senders", "weights"):
        np.testing.assert_allclose(ours[name], DATA[f"weight_recorder/{name}"][arrived], rtol=1e-9, err_msg=name)
    assert set(ours["targets"]) == {0}
    mine = ours["senders"] == 1
    np.testing.assert_array_equal(result.weight_events(second)["weights"], ours["weights"][mine])
    sim, both, _ = build()
    windows = [sim.cont(length).weight_events(both) for length in (7.3, 0.1, 42.6, 50.0)]
    for name, whole in ours.items():
        np.testing.assert_array_equal(np.concatenate([window[name] for window in windows]), whole)
    with pytest.raises(KeyError, match="recorded no weights"):
        sim.cont(1.0).weight_events(sim.create(bp.weight_recorder))


@pytest.mark.parametrize("name", QUANTA)
def test_quanta(name: str) -> None:
    """Where nothing is left to chance, what NEST's synapses release; else in distribution.

    At each spike the two counts over n + 1 outcomes differ by chi squared with n degrees of freedom, and its square
    root by less than sqrt(n) + 3.5 in all but 1e-4 of the cases (Fisher: sqrt(2 chi2) has variance 1).
    """
    case, reference = QUANTA[name], DATA[f"quantal_stp_synapse/{name}"]
    sim = bp.Simulator(dt=DT)
    recorder = sim.create(bp.weight_recorder)
    source = sim.create(bp.spike_generator, spike_times=QUANTAL["times"])
    pre, post = sim.create(bp.parrot_neuron), sim.create(bp.parrot_neuron, QUANTAL["synapses"])
    sim.connect(source, pre)
    spec = bp.quantal_stp_synapse(weight_recorder=recorder, **case)
    sim.connect(pre, post, synapse=spec, weight=1.0, delay=1.0, receptor_type=1)
    events = sim.simulate(100.0).weight_events(recorder)
    ours = tabulated(events["times"], events["weights"], case["n"])
    if name != "random":
        np.testing.assert_array_equal(ours, reference)
        return
    total = ours + reference
    terms = np.divide((ours - reference) ** 2, total, out=np.zeros_like(total), where=total > 0)
    assert np.all(np.sqrt(terms.sum(axis=1)) < np.sqrt(case["n"]) + 3.5)
    assert np.ptp(reference @ np.arange(case["n"] + 1.0)) > QUANTAL["synapses"]


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
