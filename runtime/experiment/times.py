"""`RecordingTimes`: when the recordings of `CompNeuroMonitors` were taken, by chunk, compartment and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..schedule import steps
from .clock import ms_array
from .series import Series, as_array, joined

Times = dict[str, dict[str, dict[str, list[Any]]]]
Recordings = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Opening:
    """When a chunk was opened: the step on the network's clock, and the steps simulated since the first chunk."""

    step: int = 0
    elapsed: int = 0


class RecordingTimes:
    """Times of recordings. Made by `CompNeuroMonitors.get_recording_times`.

    Parameters
    ----------
    recording_times_list : list of dict
        For each chunk, compartment -> ``{"start": {"ms": [...], "idx": [...]}, "stop": {...}}``, one entry per period:
        times (ms) of the first and the last sample, and their (inclusive) places in the recorded array.
    openings : sequence of Opening, optional
        For each chunk. Without them every chunk counts as opened at time 0, right after the last sample of the one
        before.
    """

    def __init__(self, recording_times_list: list[Times], openings: Sequence[Opening] | None = None) -> None:
        self.recording_times_list = recording_times_list
        self._openings = None if openings is None else tuple(openings)

    @property
    def openings(self) -> tuple[Opening, ...] | None:
        """When the chunks were opened."""
        return self._openings

    def __len__(self) -> int:
        return len(self.recording_times_list)

    def __repr__(self) -> str:
        return f"<RecordingTimes of {len(self)} chunks>"

    def time_lims(
        self, chunk: int | None = None, compartment: str | None = None, period: int | None = None
    ) -> tuple[float, float]:
        """Return the times of the first and the last sample, in ms.

        Parameters
        ----------
        chunk : int, optional
            The first one by default.
        compartment : str, optional
            The first one of the chunk by default.
        period : int, optional
            From the first to the last one by default.

        Raises
        ------
        ValueProblem
            There is no such chunk, compartment or period.
        """
        first, last = self._lims("ms", chunk, compartment, period)
        return float(first), float(last)

    def idx_lims(
        self, chunk: int | None = None, compartment: str | None = None, period: int | None = None
    ) -> tuple[int, int]:
        """Return the indices of the first and the last sample (inclusive). Arguments as in `time_lims`."""
        first, last = self._lims("idx", chunk, compartment, period)
        return int(first), int(last)

    def all(self) -> list[Times]:
        """Return the times and indices of all chunks, compartments and periods."""
        return self.recording_times_list

    def nr_periods(self, chunk: int | None = None, compartment: str | None = None) -> int:
        """Return how many periods (from a start to a pause) a chunk has for a compartment."""
        return len(self._of(chunk, compartment)["start"]["idx"])

    nbr_periods = nr_periods

    # -- joined arrays -------------------------------------------------------------------------------

    def combine_periods(
        self, recordings: Recordings, recording_data_str: str, chunk: int | None = None, fill: str | float = "none"
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Return the times and the data of all periods of a chunk.

        Parameters
        ----------
        recordings : list of dict
        recording_data_str : str
            ``"compartment;variable"``.
        chunk : int, optional
            The first one by default.
        fill : {"none", "nan", "interpolate"} or number
            What to put into the pauses: nothing, NaN, the nearest sample (the earlier of two equally near), or a
            number.

        Returns
        -------
        times : ndarray, shape (samples,), ms
        data : ndarray, shape (samples, ...)
        """
        number = self._chunk(chunk)
        series = self._series(recordings, recording_data_str, number)
        whole = series if isinstance(fill, str) and fill == "none" else series.filled(fill)
        return ms_array(whole.steps, whole.dt), whole.data

    def combine_chunks(
        self, recordings: Recordings, recording_data_str: str, mode: str = "sequential"
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Return the times and the data of all chunks, pauses filled with NaN.

        Parameters
        ----------
        recordings : list of dict
        recording_data_str : str
            ``"compartment;variable"``.
        mode : {"sequential", "consecutive"}
            In sequential mode the time of every chunk counts from its opening. In consecutive mode it goes on from
            chunk to chunk: the time that was simulated since the first chunk was opened, recorded or not, whether or
            not the network was reset.

        Returns
        -------
        times : ndarray, shape (samples,), ms
        data : ndarray, shape (samples, ...)
        """
        if mode not in ("sequential", "consecutive"):
            raise ValueProblem(f"combine_chunks: mode must be 'sequential' or 'consecutive', not {mode!r}.")
        self._chunk(None)
        every = [self._series(recordings, recording_data_str, chunk) for chunk in range(len(self))]
        openings = self._openings or _guessed(every)
        first = openings[0]
        for series, opening in zip(every, openings, strict=True):
            shift = first.step + opening.elapsed - first.elapsed if mode == "consecutive" else 0
            series.steps = series.steps - opening.step + shift
        if mode == "consecutive":
            every = [joined(every)]
        whole = joined([series.filled("nan") for series in every])
        return ms_array(whole.steps, whole.dt), whole.data

    def _series(self, recordings: Recordings, key: str, chunk: int) -> Series:
        compartment = key.partition(";")[0]
        if chunk >= len(recordings):
            raise ValueProblem(f"The recordings have {len(recordings)} chunks, their times {len(self)}.")
        recorded = recordings[chunk]
        if key not in recorded:
            raise UnknownName(f"recording of chunk {chunk}", key, [k for k in recorded if ";" in k])
        if isinstance(recorded[key], Mapping):
            help = "spikes are steps on the network's clock"
            raise ValueProblem(f"'{key}' has no samples to combine.", help=help)
        times = self._of(chunk, compartment)
        dt = float(recorded["dt"])
        every = steps(recorded[f"{compartment};period"], dt)
        spans = zip(times["start"]["ms"], times["stop"]["ms"], strict=True)
        parts = [np.arange(steps(first, dt), steps(last, dt) + 1, every) for first, last in spans]
        found = np.concatenate([np.zeros(0, np.int64), *parts])
        data = as_array(recorded[key])
        if len(data) != len(found):
            raise ValueProblem(f"'{key}' of chunk {chunk} has {len(data)} samples, its times {len(found)}.")
        return Series(found, data, every, dt)

    # -- finding -------------------------------------------------------------------------------------

    def _chunk(self, chunk: int | None) -> int:
        if not self.recording_times_list:
            raise RuntimeProblem("There are no recordings.", "start() the monitors before the simulation")
        number = 0 if chunk is None else chunk
        if not 0 <= number < len(self):
            raise ValueProblem(f"There is no chunk {number}; there are {len(self)}, counted from 0.")
        return number

    def _of(self, chunk: int | None, compartment: str | None) -> dict[str, dict[str, list[Any]]]:
        number = self._chunk(chunk)
        times = self.recording_times_list[number]
        name = next(iter(times)) if compartment is None else compartment
        if name not in times:
            raise UnknownName(f"recorded compartment of chunk {number}", name, times)
        return times[name]

    def _lims(self, unit: str, chunk: int | None, compartment: str | None, period: int | None) -> tuple[Any, Any]:
        times = self._of(chunk, compartment)
        starts, stops = times["start"][unit], times["stop"][unit]
        if not starts:
            raise ValueProblem(f"'{compartment}' was not recorded in chunk {chunk or 0}.")
        if period is not None and not 0 <= period < len(starts):
            raise ValueProblem(f"There is no period {period} in chunk {chunk or 0}; there are {len(starts)}, from 0.")
        return starts[period or 0], stops[-1 if period is None else period]


def _guessed(every: list[Series]) -> list[Opening]:
    """Return openings as if every chunk had begun at 0, right after the last sample of the one before."""
    lengths = [int(s.steps[-1]) + s.period if len(s.steps) else 0 for s in every]
    return [Opening(0, sum(lengths[:chunk])) for chunk in range(len(every))]
