"""`rv.convergence`: differences between dt and dt/2, known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

import ranvier as rv


def decay(method: str = "explicit", noise: str = "") -> rv.Neuron:
    return rv.Neuron(
        parameters="tau = 10.0", equations=f"dx/dt = -x/tau {noise}: init=1.0", spike="x > 1e9", method=method
    )


def test_the_difference_of_euler_is_known() -> None:
    """(1 - dt/tau)^k beside (1 - dt/(2 tau))^(2k), k = 1..100; rounding is below 1e-13."""
    report = rv.convergence(decay(), 1.0)
    k = np.arange(1, 101)
    coarse, fine = 0.9**k, 0.95 ** (2 * k)
    expected = np.abs(coarse - fine).max()
    assert abs(report["x"].absolute - expected) < 1e-13
    assert abs(report["x"].relative - expected / np.ptp(fine)) < 1e-13
    assert not report.small_enough
    assert "not small enough" in str(report)


@pytest.mark.parametrize(("method", "ratio"), [("explicit", 2), ("midpoint", 4), ("rk4", 16)])
def test_differences_shrink_with_the_order(method: str, ratio: int) -> None:
    """The difference is c dt^p (1 + O(dt/tau)), so halving dt divides it by 2^p, within 10 % at dt = tau/10."""
    one, two = (rv.convergence(decay(method), dt)["x"].absolute for dt in (1.0, 0.5))
    assert abs(one / two / ratio - 1) < 0.1


def test_exact_methods_differ_by_rounding_alone() -> None:
    report = rv.convergence(decay("exact"), 5.0)
    assert report["x"].absolute < 1e-15
    assert report.small_enough


def test_noise_and_random_numbers_have_their_mean() -> None:
    quiet = rv.convergence(decay(), 1.0)
    assert rv.convergence(decay(noise="+ 0.1*xi "), 1.0)["x"] == quiet["x"]
    assert rv.convergence(decay(noise="+ Normal(0.0, 2.0) "), 1.0)["x"] == quiet["x"]
    assert rv.convergence(decay(noise="+ Uniform(-1.0, 1.0) "), 1.0)["x"] == quiet["x"]


def test_runs_end_at_the_first_spike_and_take_values() -> None:
    cell = rv.Neuron(
        parameters="I = 0.0", equations="10.0*dv/dt = I - v : init=0.0, exponential", spike="v > 1.0", reset="v = 0.0"
    )
    silent, active = rv.convergence(cell, 0.1), rv.convergence(cell, 0.1, I=2.0)
    crossing = 10 * np.log(2)  # v = 2 (1 - exp(-t/10)) reaches 1
    assert silent.first_spikes == (None, None)
    assert silent.compared == 100.0
    assert all(s is not None and 0 <= s - crossing < 0.1 + 1e-9 for s in active.first_spikes)
    assert crossing - 0.2 < active.compared < crossing
    assert active.small_enough


def test_what_it_does_not_take() -> None:
    with pytest.raises(rv.RanvierError, match="dt must be above 0"):
        rv.convergence(decay(), 0.0)
    with pytest.raises(rv.RanvierError, match="a Neuron is needed"):
        rv.convergence("dx/dt = -x", 1.0)  # type: ignore[arg-type]


def test_methods_fall_back_in_order() -> None:
    equations = "dv/dt = 0.04*v**2 - v/5.0 : init=0.1"
    cell = rv.Neuron(equations=equations, spike="v > 1e9", method=("exact", "exponential", "rk4"))
    assert "v: rk4" in cell.describe()
    with pytest.raises(rv.RanvierError, match=r"exponential.*0\.04"):
        rv.Neuron(equations=equations, spike="v > 1e9", method=("exact", "exponential")).describe()


def test_linked_variables_hold_a_value() -> None:
    """dv/dt = (x - v)/tau with x = 2: v = 2 (1 - (1 - dt/tau)^k) by Euler."""
    reader = rv.Neuron("tau = 10.0", "x : linked\ndv/dt = (x - v)/tau", spike="v > 1e9")
    report = rv.convergence(reader, 1.0, x=2.0)
    k = np.arange(1, 101)
    expected = 2 * np.abs(0.9**k - 0.95 ** (2 * k)).max()
    assert abs(report["v"].absolute - expected) < 1e-13
    assert list(report) == ["v"]
    with pytest.raises(rv.RanvierError, match=r"'x' is linked to another(.|\n)*convergence\(model, dt, x=...\)"):
        rv.convergence(reader, 1.0)
    in_units = rv.Neuron(dict(tau="10 ms"), "x : volt (linked)\ndv/dt = (x - v)/tau : volt", threshold="v > 1*volt")
    assert abs(rv.convergence(in_units, 1.0, x="2 mV")["v"].absolute - 0.0) < 1e-12, "exact"
