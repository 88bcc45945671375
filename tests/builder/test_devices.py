"""Generators, receptor ports and astrocytes against NEST; statistics of random generators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nest_cases import AC, ASTROCYTE, DT, DURATION, PORTS, STEPS, TIMES, upstrokes

from ranvier import builder as bp

DATA = np.load(Path(__file__).parent / "data" / "devices.npz")


@pytest.mark.parametrize(
    ("name", "model", "params"),
    [
        ("ac", "ac_generator", AC),
        ("step", "step_current_generator", STEPS),
        ("dc", "dc_generator", dict(amplitude=100.0, start=0.0, stop=30.0, origin=5.0)),
    ],
)
def test_currents(name: str, model: str, params: dict[str, object]) -> None:
    """The membrane is exact on both sides; NEST advances the phase of the sine by rotations, which adds rounding."""
    sim = bp.Simulator(dt=DT)
    one, source = sim.create(bp.iaf_psc_exp), sim.create(model, params=params)
    sim.connect(source, one, weight=1.5, delay=0.7)
    meter = sim.create(bp.voltmeter)
    sim.connect(meter, one)
    trace = sim.simulate(DURATION).trace(meter)[:, 0]
    reference = DATA[f"{name}/V_m"][: trace.size]
    assert np.ptp(reference) > 1.0
    np.testing.assert_allclose(trace, reference, rtol=0, atol=1e-6)


def test_receptor_ports() -> None:
    sim = bp.Simulator(dt=DT)
    one = sim.create(bp.iaf_psc_exp_multisynapse, tau_syn=PORTS)
    for k in range(len(PORTS)):
        source = sim.create(bp.spike_generator, spike_times=TIMES[k])
        sim.connect(source, one, weight=100.0 * (-1) ** k, delay=1.0, receptor_type=k + 1)
    meter = sim.create(bp.multimeter, record_from=["V_m", "I_syn_2", "I_syn"])
    sim.connect(meter, one)
    result = sim.simulate(DURATION)
    trace = result.trace(meter)[:, 0]
    np.testing.assert_allclose(trace, DATA["ports/V_m"][: trace.size], rtol=0, atol=1e-6)
    assert result.trace(meter, "I_syn_2").min() < -50.0


def test_astrocyte_and_slow_inward_current() -> None:
    """NEST integrates both cells with a tolerance of 1e-6 per step; the current of 1 ms reaches the cell at once."""
    sim = bp.Simulator(dt=DT)
    astro, post = sim.create(bp.astrocyte_lr_1994, params=ASTROCYTE), sim.create(bp.aeif_cond_alpha_astro)
    sim.connect(sim.create(bp.spike_generator, spike_times=TIMES[0]), astro, weight=2.0, delay=1.0)
    made = sim.connect(astro, post, synapse=bp.sic_connection(weight=3.0, delay=1.0))
    assert made._channel_label == "I_SIC"
    meters = [sim.create(bp.multimeter, record_from=["IP3", "Ca_astro", "h_IP3R"])]
    meters.append(sim.create(bp.multimeter, record_from=["V_m", "I_SIC"]))
    sim.connect(meters[0], astro)
    sim.connect(meters[1], post)
    result = sim.simulate(DURATION)
    recorded = {"astro": ["IP3", "Ca_astro", "h_IP3R"], "post": ["I_SIC", "V_m"]}
    for meter, (group, names) in zip(meters, recorded.items(), strict=True):
        for name in names:
            trace = result.trace(meter, name)[:, 0]
            np.testing.assert_allclose(trace, DATA[f"{group}/{name}"][: trace.size], rtol=0, atol=1e-3, err_msg=name)
    assert DATA["post/I_SIC"].max() > 5.0


def test_gap_junctions() -> None:
    """NEST iterates until the potentials agree; here a step sees those of its start: an error of first order in dt."""
    errors = []
    for dt in (0.1, 0.05, 0.025):
        sim = bp.Simulator(dt=dt)
        cells = sim.create(bp.hh_psc_alpha_gap, 2, I_e=100.0, V_m=[-10.0, -69.60401191631222])
        made = sim.connect(cells, cells, rule=bp.explicit_edges([0, 1], [1, 0]), synapse=bp.gap_junction(weight=0.5))
        assert made.synapse == "gap_junction"
        meter = sim.create(bp.voltmeter)
        sim.connect(meter, cells)
        trace = sim.simulate(350.0).trace(meter)
        found = np.concatenate([upstrokes(trace[:, k], dt) for k in (0, 1)])
        errors.append(np.abs(found - DATA["gap"]).max())
    assert DATA["gap"].size >= 4
    assert errors[0] < 0.1
    assert errors[1] < 0.6 * errors[0]
    assert errors[2] < 0.6 * errors[1]


def test_spikes_that_count_for_more() -> None:
    """Several spikes in a step, multiplicities and weights add up at static synapses; the window is (start, stop]."""
    sim = bp.Simulator(dt=DT)
    cells = sim.create(bp.iaf_psc_exp, 4, tau_syn_ex=1e12, V_th=1e9)
    twice = sim.create(bp.spike_generator, spike_times=[1.0, 1.0, 2.0])
    many = sim.create(bp.spike_generator, spike_times=[1.0, 2.0], spike_multiplicities=[3, 5])
    heavy = sim.create(bp.spike_generator, 2, spike_times=[[1.0, 2.0], [2.0]], spike_weights=[[0.5, 0.25], [8.0]])
    late = sim.create(bp.spike_generator, spike_times=[1.0, 2.0, 3.0], start=1.0, stop=2.0, origin=0.5)
    for k, source in enumerate((twice, many, heavy, late)):
        sim.connect(source, cells[k], weight=10.0)
    meter = sim.create(bp.multimeter, record_from=["I_syn_ex"])
    sim.connect(meter, cells)
    trace = sim.simulate(5.0).trace(meter, "I_syn_ex").round(6)
    assert trace[[9, 10, 20, 30]].tolist() == [[0, 0, 0, 0], [20, 30, 5, 0], [30, 80, 87.5, 0], [30, 80, 87.5, 10]]
    with pytest.raises(ValueError, match="spike_multiplicities has 1 values for 2 spike_times"):
        sim.connect(sim.create(bp.spike_generator, spike_times=[1.0, 2.0], spike_multiplicities=[3]), cells)
    with pytest.raises(ValueError, match="stdp_synapse takes no spike_weights"):
        sim.connect(heavy, cells, synapse=bp.stdp_synapse())
