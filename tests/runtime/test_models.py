"""The ready-made models: names and defaults as published, shapes of inputs, firing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

IF = dict(
    v_rest=-65.0, cm=1.0, tau_m=20.0, tau_refrac=0.0, tau_syn_E=5.0, tau_syn_I=5.0, v_thresh=-50.0, v_reset=-65.0,
    i_offset=0.0,
)  # fmt: skip
ADEX = dict(
    v_rest=-70.6, cm=0.281, tau_m=9.3667, tau_refrac=0.1, tau_syn_E=5.0, tau_syn_I=5.0, e_rev_E=0.0, e_rev_I=-80.0,
    tau_w=144.0, a=4.0, b=0.0805, i_offset=0.0, delta_T=2.0, v_thresh=-50.4, v_reset=-70.6, v_spike=-40.0,
)  # fmt: skip
DEFAULTS: dict[str, dict[str, float]] = {
    "Izhikevich": dict(a=0.02, b=0.2, c=-65.0, d=8.0, v_thresh=30.0, i_offset=0.0, noise=0.0, tau_refrac=0.0),
    "IF_curr_exp": IF,
    "IF_curr_alpha": IF,
    "IF_cond_exp": {**IF, "e_rev_E": 0.0, "e_rev_I": -70.0},
    "IF_cond_alpha": {**IF, "e_rev_E": 0.0, "e_rev_I": -70.0},
    "EIF_cond_exp_isfa_ista": ADEX,
    "EIF_cond_alpha_isfa_ista": ADEX,
    "HH_cond_exp": dict(
        gbar_Na=20.0, gbar_K=6.0, gleak=0.01, cm=0.2, v_offset=-63.0, e_rev_Na=50.0, e_rev_K=-90.0, e_rev_leak=-65.0,
        e_rev_E=0.0, e_rev_I=-80.0, tau_syn_E=0.2, tau_syn_I=2.0, i_offset=0.0, v_thresh=0.0,
    ),
}  # fmt: skip


def one(name: str, **values: Any) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=0.1, seed=1)
    return net, net.create(1, getattr(rv.models, name)(**values), name="cell")


@pytest.mark.parametrize("name", DEFAULTS)
def test_published_parameters(name: str) -> None:
    _, cell = one(name)
    assert {p: float(getattr(cell, p)[0]) for p in cell.parameters} == DEFAULTS[name]
    given = {p: value + 1.0 for p, value in DEFAULTS[name].items()}
    _, cell = one(name, **given)
    assert {p: float(getattr(cell, p)[0]) for p in cell.parameters} == given


@pytest.mark.parametrize(
    ("name", "i_offset"),
    [("LIF", 1.5), ("Izhikevich", 10.0), ("IF_curr_exp", 1.0), ("IF_curr_alpha", 1.0), ("IF_cond_exp", 1.0),
     ("IF_cond_alpha", 1.0), ("EIF_cond_exp_isfa_ista", 1.0), ("EIF_cond_alpha_isfa_ista", 1.0), ("HH_cond_exp", 0.2)],
)  # fmt: skip
def test_silent_at_rest_and_firing_with_current(name: str, i_offset: float) -> None:
    net, cell = one(name)
    mon = net.monitor(cell, "spike")
    net.simulate(200.0)
    assert mon.get("spike")[0] == []
    cell.i_offset = i_offset
    net.simulate(200.0)
    assert len(mon.get("spike")[0]) >= 3


@pytest.mark.parametrize(("name", "at"), [("IF_curr_exp", 0.0), ("IF_curr_alpha", 5.0)])
def test_shape_of_currents(name: str, at: float) -> None:
    """A spike of weight w: w*exp(-t/tau), or w*(t/tau)*exp(1 - t/tau) with its maximum w at tau."""
    net, cell = one(name, v_thresh=1e9)
    source = net.create(population=rv.SpikeSourceArray([[1.0]]))
    net.connect(source, cell, "exc").all_to_all(weights=0.5, delays=0.1)
    variable = "g_exc" if at == 0.0 else "alpha_exc"
    mon = net.monitor(cell, variable)
    net.simulate(40.0)
    current = mon.get(variable)[:, 0]
    peak = int(np.argmax(current))
    assert abs((peak - 11) * 0.1 - at) <= 0.1, "the spike arrives in step 11"
    # The methods are exact for the decay; the rise is off by the first order in dt/tau = 0.02.
    assert current[peak] == pytest.approx(0.5, rel=0.02)


def test_stp_depresses() -> None:
    net, cell = one("IF_curr_exp", v_thresh=1e9, tau_syn_E=0.5)
    source = net.create(population=rv.SpikeSourceArray([[10.0, 20.0, 30.0, 1000.0]]))
    proj = net.connect(source, cell, "exc", rv.models.STP(tau_rec=100.0, tau_facil=0.01, U=0.5))
    proj.all_to_all(weights=1.0, delays=0.1)
    mon = net.monitor(cell, "g_exc")
    net.simulate(1010.0)
    g = mon.get("g_exc")[:, 0]
    peaks = [g[step : step + 20].max() for step in (100, 200, 300, 10000)]
    # Oracle: x recovers to 1 with tau_rec, u returns to U at once; each spike gives u*x and leaves x*(1 - u).
    x, last, expected = 1.0, 0.0, []
    for t in (10.0, 20.0, 30.0, 1000.0):
        x = 1 - (1 - x) * np.exp(-(t - last) / 100.0)
        expected.append(0.5 * x)
        x, last = x * 0.5, t
    decay = peaks[0] / expected[0]
    np.testing.assert_allclose(peaks, np.array(expected) * decay, rtol=1e-6)


def test_stdp_window() -> None:
    """One pair: pre before post by dt potentiates by A_plus*w_max*exp(-dt/tau_plus), post before pre depresses."""
    for gap in (-15.0, -5.0, 5.0, 15.0):
        net = rv.Network(dt=0.1, seed=1)
        pre = net.create(population=rv.SpikeSourceArray([[50.0]]))
        post = net.create(population=rv.SpikeSourceArray([[50.0 + gap]]))
        synapse = rv.Synapse(
            dict(tau=20.0, w_max=2.0, A=0.01),
            "dx/dt = -x/tau : event-driven\ndy/dt = -y/tau : event-driven",
            pre_spike="x += A*w_max\nw = clip(w + y, 0, w_max)",
            post_spike="y -= A*w_max\nw = clip(w + x, 0, w_max)",
        )
        proj = net.connect(pre, post, "", synapse).all_to_all(weights=1.0, delays=0.1)
        net.simulate(120.0)
        # The presynaptic spike acts one step (its delay) after its time.
        change = 0.02 * np.exp(-abs(gap - 0.1) / 20.0) * np.sign(gap)
        assert proj.w[0] - 1.0 == pytest.approx(change, rel=1e-9), gap


def test_models_may_be_given_as_what_makes_them() -> None:
    class Cell(rv.Neuron):
        def __init__(self, tau: float = 10.0) -> None:
            super().__init__({"tau": tau}, "tau*dv/dt = 2 - v + g_exc", spike="v > 1", reset="v = 0")

    def build(neuron: Any, synapse: Any) -> np.ndarray:
        net = rv.Network(seed=1)
        cells = net.create(3, neuron, name="cells")
        net.connect(cells, cells, "exc", synapse, name="learning").all_to_all(0.1)
        net.simulate(30.0)
        return np.concatenate([cells.v, net.get_projection("learning").w])

    for neuron in (rv.models.LIF, Cell):
        assert np.array_equal(build(neuron, rv.models.STDP), build(neuron(), rv.models.STDP()))
    for wrong in (rv.models.STDP, lambda size: size, len):
        with pytest.raises(rv.RanvierError, match="neuron must be a Neuron, not the function"):
            rv.Network().create(2, wrong)
