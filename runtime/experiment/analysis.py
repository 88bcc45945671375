"""Measures of recordings: rates, spectra, distances, features of spikes. Functions of arrays, without state.

Spikes are a dict rank -> list of steps, as a monitor returns them; times are in ms, rates in Hz.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..problems import UnknownName, ValueProblem
from ..recording import statistics
from ..schedule import steps
from .clock import decimals_of, ms_array
from .experiment import ExperimentResults
from .series import Series

Spikes = Mapping[int, Sequence[int]]
Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
#: Shortest window that is tried for a population rate (ms).
SHORTEST = 5.0


def my_raster_plot(spikes: Spikes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the steps and the ranks of all spikes, by time."""
    return statistics.flat(spikes)


def get_nanmean(a: NDArray[np.float64], axis: Any = None, dtype: Any = None) -> Any:
    """Return `numpy.nanmean`, NaN without a warning where there is nothing but NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)
        return np.nanmean(a, axis=axis, dtype=dtype)


def get_nanstd(a: NDArray[np.float64], axis: Any = None, dtype: Any = None) -> Any:
    """Return `numpy.nanstd`, NaN without a warning where there is nothing but NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)
        return np.nanstd(a, axis=axis, dtype=dtype)


def rmse(a: ArrayLike, b: ArrayLike) -> float:
    """Return the root of the mean of the squared differences."""
    return float(np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2)))


def rsse(a: ArrayLike, b: ArrayLike) -> float:
    """Return the root of the sum of the squared differences."""
    return float(np.sqrt(np.sum((np.asarray(a) - np.asarray(b)) ** 2)))


def get_number_of_decimals(nr: float) -> int:
    """Return the number of digits after the decimal point: 0 for 5, 1 for 5.1, 4 for 0.0101."""
    return decimals_of(nr)


def get_number_of_zero_decimals(nr: float) -> int:
    """Return how often a number must be multiplied by 10 to be 1 or more: 1 for 0.12, 2 for 0.012, 0 for 1.012."""
    return 0 if nr == 0 or abs(nr) >= 1 else int(np.floor(-np.log10(abs(nr)) - 1e-12)) + 1


def get_minimum(input_data: Any) -> float:
    """Return the smallest number in a number, array or list of lists; NaN is ignored."""
    return float(np.nanmin(_numbers(input_data)))


def get_maximum(input_data: Any) -> float:
    """Return the largest number in a number, array or list of lists; NaN is ignored."""
    return float(np.nanmax(_numbers(input_data)))


def _numbers(data: Any) -> NDArray[np.float64]:
    if isinstance(data, (list, tuple)):
        return np.concatenate([_numbers(part) for part in data]) if data else np.zeros(0)
    return np.asarray(data, float).reshape(-1)


# -- rates ---------------------------------------------------------------------------------------------


def get_pop_rate(
    spikes: Spikes,
    t_start: float | None = None,
    t_end: float | None = None,
    time_step: float = 1.0,
    t_smooth_ms: float = -1,
) -> Pair | None:
    """Return the mean firing rate of a population against time: spikes in a sliding window, over its length.

    Parameters
    ----------
    spikes : dict
    t_start, t_end : float, ms, optional
        By default the first and the last spike.
    time_step : float, ms
        The time step of the simulation.
    t_smooth_ms : float, ms
        Length of the window; at the ends of the time, the part of it that lies inside counts. -1: that of the
        histogram with the least expected error, at least 5 ms (Shimazaki and Shinomoto 2007, Neural Comput. 19, 1503,
        equation 2).

    Returns
    -------
    times : ndarray, ms
        Every time step from t_start to (without) t_end.
    rate : ndarray, Hz
        None, in place of both, when there are no spikes and no times are given.
    """
    found, _ = statistics.flat(spikes)
    if not len(found) and (t_start is None or t_end is None):
        return None
    first = int(found[0]) if t_start is None else steps(t_start, time_step)
    last = int(found[-1]) if t_end is None else steps(t_end, time_step)
    if last < first:
        raise ValueProblem(f"get_pop_rate: the end ({t_end} ms) lies before the start ({t_start} ms).")
    counts = np.bincount(found[(found >= first) & (found < last)] - first, minlength=last - first)
    if t_smooth_ms > 0:
        width = max(1, steps(t_smooth_ms, time_step))
    else:
        width = _best_width(counts, max(1, steps(SHORTEST, time_step)))
    whole = np.concatenate([[0], np.cumsum(counts)])
    middle = np.arange(last - first)
    left = np.clip(middle - width // 2, 0, last - first)
    right = np.clip(middle - width // 2 + width, 0, last - first)
    seconds = (right - left) * time_step / 1000.0
    rate = (whole[right] - whole[left]) / seconds / max(1, len(spikes))
    return ms_array(np.arange(first, last), time_step), np.asarray(rate, float)


def _best_width(counts: NDArray[np.int64], least: int) -> int:
    """Return the width of bins that minimises (2 mean - variance)/width^2 of the counts in them.

    Costs are averaged over four positions of the bins, so that a step of the rate on the edge of a bin is no accident.
    """
    size = len(counts)
    if size < 4 * least:
        return max(1, min(size, least))
    whole = np.concatenate([[0], np.cumsum(counts)])
    widths = np.unique(np.geomspace(least, size // 4, 60).astype(int))
    costs = []
    for width in widths:
        bins = [np.diff(whole[width * shift // 4 :: width]) for shift in range(4)]
        costs.append(np.mean([2 * inside.mean() - inside.var() for inside in bins]) / width**2)
    return int(widths[int(np.argmin(costs))])


# -- spectra -------------------------------------------------------------------------------------------


def get_population_power_spectrum(
    spikes: Spikes,
    time_step: float,
    t_start: float | None = None,
    t_end: float | None = None,
    fft_size: int | None = None,
) -> Pair:
    """Return the power spectrum of spike trains, averaged over neurons.

    Segments that overlap by half are multiplied by a Hann window; the squared amplitudes of their Fourier transforms
    are averaged (Welch 1967, IEEE Trans. Audio Electroacoust. 15, 70). Without two spikes it is 0.

    Parameters
    ----------
    spikes : dict
    time_step : float, ms
    t_start, t_end : float, ms, optional
        By default the first and the last spike.
    fft_size : int, optional
        Length of a segment in steps, a power of 2; by default the largest that fits.

    Returns
    -------
    frequencies : ndarray, Hz
        From the second multiple of 1000/(time_step*fft_size) to below 500/time_step.
    power : ndarray
    """
    found, _ = statistics.flat(spikes)
    if len(found) < 2 and fft_size is None:
        raise ValueProblem("get_population_power_spectrum: without two spikes fft_size must be given.")
    if len(found) < 2:
        frequencies = _frequencies(_power_of_two(fft_size or 0), time_step)
        return frequencies, np.zeros(len(frequencies))
    first = int(found[0]) if t_start is None else steps(t_start, time_step)
    last = int(found[-1]) if t_end is None else steps(t_end, time_step)
    size = _segment(last - first, fft_size)
    powers = []
    for train in spikes.values():
        at = np.asarray(train, np.int64)
        signal = np.zeros(last - first)
        signal[at[(at >= first) & (at < last)] - first] = 1.0
        powers.append(_welch(signal, size))
    return _frequencies(size, time_step), np.mean(powers, axis=0)[2 : size // 2]


def get_power_spektrum_from_time_array(
    arr: ArrayLike,
    presimulationTime: float,
    simulationTime: float,
    simulation_dt: float,
    samplingfrequency: float = 250,
    fftSize: int = 1024,
) -> Pair:
    """Return the power spectrum of a recorded variable. See `get_population_power_spectrum`.

    Parameters
    ----------
    arr : array, shape (steps,)
        A value per step.
    presimulationTime, simulationTime : float, ms
        What is left out at the beginning, and what is analysed after that.
    simulation_dt : float, ms
    samplingfrequency : float, Hz
        Values between two samples are skipped.
    fftSize : int
        Length of a segment in samples, a power of 2.
    """
    first, count = steps(presimulationTime, simulation_dt), steps(simulationTime, simulation_dt)
    every = max(1, int(1000.0 / samplingfrequency / simulation_dt + 1e-6))
    signal = np.asarray(arr, float)[first : first + count : every]
    size = _segment(len(signal), fftSize)
    return _frequencies(size, every * simulation_dt), _welch(signal, size)[2 : size // 2]


def _welch(signal: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    window = np.hanning(size)
    starts = range(0, len(signal) - size + 1, size // 2)
    spectra = [np.abs(np.fft.fft(signal[a : a + size] * window)) ** 2 for a in starts]
    return np.asarray(np.mean(spectra, axis=0))


def _frequencies(size: int, time_step: float) -> NDArray[np.float64]:
    return np.asarray(np.fft.fftfreq(size, time_step / 1000.0)[2 : size // 2])


def _power_of_two(size: int) -> int:
    if size < 4 or size & (size - 1):
        raise ValueProblem(f"The size of the Fourier transform must be a power of 2 and at least 4, not {size}.")
    return size


def _segment(length: int, wanted: int | None) -> int:
    size = _power_of_two(wanted) if wanted is not None else 1 << max(2, length.bit_length() - 1)
    if size > length:
        raise ValueProblem(f"A Fourier transform of {size} samples needs a longer signal than {length} samples.")
    return size


# -- series --------------------------------------------------------------------------------------------


def sample_data_with_timestep(time_arr: ArrayLike, data_arr: ArrayLike, timestep: float) -> Pair:
    """Return data at multiples of a time step, by straight lines between the given points (and beyond the ends).

    Parameters
    ----------
    time_arr, data_arr : array, shape (n,)
        At least two points, in order of time (ms).
    timestep : float, ms
    """
    times, data = np.asarray(time_arr, float), np.asarray(data_arr, float)
    if len(times) < 2:
        raise ValueProblem("sample_data_with_timestep needs at least two points.")
    ends = np.round(times[[0, -1]] / timestep).astype(np.int64)
    new = ms_array(np.arange(ends[0], ends[1] + 1), timestep)
    after = np.clip(np.searchsorted(times, new), 1, len(times) - 1)
    slope = (data[after] - data[after - 1]) / (times[after] - times[after - 1])
    return new, data[after - 1] + slope * (new - times[after - 1])


def time_data_fill_gaps(
    time_arr: ArrayLike,
    data_arr: ArrayLike,
    fill_time_step: float | None = None,
    axis: int = 0,
    fill: str | float = "nan",
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return times and data with the gaps filled.

    Parameters
    ----------
    time_arr : array, shape (n,), ms
    data_arr : array with n entries along an axis
    fill_time_step : float, ms, optional
        By default the smallest difference between two times.
    axis : int
    fill : {"nan", "interpolate"} or number
    """
    times, data = np.asarray(time_arr, float), np.moveaxis(np.asarray(data_arr, float), axis, 0)
    if len(times) != len(data):
        raise ValueProblem(f"time_data_fill_gaps: {len(times)} times for {len(data)} values along axis {axis}.")
    if len(times) < 2:
        return times, np.moveaxis(data, 0, axis)
    forward = np.diff(times)
    step = float(np.min(forward[forward > 0])) if fill_time_step is None else fill_time_step
    unit = 10.0 ** -max(decimals_of(round(step, 9)), *(decimals_of(round(float(t), 9)) for t in times[:2]))
    series = Series(np.round(times / unit).astype(np.int64), data, round(step / unit), unit)
    whole = series.filled(fill)
    return ms_array(whole.steps, unit), np.moveaxis(whole.data, 0, axis)


def time_data_add_nan(
    time_arr: ArrayLike, data_arr: ArrayLike, fill_time_step: float | None = None, axis: int = 0
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return times and data with NaN in the gaps. See `time_data_fill_gaps`."""
    return time_data_fill_gaps(time_arr, data_arr, fill_time_step, axis)


# -- features of spikes --------------------------------------------------------------------------------

#: Features, with the difference that counts as large for a chunk of some length (ms) and number of samples.
FEATURES = (
    "spike_count", "time_to_first_spike", "time_to_second_spike", "time_to_third_spike", "time_to_last_spike", "ISI_CV",
)  # fmt: skip


def get_spike_features_of_chunk(chunk: int, results: ExperimentResults) -> dict[str, Any]:
    """Return features of the spikes of a chunk: their number, times (ms), and the variation of their intervals.

    Parameters
    ----------
    chunk : int
    results : ExperimentResults
        ``results.data["pop_name"]`` names the population; all its spikes count as one train.

    Returns
    -------
    dict
        `FEATURES`; None where there are too few spikes.
    """
    recorded = results.recordings[chunk]
    found, _ = statistics.flat(recorded[f"{results.data['pop_name']};spike"])
    times = ms_array(found, recorded["dt"])
    gaps = np.diff(times)
    variation = float(np.std(gaps) / np.mean(gaps)) if len(gaps) and np.mean(gaps) > 0 else None
    of = [float(times[k]) if len(times) > k else None for k in range(3)]
    last = float(times[-1]) if len(times) else None
    return dict(zip(FEATURES, (len(times), *of, last, variation), strict=True))


def get_spike_features_loss_of_chunk(
    chunk: int,
    results1: ExperimentResults,
    results2: ExperimentResults,
    chunk2: int | None = None,
    feature_list: Sequence[str] | None = None,
) -> float:
    """Return how far the spikes of two chunks are apart: the mean of the differences of their features.

    Each difference is divided by one that would be small: a spike per 200 ms, a tenth of the chunk (at least 5 ms, at
    most 50 ms), 0.1 for the variation. Where only one chunk has the feature, the difference is the largest possible.

    Parameters
    ----------
    chunk, chunk2 : int
        Of the first and of the second results; the same by default.
    results1, results2 : ExperimentResults
    feature_list : list of str, optional
        All of `FEATURES` by default.
    """
    chosen = FEATURES if feature_list is None else tuple(feature_list)
    for name in chosen:
        if name not in FEATURES:
            raise UnknownName("feature of spikes", name, FEATURES)
    times, pop = results1.recording_times, results1.data["pop_name"]
    if times is None:
        raise ValueProblem("get_spike_features_loss_of_chunk: the results have no recordings.")
    periods = range(times.nr_periods(chunk, pop))
    duration = sum(float(np.subtract(*times.time_lims(chunk, pop, k)[::-1])) for k in periods)
    samples = sum(float(np.subtract(*times.idx_lims(chunk, pop, k)[::-1])) for k in periods)
    near = float(np.clip(0.1 * duration, 5.0, 50.0))
    small = dict.fromkeys(FEATURES, near) | {"spike_count": max(1.0, float(np.ceil(duration / 200))), "ISI_CV": 0.1}
    large = dict.fromkeys(FEATURES, duration) | {"spike_count": samples, "ISI_CV": 1.0}
    first = get_spike_features_of_chunk(chunk, results1)
    second = get_spike_features_of_chunk(chunk if chunk2 is None else chunk2, results2)
    loss = 0.0
    for name in chosen:
        one, other = first[name], second[name]
        if one is not None and other is not None:
            loss += abs(one - other) / small[name]
        elif one is not other:
            loss += large[name] / small[name]
    return loss / len(chosen)
