"""What a monitor holds of one variable: when it recorded, and the samples or spikes in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import RuntimeProblem
from .reduction import EVERYTHING, Form
from .track import Track


@dataclass(slots=True)
class Windows:
    """Stretches of time, in steps, in which a variable was recorded; the last one may still be open."""

    spans: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether the last stretch is open."""
        return bool(self.spans) and self.spans[-1][1] is None

    def open(self, now: int) -> None:
        """Begin a stretch, unless one is open; one that ended just now goes on."""
        if self.running:
            return
        if self.spans and self.spans[-1][1] == now:
            self.spans[-1] = (self.spans[-1][0], None)
        else:
            self.spans.append((now, None))

    def close(self, now: int) -> None:
        """End the open stretch; one without any step leaves no trace."""
        if self.running:
            start = self.spans.pop()[0]
            if now > start:
                self.spans.append((start, now))

    def closed(self, now: int) -> list[tuple[int, int]]:
        """Return all stretches, the open one up to now."""
        return [(start, now if stop is None else stop) for start, stop in self.spans]

    def restart(self, now: int) -> None:
        """Forget the past; an open stretch begins now."""
        self.spans = [(now, None)] if self.running else []


@dataclass(slots=True)
class Samples:
    """Values of one variable: chunks of shape (samples, elements), and the steps in which they were taken.

    `width` and `dtype` are those of the variable; `form` says what is kept of its values. Synapses that come and go
    change the width.
    """

    width: int
    dtype: np.dtype[Any]
    form: Form = EVERYTHING
    chunks: list[NDArray[Any]] = field(default_factory=list)
    times: list[NDArray[np.int64]] = field(default_factory=list)
    taken: int = 0

    @property
    def count(self) -> int:
        """Number of samples ever taken since the last reset."""
        return self.taken + sum(len(chunk) for chunk in self.chunks)

    @property
    def rate(self) -> int:
        """Bytes of memory that a sample takes."""
        return self.form.width(self.width) * self.form.kept(self.dtype).itemsize + 8

    def add(self, rows: NDArray[Any], steps: NDArray[np.int64]) -> None:
        """Keep what is to be kept of rows of values."""
        if len(rows):
            self.chunks.append(self.form(rows))
            self.times.append(steps)

    def replace_last(self, row: NDArray[Any]) -> None:
        """Put another sample in the place of the last one."""
        fresh = self.form(np.array(row)[None])
        self.chunks[-1:] = [chunk for chunk in (self.chunks[-1][:-1], fresh) if len(chunk)]

    @property
    def ragged(self) -> bool:
        """Whether the samples in memory differ in length."""
        return len({chunk.shape[1] for chunk in self.chunks}) > 1

    def rows(self) -> list[NDArray[Any]]:
        """Return the samples in memory one by one."""
        return [row for chunk in self.chunks for row in chunk]

    def all(self) -> NDArray[Any]:
        """Return the samples in memory, which are of one length."""
        if len(self.chunks) != 1:
            empty = np.zeros((0, self.form.width(self.width)), self.form.kept(self.dtype))
            whole = np.concatenate(self.chunks) if self.chunks else empty
            self.chunks = [whole] if len(whole) else []
            return whole
        return self.chunks[0]

    def steps(self) -> NDArray[np.int64]:
        """Return the steps in which the samples in memory were taken."""
        self.times = [np.concatenate([np.zeros(0, np.int64), *self.times])]
        return self.times[0]

    def clear(self, forget: bool = False) -> None:
        """Drop what is in memory; `forget` starts counting anew."""
        self.taken = 0 if forget else self.count
        self.chunks, self.times = [], []

    def truncate(self, count: int) -> None:
        """Discard samples beyond the first `count` ever taken, as far as they are in memory."""
        left = max(0, count - self.taken)
        kept = []
        for chunk in self.chunks:
            kept.append(chunk[:left].copy())
            left -= len(kept[-1])
        self.chunks = [chunk for chunk in kept if len(chunk)]
        self.times = [self.steps()[: sum(map(len, self.chunks))].copy()]
        self.taken = min(self.taken, count)


@dataclass(slots=True)
class SpikeTape:
    """Spikes: chunks of (steps, ranks), by time."""

    chunks: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = field(default_factory=list)
    taken: int = 0

    @property
    def count(self) -> int:
        """Number of spikes ever recorded since the last reset."""
        return self.taken + sum(len(steps) for steps, _ in self.chunks)

    @property
    def rate(self) -> int:
        """Bytes of memory that a spike takes: its step and its rank."""
        return 12

    def add(self, steps: NDArray[np.int64], ranks: NDArray[np.int32]) -> None:
        """Keep spikes."""
        if len(steps):
            self.chunks.append((steps, ranks))

    def all(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the steps and ranks in memory."""
        if len(self.chunks) != 1:
            steps = np.concatenate([s for s, _ in self.chunks]) if self.chunks else np.zeros(0, np.int64)
            ranks = np.concatenate([r for _, r in self.chunks]) if self.chunks else np.zeros(0, np.int32)
            self.chunks = [(steps, ranks)] if len(steps) else []
            return steps, ranks
        return self.chunks[0]

    def trains(self, ranks: NDArray[np.int64]) -> dict[int, list[int]]:
        """Return a list of steps for each of the ranks."""
        return trains(*self.all(), ranks)

    def clear(self, forget: bool = False) -> None:
        """Drop what is in memory; `forget` starts counting anew."""
        self.taken = 0 if forget else self.count
        self.chunks = []

    def truncate(self, count: int) -> None:
        """Discard spikes beyond the first `count` ever recorded, as far as they are in memory."""
        left = max(0, count - self.taken)
        steps, ranks = self.all()
        self.chunks = [(steps[:left].copy(), ranks[:left].copy())] if left else []
        self.taken = min(self.taken, count)


class FileSamples(Samples):
    """As `Samples`, in a file.

    Parameters
    ----------
    width : int
    dtype : numpy dtype
    form : Form
    track : Track
    """

    def __init__(self, width: int, dtype: np.dtype[Any], form: Form, track: Track) -> None:
        super().__init__(width, dtype, form)
        self.track = track

    @property
    def count(self) -> int:
        """Number of samples ever taken since the last reset."""
        return self.track.count

    @property
    def rate(self) -> int:
        """Bytes of memory that a sample takes: none, it is in the file."""
        return 0

    def add(self, rows: NDArray[Any], steps: NDArray[np.int64]) -> None:
        """Write what is to be kept of rows of values."""
        if len(rows):
            self.track.add(steps, self._fitting(rows))

    def replace_last(self, row: NDArray[Any]) -> None:
        """Put another sample in the place of the last one."""
        self.track.replace_last(values=self._fitting(np.array(row)[None]))

    def _fitting(self, rows: NDArray[Any]) -> NDArray[Any]:
        kept, width = self.form(rows), self.track.columns["values"][1]
        if kept.shape[1] != width:
            raise RuntimeProblem(
                f"monitor '{self.track.place[0]}': '{self.track.place[1]}' has {kept.shape[1]} values now; the file "
                f"was begun with {width}.",
                "synapses that come and go are recorded to memory, or with reduce=",
            )
        return kept

    def all(self) -> NDArray[Any]:
        """Return the samples that have not been taken yet."""
        return self.track.read()[1]

    def steps(self) -> NDArray[np.int64]:
        """Return the steps in which they were taken."""
        return self.track.read()[0]

    def clear(self, forget: bool = False) -> None:
        """Take all samples; `forget` starts a new segment of the file."""
        self.track.clear(forget)

    def truncate(self, count: int) -> None:
        """Go back to the first `count` samples."""
        self.track.truncate(count)


class FileTape(SpikeTape):
    """As `SpikeTape`, in a file.

    Parameters
    ----------
    track : Track
    """

    def __init__(self, track: Track) -> None:
        super().__init__()
        self.track = track

    @property
    def count(self) -> int:
        """Number of spikes ever recorded since the last reset."""
        return self.track.count

    def add(self, steps: NDArray[np.int64], ranks: NDArray[np.int32]) -> None:
        """Write spikes."""
        self.track.add(steps, ranks)

    def all(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the spikes that have not been taken yet."""
        steps, ranks = self.track.read()
        return steps, ranks

    def clear(self, forget: bool = False) -> None:
        """Take all spikes; `forget` starts a new segment of the file."""
        self.track.clear(forget)

    def truncate(self, count: int) -> None:
        """Go back to the first `count` spikes."""
        self.track.truncate(count)


def trains(
    steps: NDArray[np.int64], who: NDArray[np.int32], ranks: NDArray[np.int64]
) -> dict[int, list[int]]:
    """Return the steps of the spikes of each of the ranks."""
    order = np.argsort(who, kind="stable")
    sorted_ranks, sorted_steps = who[order], steps[order]
    first = np.searchsorted(sorted_ranks, ranks, "left")
    last = np.searchsorted(sorted_ranks, ranks, "right")
    return {int(r): sorted_steps[a:b].tolist() for r, a, b in zip(ranks, first, last, strict=True)}
