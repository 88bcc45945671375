"""`Series`: samples at steps, with pauses that can be filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem


@dataclass(slots=True)
class Series:
    """Samples at steps, in order; `period` steps apart except across pauses."""

    steps: NDArray[np.int64]
    data: NDArray[Any]
    period: int
    dt: float

    def filled(self, fill: str | float) -> Series:
        """Return the samples with others in the pauses."""
        if isinstance(fill, str) and fill not in ("nan", "interpolate"):
            raise ValueProblem(f"fill must be 'none', 'nan', 'interpolate' or a number, not {fill!r}.")
        gaps = np.flatnonzero(np.diff(self.steps) > self.period)
        added = [np.arange(self.steps[g] + self.period, self.steps[g + 1], self.period) for g in gaps]
        if not added:
            return self
        at = np.repeat(gaps + 1, [len(a) for a in added])
        new = np.concatenate(added)
        if fill == "interpolate":
            before, after = self.steps[at - 1], self.steps[at]
            data, values = self.data, self.data[np.where(new - before <= after - new, at - 1, at)]
        else:
            data = self.data.astype(np.result_type(self.data.dtype, np.float32))
            values = np.full((len(at), *data.shape[1:]), np.nan if isinstance(fill, str) else fill, data.dtype)
        whole = np.insert(data, at, values, axis=0)
        return Series(np.insert(self.steps, at, new), whole, self.period, self.dt)


def joined(every: Sequence[Series]) -> Series:
    """Return the samples of several series, one after the other."""
    if len({series.data.shape[1:] for series in every}) > 1:
        raise ValueProblem("The chunks recorded arrays of different shapes; they cannot be combined.")
    first = every[0]
    return Series(
        np.concatenate([s.steps for s in every]), np.concatenate([s.data for s in every]), first.period, first.dt
    )


def as_array(data: Any) -> NDArray[Any]:
    """Return recorded samples as one array; rows of a projection that differ in length are laid end to end."""
    if isinstance(data, np.ndarray):
        return data
    if data and len({np.size(row) for row in data[0]}) > 1:
        return np.array([np.concatenate(frame) for frame in data])
    return np.array(data, float)
