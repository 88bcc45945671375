"""The library on the compiled engine and on the interpreter; quantal release; what the catalogue says of itself."""

from __future__ import annotations

import numpy as np
import pytest
from nest_cases import PORTS

from ranvier import builder as bp
from ranvier.runtime.builder.library import NeuronModel
from ranvier.runtime.checks.networks import check

NEURONS = [m for m in bp.models.values() if isinstance(m, NeuronModel) and m.name != "volume_transmitter"]


@pytest.mark.parametrize("model", NEURONS, ids=lambda m: m.name)
def test_interpreter_agrees_to_the_bit(model: NeuronModel) -> None:
    """With input by spikes of both signs and by a current."""
    sim = bp.Simulator(dt=0.1)
    more = {"tau_syn": PORTS} if model.vector else {}
    cells = sim.create(model, 9, params=more)
    port = "uniform" if model.vector else None
    noise = sim.create(bp.poisson_generator, rate=5000.0)
    sim.connect(noise, cells, weight=20.0 if model.weight == "pA" else 1.0, receptor_type=port)
    if len(model.inputs) == 2 and not model.vector:  # told apart by sign
        sim.connect(noise, cells, weight=-1.0, delay=0.5)
    if model.current:
        sim.connect(sim.create(bp.ac_generator, amplitude=0.001, frequency=100.0), cells)
    assert check(sim.network, 100) is None


@pytest.mark.parametrize("name", [n for n in bp.synapse_models if n not in ("sic_connection", "gap_junction")])
def test_interpreter_agrees_on_synapses(name: str) -> None:
    results = []
    for engine in ("compiled", "reference"):
        sim = bp.Simulator(dt=0.1, engine=engine)
        spec = bp.synapse_models[name]
        model, record = (bp.hh_psc_alpha_clopath if spec.history else bp.iaf_psc_exp), ["I_syn_ex", "V_m"]
        pre, post = sim.create(bp.parrot_neuron, 6), sim.create(model, 4, I_e=1500.0)
        sim.connect(sim.create(bp.poisson_generator, rate=600.0), pre)
        transmitter = sim.create(bp.volume_transmitter)
        sim.connect(pre[:2], transmitter)
        vt = transmitter if spec.signal else None
        sim.connect(pre, post, synapse=spec(), vt=vt, weight=0.5, delay=0.7, rule=bp.fixed_indegree(4), seed=1)
        meter = sim.create(bp.multimeter, record_from=record)
        sim.connect(meter, post)
        result = sim.simulate(15.0)
        weights = sim.get_connections(source=pre, target=post).get("weight")
        results.append([result.trace(meter, "I_syn_ex"), result.trace(meter), weights])
    assert results[0][0].max() > 0.0
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))


def test_quantal_release() -> None:
    """At constant rate the mean release is that of the deterministic model; the first one is binomial.

    Synapses with n = 10 sites and U = 0.4 release 4 at first, with a variance of 2.4. For the k-th spike, with
    tau_fac = 0, the mean number of filled sites is n*x_k, x_{k+1} = 1 - (1 - x_k*(1 - U))*exp(-T/tau_rec).
    """
    sim = bp.Simulator(dt=0.1)
    times = np.arange(10.0, 200.0, 20.0)
    pre, post = sim.create(bp.parrot_neuron), sim.create(bp.parrot_neuron, 2000)
    sim.connect(sim.create(bp.spike_generator, spike_times=times), pre)
    spec = bp.quantal_stp_synapse(n=10, U=0.4, tau_rec=50.0)
    sim.connect(pre, post, synapse=spec, weight=1.0, delay=1.0, receptor_type=1)
    heard = sim.network.monitor(post.segments[0].group, "heard")
    sim.simulate(200.0)
    released = heard.get("heard")
    released = released[np.flatnonzero(released.any(axis=1))]
    assert released.shape == (10, 2000)
    x = 1.0
    for row in released:
        assert abs(row.mean() - 4.0 * x) < 5 * np.sqrt(2.5 / 2000)
        x = 1.0 - (1.0 - x * 0.6) * np.exp(-20.0 / 50.0)
    assert abs(released[0].var() - 2.4) < 5 * 2.4 * np.sqrt(2 / 2000)


def test_every_model_says_where_it_is_from() -> None:
    for model in (*NEURONS, *bp.synapse_models.values()):
        assert "NEST 3.10" in model.reference or model.name == "static_synapse", model.name
    for model in NEURONS:
        assert set(model.units()) <= set(model.with_ports({}).neuron.attributes)
