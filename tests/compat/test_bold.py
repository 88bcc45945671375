"""BOLD signals: the balloon at rest and under constant input against closed forms, means and times of rest, state.

What live ANNarchy 5.0.4 gives is in `more_scripts.py` and `test_published_scripts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
import ranvier.compat.annarchy as ann
from ranvier.compat.annarchy.extensions import bold


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ann.clear()
    yield
    ann.clear()


def driven(sizes: tuple[int, ...] = (4,)) -> tuple[Any, list[Any]]:
    net = ann.Network(dt=1.0, seed=1)
    return net, [net.create(n, ann.Neuron("r = 0.0"), name=f"region{k}") for k, n in enumerate(sizes)]


def steady(flow: float, coefficients: str, linear: bool, epsilon: float = 1.43) -> float:
    """Return the signal at which the equations of Stephan et al. (2007) stand still, for a blood flow."""
    extracted, fraction, volume, offset, echo = 0.34, 0.02, flow**0.33, 40.3, 0.04
    q = (1 - (1 - extracted) ** (1 / flow)) / extracted * volume
    if coefficients == "classic":
        k = (1 - fraction) * 4.3 * offset * extracted * echo, 2 * extracted, 1 - epsilon
    else:
        k = 4.3 * offset * extracted * echo, epsilon * 25.0 * extracted * echo, 1 - epsilon
    if linear:
        return fraction * ((k[0] + k[1]) * (1 - q) + (k[2] - k[1]) * (1 - volume))
    return fraction * (k[0] * (1 - q) + k[1] * (1 - q / volume) + k[2] * (1 - volume))


@pytest.mark.parametrize(
    ("model", "coefficients", "linear"),
    [
        (bold.balloon_CN, "classic", False), (bold.balloon_CL, "classic", True), (bold.balloon_RN, "revised", False),
        (bold.balloon_RL, "revised", True),
    ],
)  # fmt: skip
def test_constant_input_leads_to_the_steady_state(model: Any, coefficients: str, linear: bool) -> None:
    """The slowest mode, that of the flow, decays with exp(-0.32 t/s): after 120 s nothing of it is left."""
    net, (region,) = driven()
    monitor = net.boldmonitor(region, model, recorded_variables=["f_in", "v"])
    monitor.start()
    region.r = 0.2
    net.simulate(120_000.0)
    flow = 1.0 + 0.2 * 2.46
    got = {name: values[-1, 0] for name, values in monitor.get().items()}
    assert got["f_in"] == pytest.approx(flow, rel=1e-12)
    assert got["v"] == pytest.approx(flow**0.33, rel=1e-9)
    assert got["BOLD"] == pytest.approx(steady(flow, coefficients, linear), rel=1e-8)


def test_the_linear_revised_signal_step_by_step() -> None:
    """Euler's rule over the published equations; ANNarchy 5.0.4 takes the transit time of this model in ms."""
    net, (region,) = driven()
    monitor = net.boldmonitor(region, bold.balloon_RL(), recorded_variables=["q", "v"], start=True)
    region.r = 0.5
    net.simulate(8000.0)
    s, f, q, v, out, found = 0.0, 1.0, 1.0, 1.0, 1.0, []
    k = 4.3 * 40.3 * 0.34 * 0.04, 1.43 * 25.0 * 0.34 * 0.04, 1 - 1.43
    for _ in range(8000):
        s, f = s + (0.5 - s / 1.54 - (f - 1) / 2.46) / 1000.0, f + s / 1000.0
        extracted = 1 - 0.66 ** (1 / f)
        q, v = q + (f * extracted / 0.34 - q / v * out) / 980.0, v + (f - out) / 980.0
        out = v ** (1 / 0.33)
        found.append(0.02 * ((k[0] + k[1]) * (1 - q) + (k[2] - k[1]) * (1 - v)))
    np.testing.assert_allclose(monitor.get("BOLD")[:, 0], found, rtol=1e-9, atol=1e-14)


def test_nothing_is_computed_before_the_start_nor_after_the_end() -> None:
    net, (region,) = driven()
    monitor = net.boldmonitor(region, recorded_variables="f_in")
    region.r = 1.0
    net.simulate(100.0)
    assert monitor.f_in == 1.0
    monitor.start()
    net.simulate(100.0)
    flow = monitor.f_in
    assert flow > 1.0
    monitor.stop()
    net.simulate(100.0)
    assert monitor.f_in == flow
    assert monitor.get("f_in").shape == (100, 1)


def test_the_time_of_rest_is_state(tmp_path: Path) -> None:
    """Stored in the middle of the rest, and gone on with in another network: the same bits."""
    net, regions = driven((4, 6))
    monitor = net.boldmonitor(regions, normalize_input=[50.0, 0.0], recorded_variables="I_CBF")
    monitor.start()
    for k, region in enumerate(regions):
        region.r = 0.1 * (k + 1)
    net.simulate(20.0)
    net.save(tmp_path / "net.npz")
    other = ann.Network.from_file(tmp_path / "net.npz")
    for one in (net, other):
        one.get_population("region0").r = 0.3
        one.simulate(100.0)
    got = monitor.get("I_CBF")[:, 0]
    (twin,) = [m for m in other.get_monitors() if m.name == monitor.name]
    np.testing.assert_array_equal(twin.get("I_CBF")[:, 0], got[20:])
    # 20 steps of 0.1 and 30 of 0.3 in 50 steps of rest, the second region as it is
    rest = (20 * 0.1 + 30 * 0.3) / 50
    np.testing.assert_allclose(got[:50], 0.6 * 0.2, rtol=1e-12)
    np.testing.assert_allclose(got[50:], 0.4 * (0.3 - rest) / (rest + 1e-7) + 0.6 * 0.2, rtol=1e-12)


def test_slices_of_a_population() -> None:
    net, (region,) = driven((6,))
    region.r = np.arange(6.0) / 10
    monitor = net.boldmonitor_from_slices(region, [[0, 1], [2, 3, 5]], recorded_variables="I_CBF", start=True)
    net.simulate(10.0)
    np.testing.assert_allclose(monitor.get("I_CBF")[-1], [0.05, 1.0 / 3.0], rtol=1e-12)
    assert monitor.get("BOLD").shape == (10, 2)


def test_models_of_ones_own_and_the_rates_of_spiking_neurons() -> None:
    net = ann.Network(dt=1.0, seed=1)
    noise = net.create(ann.PoissonPopulation(100, rates=20.0))
    noise.compute_firing_rate(500.0)
    smooth = bold.BoldModel("tau = 200.0", "tau*dBOLD/dt = sum(I_CBF) - BOLD", inputs="I_CBF")
    monitor = bold.BoldMonitor(noise, smooth, start=True)
    net.simulate(3000.0)
    # the mean of 100 rates counted in 0.5 s has a standard deviation of sqrt(20/0.5/100) Hz
    assert abs(monitor.get("BOLD")[-1, 0] - 20.0) < 5 * 0.4**0.5
    monitor.tau = 100.0
    assert monitor.tau == 100.0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"populations": []}, "needs a population"),
        ({"mapping": {"I_CBV": "r"}}, "'I_CBV' is no input of balloon_RN"),
        ({"mapping": {"I_CBF": "mp"}}, "defines no 'mp'"),
        ({"scale_factor": [1.0, 2.0, 3.0]}, "scale_factor has 3 values for 2 populations"),
        ({"recorded_variables": "boold"}, "'boold' is no recordable attribute"),
        ({"bold_model": ann.Neuron("r = 0.0")}, "must be a BoldModel"),
    ],
)
def test_mistakes(options: dict[str, Any], text: str) -> None:
    net, regions = driven((4, 6))
    with pytest.raises(rv.RanvierError, match=text):
        net.boldmonitor(**{"populations": regions, **options})


def test_extensions_are_there_without_an_import_of_their_own() -> None:
    assert ann.extensions.bold.BoldMonitor is bold.BoldMonitor
    assert ann.bold is bold
    assert ann.extensions.convolution.Pooling is not None
