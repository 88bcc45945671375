"""`Track`: one variable of a monitor on its way into a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .file import RecordingFile


class Track:
    """One variable of a monitor in a file: columns of equal length that grow.

    Parameters
    ----------
    file : RecordingFile
    place : tuple of str
        Names of the monitor and the variable.
    columns : mapping
        Name -> (dtype, values in a row; 0 for a plain number).
    notes : mapping
        Attributes of the segment: dt, seed, unit...
    """

    def __init__(
        self, file: RecordingFile, place: tuple[str, str], columns: Mapping[str, tuple[Any, int]],
        notes: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._file = file
        self.place = place
        self.columns = columns
        self.notes = dict(notes)
        self.segment: int | None = None
        self.rows = 0  # in the segment, in the file
        self.cut: int | None = None  # rows to which the segment is to be cut
        self._waiting: list[tuple[NDArray[Any], ...]] = []
        self.rows_waiting = 0
        self.unwritten = 0  # bytes that wait in memory
        self._before = 0  # rows counted before the segment
        self.taken = 0
        file.tracks.append(self)

    @property
    def count(self) -> int:
        """Number of rows since the last reset, in the file and on their way to it."""
        return self._before + self._in_file + self.rows_waiting

    @property
    def _in_file(self) -> int:
        return self.rows if self.cut is None else self.cut

    def add(self, *columns: NDArray[Any]) -> None:
        """Append rows; between runs, and where the file cannot be written, they wait in memory.

        Raises
        ------
        FileProblem
            The disk is full, or the file cannot be written.
        """
        if len(columns[0]):
            self._wait(columns)
            self._file.write(self)

    def _wait(self, columns: tuple[NDArray[Any], ...]) -> None:
        self._waiting.append(columns)
        self.rows_waiting += len(columns[0])
        self.unwritten += sum(column.nbytes for column in columns)

    def replace_last(self, **columns: NDArray[Any]) -> None:
        """Put other values in the place of those of the last row."""
        if self._waiting:
            last = dict(zip(self.columns, self._waiting[-1], strict=True))
            for name, values in columns.items():
                last[name] = np.concatenate([last[name][:-1], values])
            self._waiting[-1] = tuple(last.values())
        elif self.rows:
            self._file.replace_last(self, columns)

    def waiting(self) -> tuple[NDArray[Any], ...]:
        """Return the rows that are not in the file yet."""
        if len(self._waiting) > 1:
            self._waiting = [tuple(map(np.concatenate, zip(*self._waiting, strict=True)))]
        return self._waiting[0]

    def written(self) -> None:
        """Note that the file has the rows that waited."""
        self.rows += self.rows_waiting
        self._nothing_waits()

    def _nothing_waits(self) -> None:
        self._waiting, self.rows_waiting, self.unwritten = [], 0, 0

    def read(self) -> tuple[NDArray[Any], ...]:
        """Return the rows that have not been taken yet."""
        taken = self.taken - self._before
        found, left = [], self._in_file + self.rows_waiting - taken
        for columns in reversed(self._waiting):
            if left <= 0:
                break
            found.append(tuple(column[-left:] for column in columns))
            left -= len(columns[0])
        found.append(self._file.read(self, taken))
        return tuple(map(np.concatenate, zip(*reversed(found), strict=True)))

    def clear(self, forget: bool = False) -> None:
        """Take all rows; `forget` starts counting anew, in a new segment."""
        self.taken = self.count
        if forget:
            self._file.flush()
            self._begin(0)

    def truncate(self, count: int) -> None:
        """Go back to the first `count` rows; where later ones have been taken already, a new segment begins."""
        if count >= self.count:
            return
        if self.taken > count or count < self._before:
            self._file.flush()
            self._begin(count)
            return
        keep = count - self._before
        if self._waiting and self.count > count:
            kept = max(0, self.rows_waiting - (self.count - count))
            columns = tuple(column[:kept] for column in self.waiting())
            self._nothing_waits()
            if kept:
                self._wait(columns)
        if keep < self.rows:
            self.cut = keep

    def restart(self) -> None:
        """Go on in a new segment, with what waits in memory."""
        waiting, taken = self._waiting, self.taken
        self._begin(self.count - self.rows_waiting)
        self.taken = max(self.taken, taken)
        for columns in waiting:
            self._wait(columns)

    def _begin(self, count: int) -> None:
        self.segment, self.rows, self.cut = None, 0, None
        self._nothing_waits()
        self._before = self.taken = count
