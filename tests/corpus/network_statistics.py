"""What is compared of the published networks: numbers from spikes, the same for Brian2's and for ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]

#: Kuramoto: couplings as multiples of the critical one, oscillators, width of their frequencies (1/s).
STRENGTHS = (0.5, 1.2, 1.6)
OSCILLATORS, WIDTH = 200, 0.5
CRITICAL = 2.0 * WIDTH / float(np.sqrt(np.pi / 2.0))
#: Diesmann: spikes of the volley.
VOLLEYS = (85, 40)


def rates(spikes: Spikes, split: int, size: int, duration: float) -> dict[str, float]:
    """Return the mean rates (Hz) of the first `split` neurons and of the others."""
    first = int(np.sum(spikes[1] < split))
    return {
        "rate of excitatory": 1000.0 * first / (split * duration),
        "rate of inhibitory": 1000.0 * (len(spikes[1]) - first) / ((size - split) * duration),
    }


def oscillation(spikes: Spikes, size: int, start: float, stop: float) -> dict[str, float]:
    """Return the rate (Hz), the coefficient of variation of spikes per ms, and the mean frequency of their power."""
    counts = np.histogram(spikes[0], bins=np.arange(start, stop + 0.5, 1.0) - 0.05)[0]
    power = np.abs(np.fft.rfft(counts - counts.mean())) ** 2
    frequency = np.fft.rfftfreq(len(counts), 0.001)
    band = (frequency >= 50.0) & (frequency <= 350.0)
    return {
        "rate": 1000.0 * float(counts.mean()) / size,
        "variation": float(counts.std() / counts.mean()),
        "frequency": float(np.sum(power[band] * frequency[band]) / np.sum(power[band])),
    }


def volley(seed: int, count: int) -> NDArray[np.float64]:
    """Return the times (ms) of the volley that enters the chain."""
    times: NDArray[np.float64] = np.abs(np.random.default_rng(seed).normal(0.0, 1.0, count))
    return np.asarray(50.0 + np.round(times, 1), dtype=np.float64)


def chain(spikes: Spikes, count: int) -> dict[str, float]:
    """Return the spikes of a chain of 10 groups of 100 neurons: before the volley, after it, and in the last group."""
    after = spikes[0] >= 50.0
    return {
        f"spikes before {count}": float(np.sum(~after)),
        f"spikes after {count}": float(np.sum(after)),
        f"last group after {count}": float(np.sum(after & (spikes[1] >= 900))),
    }


def phases(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies (1/s) and initial phases of the oscillators."""
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, WIDTH, OSCILLATORS), rng.uniform(0.0, 2.0 * np.pi, OSCILLATORS)


def order(theta: NDArray[np.float64], strength: float) -> dict[str, float]:
    """Return the mean order parameter in the second half of the record (steps, oscillators)."""
    return {f"order at {strength:g}": float(np.abs(np.exp(1j * theta[len(theta) // 2 :]).mean(axis=1)).mean())}
