"""What a monitor keeps of a row of values: all of them, or one number (or a histogram) that stands for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import ir

from ..problems import ValueProblem

_OPERATIONS = ("mean", "sum", "min", "max")
#: Elements that are worked on at a time.
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """How samples are kept.

    Parameters
    ----------
    operation : str
        ``""`` keeps every value.
    edges : tuple of float
        Of the bins of a histogram.
    dtype : numpy dtype, optional
        Of what is kept; that of the variable by default.
    """

    operation: str = ""
    edges: tuple[float, ...] = ()
    dtype: np.dtype[Any] | None = None

    @classmethod
    def of(cls, reduce: Any, dtype: Any, label: str) -> Form:
        """Return the form that the arguments of `Network.monitor` ask for."""
        kept = None
        if dtype is not None:
            try:
                kept = np.dtype(dtype)
            except TypeError:
                kept = None
            if kept is None or kept.kind != "f":
                raise ValueProblem(f"{label}: dtype must be a float type such as 'float32', not {dtype!r}.")
        if reduce is None or reduce in _OPERATIONS:
            return cls(reduce or "", (), kept)
        if isinstance(reduce, (tuple, list)) and len(reduce) == 2 and reduce[0] == "histogram":
            edges = np.asarray(reduce[1], np.float64)
            if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
                raise ValueProblem(f"{label}: the edges of a histogram are at least two ascending numbers.")
            if kept is not None:
                raise ValueProblem(f"{label}: a histogram holds counts, which have no dtype to choose.")
            return cls("histogram", tuple(edges.tolist()), None)
        raise ValueProblem(
            f"{label}: reduce must be 'mean', 'sum', 'min', 'max' or ('histogram', edges), not {reduce!r}."
        )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `Network.monitor` that ask for this form."""
        reduce: Any = ("histogram", self.edges) if self.edges else self.operation or None
        return {"reduce": reduce, "dtype": None if self.dtype is None else self.dtype.name}

    def width(self, values: int) -> int:
        """Return how many numbers are kept of so many values."""
        return len(self.edges) - 1 if self.edges else 1 if self.operation else values

    def kept(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """Return the dtype of what is kept of a variable."""
        if self.edges:
            return np.dtype(np.int64)
        if self.dtype is not None and (dtype.kind == "f" or self.operation in ("mean", "sum")):
            return self.dtype
        return np.dtype(np.float64) if dtype.kind != "f" and self.operation in ("mean", "sum") else dtype

    def __call__(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return what is kept of rows of values, shape (samples, values)."""
        dtype = self.kept(rows.dtype)
        if self.edges:
            return _histogram(rows, np.asarray(self.edges))
        if self.operation:
            work = rows if rows.dtype.kind == "f" or self.operation in ("min", "max") else rows.astype(np.float64)
            rows = reduced(self.operation, work)[:, None]
        return rows.astype(dtype, copy=False)


#: Every value, as it is.
EVERYTHING = Form()


def reduced(operation: str, rows: NDArray[Any]) -> NDArray[Any]:
    """Return the sum, mean, smallest or largest value of each row, in the order of all sums.

    Blocks of 512 values, 16 lanes in a block, halves of lanes, pairs of blocks: as synapses sum, so that the result
    depends on the values alone.
    """
    samples, n = rows.shape
    if n == 0:
        raise ValueProblem("There are no values to reduce.")
    result = np.empty(samples, rows.dtype)
    step = max(1, _CHUNK // max(n, ir.REDUCE_LANES))
    for first in range(0, samples, step):
        result[first : first + step] = _folded(operation, rows[first : first + step])
    with np.errstate(all="ignore"):
        return np.asarray(result / rows.dtype.type(n) if operation == "mean" else result)


def _folded(operation: str, rows: NDArray[Any]) -> NDArray[Any]:
    samples, n = rows.shape
    block, lanes = ir.REDUCE_BLOCK, ir.REDUCE_LANES
    blocks = 1 << max(0, (n - 1) // block).bit_length()
    length = block if blocks > 1 else -(-n // lanes) * lanes
    whole = np.empty((samples, blocks * length), rows.dtype)
    whole[:, :n] = rows
    whole[:, n:] = _neutral(operation, rows)
    parts = whole.reshape(samples, blocks, length // lanes, lanes)
    with np.errstate(all="ignore"):
        folded = parts[:, :, 0]
        for k in range(1, parts.shape[2]):
            folded = _combined(operation, folded, parts[:, :, k])
        while folded.shape[2] > 1:
            half = folded.shape[2] // 2
            folded = _combined(operation, folded[:, :, :half], folded[:, :, half:])
        one = folded[:, :, 0]
        while one.shape[1] > 1:
            one = _combined(operation, one[:, 0::2], one[:, 1::2])
    return np.asarray(one[:, 0])


def _neutral(operation: str, rows: NDArray[Any]) -> Any:
    """Return what changes nothing: for the extremes, any of the values."""
    return rows[:, :1] if operation in ("min", "max") else rows.dtype.type(-0.0)


def _combined(operation: str, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    if operation in ("min", "max"):
        better = b < a if operation == "min" else b > a
        return np.where(better | (b != b), b, a)  # NaN is passed on
    return np.asarray(a + b)


def _histogram(rows: NDArray[Any], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return counts per bin; the last bin includes its upper edge, what is outside is not counted."""
    counts = np.zeros((len(rows), edges.size - 1), np.int64)
    for row, count in zip(rows, counts, strict=True):
        count[:] = np.histogram(row[row == row], edges)[0]
    return counts
