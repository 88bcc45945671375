"""Measures of recordings, against scipy and against counting by hand; arithmetic texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import interpolate, signal

import ranvier as rv
from ranvier import experiment as ex
from ranvier.runtime.experiment.arithmetic import names_in


def poisson(neurons: int, steps: int, probability: float, seed: int = 1) -> dict[int, list[int]]:
    random = np.random.default_rng(seed)
    return {n: np.flatnonzero(random.random(steps) < probability).tolist() for n in range(neurons)}


def test_spectrum_of_spikes_is_that_of_scipy() -> None:
    """scipy divides by the squared sum of the window and doubles, as it leaves out negative frequencies."""
    spikes = poisson(5, 4096, 0.02)
    frequencies, power = ex.get_population_power_spectrum(spikes, 0.5, 0.0, 2048.0, 512)
    window = np.hanning(512)
    trains = np.zeros((5, 4096))
    for n, train in spikes.items():
        trains[n, train] = 1.0
    f, p = signal.welch(trains, 2000.0, window, 512, 256, detrend=False, scaling="spectrum")
    assert frequencies == pytest.approx(f[2:256])
    assert power == pytest.approx(p.mean(axis=0)[2:256] * window.sum() ** 2 / 2, rel=1e-9)


def test_spectrum_of_a_variable_finds_its_frequency() -> None:
    dt, pre = 0.5, 100.0
    t = np.arange(0, 10_000 + pre, dt)
    arr = np.where(t < pre, 1e6, np.sin(2 * np.pi * 20.0 * t / 1000))
    frequencies, power = ex.get_power_spektrum_from_time_array(
        arr, pre, 10_000, dt, samplingfrequency=250, fftSize=1024
    )
    assert frequencies[np.argmax(power)] == pytest.approx(20.0, abs=250 / 1024)
    _, p = signal.welch(arr[200:20200:8], 250.0, np.hanning(1024), 1024, 512, detrend=False, scaling="spectrum")
    assert power == pytest.approx(p[2:512] * np.hanning(1024).sum() ** 2 / 2, rel=1e-9, abs=1e-9)


def test_spectrum_errors() -> None:
    few = {0: [3], 1: []}
    f, p = ex.get_population_power_spectrum(few, 1.0, fft_size=64)
    assert f.shape == p.shape == (30,)
    assert not p.any()
    with pytest.raises(rv.RanvierError, match="fft_size must be given"):
        ex.get_population_power_spectrum(few, 1.0)
    for size, text in ((100, "power of 2"), (4096, "needs a longer signal than 50 samples")):
        with pytest.raises(rv.RanvierError, match=text):
            ex.get_population_power_spectrum({0: [1, 20]}, 1.0, 0.0, 50.0, size)


def test_population_rate_in_a_window() -> None:
    """A window of 10 ms counts the spikes from 5 ms before to 5 ms after, over the time inside."""
    spikes = {0: [0, 50, 51], 1: [52]}
    t, rate = ex.get_pop_rate(spikes, 0.0, 100.0, 1.0, 10.0)
    assert t.tolist() == list(range(100))
    every = [0, 50, 51, 52]
    for k in (0, 3, 20, 44, 45, 46, 50, 57, 58, 99):
        low, high = max(0, k - 5), min(100, k + 5)
        inside = sum(low <= s < high for s in every)
        assert rate[k] == pytest.approx(inside / (high - low) * 1000 / 2), k
    assert ex.get_pop_rate({0: []}) is None
    assert not ex.get_pop_rate({0: []}, 0.0, 5.0)[1].any()
    with pytest.raises(rv.RanvierError, match="lies before the start"):
        ex.get_pop_rate(spikes, 5.0, 1.0)


def test_population_rate_with_an_automatic_window() -> None:
    """200 neurons at 50 Hz, then silence: the mean is that of the spikes, and the drop is found."""
    spikes = poisson(200, 5000, 0.005)
    _, rate = ex.get_pop_rate(spikes, 0.0, 1000.0, 0.1)
    assert rate.shape == (10000,)
    assert rate[500:4500].mean() == pytest.approx(50.0, rel=0.05)
    assert not rate[6500:].any()
    _, flat = ex.get_pop_rate(spikes, 0.0, 500.0, 0.1)
    assert flat.std() < 0.1 * flat.mean(), "a constant rate is smoothed"


def test_distances_and_extremes() -> None:
    a, b = [1.0, 2.0, 5.0], np.array([1.0, 4.0, 1.0])
    assert ex.rmse(a, b) == pytest.approx(np.sqrt(20 / 3))
    assert ex.rsse(a, b) == pytest.approx(np.sqrt(20))
    assert (ex.get_minimum([[3, -1.5], (2,)]), ex.get_maximum([[3, np.nan], np.array([[7.0]])])) == (-1.5, 7.0)
    assert (ex.get_minimum(4), ex.get_maximum(np.array([1, 2]))) == (4.0, 2.0)
    assert [ex.get_number_of_decimals(x) for x in (5, 5.1, 0.0101, 1e-05)] == [0, 1, 4, 5]
    assert [ex.get_number_of_zero_decimals(x) for x in (0.12, 0.012, 1.012, 0, 0.1, 0.01, -0.5)] == [
        1,
        2,
        0,
        0,
        1,
        2,
        1,
    ]
    assert np.isnan(ex.get_nanmean(np.array([np.nan])))
    assert ex.get_nanstd(np.array([1.0, np.nan, 3.0])) == 1.0
    steps, ranks = ex.my_raster_plot({1: [4, 2], 0: [2]})
    assert (steps.tolist(), ranks.tolist()) == ([2, 2, 4], [0, 1, 1])


@given(st.lists(st.floats(0.1, 5.0), min_size=2, max_size=20), st.sampled_from([0.1, 0.5, 1.0]))
def test_sampling_is_linear_interpolation(gaps: list[float], step: float) -> None:
    times = np.cumsum(gaps)
    data = np.sin(times)
    t, values = ex.sample_data_with_timestep(times, data, step)
    expected = interpolate.interp1d(times, data, bounds_error=False, fill_value="extrapolate")(t)
    assert values == pytest.approx(expected, abs=1e-9)
    assert np.allclose(np.diff(t), step)


def test_gaps_are_filled() -> None:
    t, data = ex.time_data_fill_gaps([0.0, 0.1, 0.2, 0.6, 0.7], np.arange(10.0).reshape(5, 2))
    assert t.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert np.array_equal(np.isnan(data[:, 0]), [False] * 3 + [True] * 3 + [False] * 2)
    t, data = ex.time_data_fill_gaps([0, 2, 8], np.arange(3.0)[None], fill_time_step=2, axis=1, fill=-1)
    assert (t.tolist(), data.tolist()) == ([0, 2, 4, 6, 8], [[0, 1, -1, -1, 2]])
    t, data = ex.time_data_add_nan([0, 1, 0, 1], [1.0, 2, 3, 4])
    assert t.tolist() == [0, 1, 0, 1]
    with pytest.raises(rv.RanvierError, match="2 times for 3 values along axis 0"):
        ex.time_data_fill_gaps([0, 1], [1, 2, 3])


def results(train: list[int], duration: float = 500.0) -> Any:
    times = {"p": {"start": {"ms": [0.0], "idx": [0]}, "stop": {"ms": [duration], "idx": [int(duration)]}}}
    recorded = [{"p;spike": {0: train}, "dt": 1.0}]
    return ex.ExperimentResults(recorded, ex.RecordingTimes([times]), {}, {"pop_name": "p"})


def test_features_of_spikes() -> None:
    features = ex.get_spike_features_of_chunk(0, results([10, 20, 40]))
    assert features == {
        "spike_count": 3, "time_to_first_spike": 10.0, "time_to_second_spike": 20.0, "time_to_third_spike": 40.0,
        "time_to_last_spike": 40.0, "ISI_CV": pytest.approx(5 / 15),
    }  # fmt: skip
    assert ex.get_spike_features_of_chunk(0, results([]))["time_to_first_spike"] is None
    same = ex.get_spike_features_loss_of_chunk(0, results([10, 20]), results([10, 20]))
    assert same == 0.0
    one = ex.get_spike_features_loss_of_chunk(0, results([10]), results([35]), feature_list=["time_to_first_spike"])
    assert one == pytest.approx(25 / 50)
    none = ex.get_spike_features_loss_of_chunk(0, results([10]), results([]), feature_list=["time_to_last_spike"])
    assert none == pytest.approx(500 / 50)
    with pytest.raises(rv.RanvierError, match="'height' is no feature of spikes"):
        ex.get_spike_features_loss_of_chunk(0, results([1]), results([1]), feature_list=["height"])


def test_arithmetic() -> None:
    values = {"a": np.array([1.0, 4.0]), "b": 3.0}
    for text, expected in (
        ("a + 2*b - -1", [8.0, 11.0]), ("(a-b)**2/2", [2.0, 0.5]), ("max(a, b) % 2", [1.0, 0.0]), ("sqrt(a)^2", [1, 4]),
    ):  # fmt: skip
        assert ex.evaluate_expression_with_dict(text, values) == pytest.approx(expected)
    assert names_in("a*exp(b) + a") == ["a", "b"]
    for text, error in (
        ("a +", "is no arithmetic expression"),
        ("c + 1", "there is no value of 'c'"),
        ("a.real", "'a.real' is not understood"),
        ("__import__('os')", "is not understood"),
        ("a if b else 1", "is not understood"),
        ("'a'", "is not understood"),
    ):
        with pytest.raises(rv.RanvierError, match=error):
            ex.evaluate_expression_with_dict(text, values)
