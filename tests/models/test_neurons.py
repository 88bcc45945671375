"""The signature behaviour of every neuron model, against closed forms, scipy, and spikes recorded from NEST.

Where the method of a model is of first order, the error is measured and not guessed: smaller steps must approach
the oracle as dt does (ratio 2), and their extrapolation ``2 x(dt/2) - x(dt)``, of second order, must meet it.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import ranvier as rv
from ranvier.runtime.checks.networks import check

NEST = json.loads((Path(__file__).parents[1] / "peers" / "data" / "models_nest.json").read_text())


def spike_steps(neuron: rv.Neuron, duration: float, dt: float, start: dict[str, float] | None = None) -> list[int]:
    """Return the steps in which one cell spikes."""
    net = rv.Network(dt=dt, seed=1)
    cell = net.create(1, neuron, name="cell")
    for name, value in (start or {}).items():
        setattr(cell, name, value)
    mon = net.monitor(cell, "spike")
    net.simulate(duration)
    return mon.get("spike")[0]  # type: ignore[no-any-return]


# -- integrate and fire: the interval between spikes -----------------------------------------------------------------


@pytest.mark.parametrize("current", [1.05, 1.5, 3.0])
@pytest.mark.parametrize("refractory", [0.0, 2.0])
def test_lif_intervals(current: float, refractory: float) -> None:
    """Euler from 0: v_n = I*(1 - (1 - dt/tau)**n), so the spike comes in step n = ceil(log(1 - 1/I)/log(1 - dt/tau)).

    A refractory neuron is active again in step k + r + 1, so r more steps pass.
    """
    steps = spike_steps(rv.models.LIF(i_offset=current, tau_refrac=refractory), 600.0, 0.1)
    n = math.ceil(math.log(1 - 1 / current) / math.log(1 - 0.1 / 20.0))
    assert set(np.diff(steps)) == {n + round(refractory / 0.1)}
    exact = -20.0 * math.log(1 - 1 / current)
    assert n * 0.1 - exact == pytest.approx(0.0, abs=0.1 + 0.1 / 40 * exact), "first order: dt/(2 tau) of the interval"


@pytest.mark.parametrize("name", ["IF_curr_exp", "IF_curr_alpha", "IF_cond_exp", "IF_cond_alpha"])
def test_if_intervals(name: str) -> None:
    """With a constant current all four are v' = (v_inf - v)/tau, which 'exponential' solves exactly."""
    neuron = getattr(rv.models, name)(i_offset=1.0, tau_refrac=3.0)
    v_inf = -65.0 + 20.0 / 1.0 * 1.0
    n = math.ceil(20.0 * math.log((v_inf + 65.0) / (v_inf + 50.0)) / 0.1)
    assert set(np.diff(spike_steps(neuron, 500.0, 0.1))) == {n + 30}


# -- integrate and fire: postsynaptic potentials ---------------------------------------------------------------------

ARRIVALS = {"exc": (10.0, 12.0, 30.0), "inh": (20.0,)}
WEIGHTS = {"curr": {"exc": 1.0, "inh": 0.7}, "cond": {"exc": 0.05, "inh": 0.08}}


def potential(name: str, dt: float, at: np.ndarray) -> np.ndarray:
    """Return the potential of one cell that gets a few spikes, at some times."""
    net = rv.Network(dt=dt, seed=1)
    cell = net.create(1, getattr(rv.models, name)(v_thresh=1e9, tau_syn_I=8.0), name="cell")
    for target, times in ARRIVALS.items():
        source = net.create(population=rv.SpikeSourceArray([[t - dt for t in times]]), name=target)
        weight = WEIGHTS[name[3:7]][target]
        net.connect(source, cell, target).all_to_all(weights=weight, delays=dt)
    mon = net.monitor(cell, "v")
    net.simulate(80.0)
    steps = np.round(at / dt).astype(int) - 1  # samples are taken at the ends of steps
    return mon.get("v")[steps, 0]  # type: ignore[no-any-return]


def published(name: str, at: np.ndarray) -> np.ndarray:
    """The same from the differential equations of the papers, solved by scipy between the spikes."""
    alpha, cond = name.endswith("alpha"), "cond" in name
    tau = {"exc": 5.0, "inh": 8.0}

    def slope(_: float, y: np.ndarray) -> list[float]:
        v, ge, gi, ae, ai = y
        e, i = (ae, ai) if alpha else (ge, gi)
        current = e * (0.0 - v) + i * (-70.0 - v) if cond else e - i
        return [(-65.0 - v) / 20.0 + current, -ge / 5.0, -gi / 8.0, (math.e * ge - ae) / 5.0, (math.e * gi - ai) / 8.0]

    events = sorted((t, target) for target, times in ARRIVALS.items() for t in times)
    y, now, found = np.array([-65.0, 0.0, 0.0, 0.0, 0.0]), 0.0, []
    for t, target in [*events, (81.0, "")]:
        inside = at[(at > now) & (at <= t)]
        run = solve_ivp(slope, (now, t), y, "DOP853", t_eval=[*inside, t], rtol=1e-10, atol=1e-12)
        found += list(run.y[0, : inside.size])
        y, now = run.y[:, -1].copy(), t
        if target:
            y[1 if target == "exc" else 2] += WEIGHTS[name[3:7]][target]
    assert tau["exc"] == 5.0
    return np.array(found)


@pytest.mark.parametrize("name", ["IF_curr_exp", "IF_curr_alpha", "IF_cond_exp", "IF_cond_alpha"])
def test_potentials_converge_to_the_published_equations(name: str) -> None:
    at = np.array([10.5, 11.5, 13.0, 18.0, 22.0, 26.0, 29.0, 31.0, 35.0, 50.0, 79.0])
    exact = published(name, at)
    errors = [potential(name, dt, at) - exact for dt in (0.1, 0.05, 0.025)]
    sizes = [float(np.abs(e).max()) for e in errors]
    assert sizes[0] < 0.05 * np.abs(exact + 65.0).max()
    assert sizes[0] / sizes[1] == pytest.approx(2.0, rel=0.15)
    assert sizes[1] / sizes[2] == pytest.approx(2.0, rel=0.15)
    # The error of the extrapolation is of second order: that of dt = 0.1 times dt/tau_syn, with a constant near 1.
    assert np.abs(2 * errors[2] - errors[1]).max() < sizes[0] * 0.1 / 5.0


# -- Izhikevich, AdEx, Hodgkin-Huxley: the spikes of NEST ------------------------------------------------------------


@pytest.mark.parametrize("kind", NEST["Izhikevich"])
def test_izhikevich_fires_as_nest(kind: str) -> None:
    """The same scheme (Euler, dt = 0.1 ms) for the five kinds of figure 2 of the paper: equal steps for 300 ms.

    Later, the rounding of sums in another order has grown enough to move spikes.
    """
    data = NEST["Izhikevich"][kind]
    values = {name: data[name] for name in "abcd"}
    steps = spike_steps(rv.models.Izhikevich(i_offset=10.0, **values), 500.0, 0.1)
    expected = [round(t / 0.1) - 1 for t in data["times"]]
    assert [k for k in steps if k < 3000] == [k for k in expected if k < 3000]
    assert abs(len(steps) - len(expected)) <= 1


def adex_times(name: str, data: dict[str, Any], dt: float) -> np.ndarray:
    values = {n: data[n] for n in ("a", "b", "tau_w", "v_reset", "i_offset")}
    neuron = getattr(rv.models, name)(**values, tau_refrac=0.0)
    return (np.array(spike_steps(neuron, 305.0, dt, {"v": -70.6})) + 1) * dt


@pytest.mark.parametrize("name", ["EIF_cond_exp_isfa_ista", "EIF_cond_alpha_isfa_ista"])
@pytest.mark.parametrize("kind", NEST["EIF_cond_exp_isfa_ista"])
def test_adex_fires_as_nest(name: str, kind: str) -> None:
    """NEST solves the same equations to 1e-10 (with a constant current both are one model): Euler approaches it."""
    data = NEST["EIF_cond_exp_isfa_ista"][kind]
    expected = np.array(data["times"])[:12]
    coarse, fine = (adex_times(name, data, dt)[: expected.size] for dt in (0.02, 0.01))
    error = np.abs(fine - expected)
    # The halved step halves the error, so what is left is the difference of both; spikes lie on the grid of steps.
    assert np.all(error <= 1.5 * np.abs(coarse - fine) + 0.03)
    assert error.max() < 0.01 * expected[-1]


def test_adex_adapts() -> None:
    """The intervals grow to the fixed point of adaptation, where w gains b per spike."""
    data = NEST["EIF_cond_exp_isfa_ista"]["adapting"]
    intervals = np.diff(adex_times("EIF_cond_exp_isfa_ista", data, 0.01))
    assert np.all(np.diff(intervals) > -0.02)
    assert intervals[-1] > 2 * intervals[0]


@pytest.mark.parametrize("current", NEST["HH_cond_exp"])
def test_hodgkin_huxley_fires_as_nest(current: str) -> None:
    """NEST marks the peak, we the crossing of 0 mV: all intervals after the first are those of one orbit."""
    expected = np.diff(NEST["HH_cond_exp"][current])
    assert expected.size > 5
    times = [
        np.array(spike_steps(rv.models.HH_cond_exp(i_offset=float(current)), 200.0, dt)) * dt for dt in (0.02, 0.01)
    ]
    coarse, fine = (np.diff(t)[: expected.size] for t in times)
    # Peaks and crossings lie on the grid; the mean of n intervals is known to 2 dt/n.
    bound = 1.5 * abs(coarse.mean() - fine.mean()) + 2 * 0.02 / fine.size + 2 * 0.01 / fine.size
    assert abs(fine[: expected.size].mean() - expected[: fine.size].mean()) < bound


# -- generalised integrate and fire: statistics ----------------------------------------------------------------------


def gif_rate(size: int, duration: float, warm: float = 1000.0, **values: Any) -> tuple[float, np.ndarray]:
    """Return the mean rate (Hz) of many cells after some time, and the intervals of all."""
    net = rv.Network(dt=0.1, seed=5)
    cells = net.create(size, rv.models.GIF_curr_exp(**values), name="cells")
    mon = net.monitor(cells, "spike", start=False)
    net.simulate(warm)
    mon.start()
    net.simulate(duration)
    trains = mon.get("spike")
    count = sum(len(t) for t in trains.values())
    intervals = np.concatenate([np.diff(t) for t in trains.values()]) * 0.1
    return count / size / duration * 1000.0, intervals


def test_gif_without_adaptation_is_a_poisson_process() -> None:
    """At rest the rate is c*exp((u_r - u_th)/delta_u), and intervals are exponential: their CV is 1."""
    size, duration = 400, 2000.0
    rate, intervals = gif_rate(size, duration, I_ext=0.0, J_v=0.0, c=400.0)
    expected = 400.0 * math.exp(-15.0 / 5.0)
    count = expected * size * duration / 1000.0
    assert abs(rate - expected) < 4 * expected / math.sqrt(count)
    # The CV of n exponential intervals has a standard error of 1/sqrt(n); the end cuts off long ones, 1/count of all.
    cv = intervals.std() / intervals.mean()
    assert abs(cv - 1.0) < 4 / math.sqrt(intervals.size) + 1000.0 / (expected * duration)


def test_gif_adapts_to_the_rate_that_lifts_the_threshold() -> None:
    """With slow adaptation, <v> = u_th + J_v*r: the rate solves r = c*exp((u - u_th - J_v*r/1000)/delta_u).

    u is constant when every reset leads back to where it is: with I_ext = 0, at u_r. The threshold fluctuates by
    J_v*sqrt(r/(2 tau_v)) (shot noise), which changes the mean of the exponential by half its squared ratio to delta_u.
    """
    values = dict(I_ext=0.0, u_r=-50.0, tau_v=1000.0, J_v=100.0, c=50.0)
    rate, _ = gif_rate(300, 4000.0, warm=6000.0, **values)
    low, high = 0.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle < 50.0 * math.exp(-100.0 * middle / 1000.0 / 5.0) else (low, middle)
    spread = 100.0 * math.sqrt(low / 1000.0 / (2 * 1000.0)) / 5.0
    assert rate == pytest.approx(low, rel=spread**2 / 2 + 4 / math.sqrt(low * 300 * 4.0))


def test_gif_current() -> None:
    """u rests at u_r + R*I with R = tau_m/C_m."""
    net = rv.Network(dt=0.1, seed=1)
    cell = net.create(1, rv.models.GIF_curr_exp(I_ext=100.0, c=0.0), name="cell")
    net.simulate(300.0)
    assert cell.u[0] == pytest.approx(-65.0 + 10.0 / 250.0 * 100.0, rel=1e-9)
    other = net.create(1, rv.models.GIF_curr_exp(current="", c=0.0), name="other")
    assert "g_exc" in other.variables


@pytest.mark.parametrize("name", [n for n in rv.models.__all__ if isinstance(getattr(rv.models, n)(), rv.Neuron)])
def test_compiled_and_interpreted_agree(name: str) -> None:
    model: rv.Neuron = getattr(rv.models, name)()
    assert check(model, 20) is None
    assert model.edit().build().ir() == model.ir()
    assert model.latex().count("&") >= len(model.variables)


def test_every_model_names_its_paper() -> None:
    for name in rv.models.__all__:
        text = getattr(rv.models, name).__doc__ or ""
        assert any(str(year) in text for year in range(1900, 2025)), name
