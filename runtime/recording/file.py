"""Recordings in HDF5: written piece by piece while the network runs, readable meanwhile and after a crash.

``/<monitor>/<segment>/<variable>/`` holds ``steps`` and ``values``, or for spikes ``steps`` and ``ranks``. Files are
only appended to. A monitor begins a new segment where its recording does not continue what is there: in another
process, after a reset, after a return to a state from before data that were taken already.

During a run the file is in SWMR mode (single writer, multiple readers): others open it with ``swmr=True``, and what was
flushed survives the end of the process. Between runs it is closed. A run leaves the file complete; what single steps
record waits in memory for up to a second.
"""

from __future__ import annotations

import atexit
import math
import os
import platform
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..live import alive
from ..problems import FileProblem
from ..state.encoding import escaped
from ..state.files import hdf5
from .track import Track

FORMAT, VERSION = "ranvier recording", 1
#: Bytes that are set aside on the disk besides what is to be written.
MARGIN = 4 * 2**20
#: Dataset that says which process is writing.
_WRITER = ".writer"
#: Bytes of one chunk of a dataset.
CHUNK = 2**18
#: Seconds after which what was recorded is written.
FLUSH_SECONDS = 1.0
#: Bytes that may wait in memory meanwhile.
MOST_WAITING = 16 * 2**20


class RecordingFile:
    """An HDF5 file that monitors write to.

    Parameters
    ----------
    path : path
    """

    def __init__(self, path: Any) -> None:
        self.path = Path(os.path.abspath(path))
        self.tracks: list[Track] = []
        self._open: Any = None
        self._reserved = 0
        self._written = -math.inf
        self._process = os.getpid()
        h5py = hdf5()
        if not self.path.parent.is_dir():
            raise FileProblem(f"'{self.path}' cannot be written: there is no folder '{self.path.parent}'.")
        if self.path.exists() and not (h5py.is_hdf5(self.path) and _is_ours(h5py, self.path)):
            raise FileProblem(
                f"'{self.path}' exists, and is no recording of Ranvier.",
                "recordings are added to files; choose another name",
            )

    def __del__(self) -> None:
        """Write what still waits; where that fails, it was said in a run."""
        with suppress(FileProblem):
            self.flush()

    # -- one run -------------------------------------------------------------------------------------

    def due(self) -> bool:
        """Tell whether it is time to write, between single steps: at first, after a while, when much is waiting."""
        return (
            time.monotonic() - self._written >= FLUSH_SECONDS
            or any(track.segment is None for track in self.tracks)
            or sum(track.unwritten for track in self.tracks) >= MOST_WAITING
        )

    def flush(self) -> None:
        """Write what is waiting. A process that was forked leaves it to the one that recorded it."""
        if self._process != os.getpid() or not any(track.unwritten for track in self.tracks):
            return
        running = self._open is not None
        self.begin()
        if not running:
            self.end()

    def begin(self) -> None:
        """Open the file for a run, with a segment for every track, and write what is waiting."""
        if self._open is not None and any(track.segment is None for track in self.tracks):
            self.end()
        try:
            if self._open is None:
                self._open = self._opened()
                self._reserve(0)
                for track in self.tracks:
                    self._prepare(track)
                self._open[_WRITER][()] = _writer().encode()
                self._open.flush()
                self._open.swmr_mode = True
        except (OSError, RuntimeError, ValueError) as error:
            self._drop()
            raise self._failed(error) from error
        for track in self.tracks:
            self.write(track)
        self._written = time.monotonic()

    def end(self) -> None:
        """Close the file after a run."""
        if self._open is None:
            return
        try:
            self._open[_WRITER][()] = b""
            self._open.close()
            hdf5().File(self.path, "r+", libver="latest").close()  # gives back what is set aside and not used
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from error
        finally:
            self._open, self._reserved = None, 0

    def _drop(self) -> None:
        """Let go of a file that cannot be closed properly."""
        file, self._open, self._reserved = self._open, None, 0
        try:
            if file is not None:
                file.close()
        except (OSError, RuntimeError):
            pass

    def write(self, track: Track) -> None:
        """Append what waits, and flush it."""
        if self._open is None or not track.unwritten:
            return
        try:
            self._reserve(track.unwritten)
            group = self._open[self._at(track)]
            length = track.rows + track.rows_waiting
            for name, values in zip(track.columns, track.waiting(), strict=True):
                group[name].resize(length, axis=0)
                group[name][track.rows : length] = values
                group[name].flush()
            track.written()
        except (OSError, RuntimeError, ValueError) as error:
            raise self._failed(error) from error

    def replace_last(self, track: Track, columns: Mapping[str, NDArray[Any]]) -> None:
        """Write over values of the last row."""
        group = self._open[self._at(track)]
        for name, values in columns.items():
            group[name][track.rows - 1 :] = values
            group[name].flush()

    def _reserve(self, size: int) -> None:
        """Set room aside on the disk for `size` bytes more.

        HDF5 does not survive a disk that is full in the middle of writing; so it never meets one.
        """
        wanted = self._open.id.get_filesize() + size + MARGIN
        if wanted <= self._reserved:
            return
        free = shutil.disk_usage(self.path).free
        if free < size + MARGIN:
            raise OSError(f"the disk has {free} bytes left")
        if hasattr(os, "posix_fallocate"):
            with open(self.path, "r+b") as file:
                os.posix_fallocate(file.fileno(), 0, wanted)
        self._reserved = wanted

    def read(self, track: Track, first: int) -> tuple[NDArray[Any], ...]:
        """Return the rows of a track from one on."""
        last = track.rows if track.cut is None else track.cut
        if track.segment is None or first >= last:
            return tuple(np.zeros((0, *((width,) if width else ())), d) for d, width in track.columns.values())
        if self._open is not None:
            return tuple(self._open[self._at(track)][name][first:last] for name in track.columns)
        with hdf5().File(self.path, "r", swmr=True) as file:
            return tuple(file[self._at(track)][name][first:last] for name in track.columns)

    def _failed(self, why: object) -> FileProblem:
        rows = sum(track.rows for track in self.tracks)
        waiting = sum(track.unwritten for track in self.tracks)
        return FileProblem(
            f"The recording '{self.path}' cannot be written: {why}.",
            f"the {rows} rows in it are safe, {waiting} bytes wait in memory; make room and go on with simulate(), or "
            "take them with get()",
        )

    # -- the file ------------------------------------------------------------------------------------

    def _opened(self) -> Any:
        h5py = hdf5()
        if not self.path.exists():
            file = h5py.File(self.path, "w", libver="latest")
            file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
            file.create_dataset(_WRITER, data=b"", dtype="S200")
            return file
        with h5py.File(self.path, "r", swmr=True) as file:
            host, _, process = file[_WRITER][()].decode().rpartition(":")
        if process and (host != platform.node() or _alive(int(process))):
            raise OSError(f"process {process} on {host} is writing it")
        if process:
            self._recover(h5py)
        try:
            return h5py.File(self.path, "r+", libver="latest")
        except OSError:
            self._recover(h5py)
            return h5py.File(self.path, "r+", libver="latest")

    def _recover(self, h5py: Any) -> None:
        """Make a file whole again that its writer left open: it was killed."""
        whole = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            with h5py.File(self.path, "r", swmr=True) as old, h5py.File(whole, "w", libver="latest") as new:
                for name, value in old.attrs.items():
                    new.attrs[name] = value
                for name in old:
                    old.copy(name, new)
                new[_WRITER][()] = b""
                _even(h5py, new)
            os.replace(whole, self.path)
        finally:
            whole.unlink(missing_ok=True)

    def _prepare(self, track: Track) -> None:
        """Make the datasets of a new segment, or cut those of the present one."""
        file = self._open
        if track.segment is not None and self._at(track) not in file:
            track.restart()  # the file was moved away
        if track.segment is None:
            home = file.require_group(escaped(track.place[0]))
            numbers = [int(name) for name in home if escaped(track.place[1]) in home[name]]
            track.segment = max(numbers, default=-1) + 1
            group = file.require_group(self._at(track))
            for name, value in track.notes.items():
                group.attrs[name] = value
            for name, (dtype, width) in track.columns.items():
                each = np.dtype(dtype).itemsize * max(width, 1)
                shape, most = ((0, width), (None, width)) if width else ((0,), (None,))
                chunk = max(1, CHUNK // max(each, 1))
                group.create_dataset(
                    name, shape, dtype, maxshape=most, chunks=(chunk, width) if width else (chunk,)
                )
        if track.cut is not None:
            track.rows, track.cut = track.cut, None
        for name in track.columns:
            file[self._at(track)][name].resize(track.rows, axis=0)  # what was written by half goes

    def _at(self, track: Track) -> str:
        return f"{escaped(track.place[0])}/{track.segment}/{escaped(track.place[1])}"


def _writer() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _is_ours(h5py: Any, path: Path) -> bool:
    try:
        with h5py.File(path, "r", swmr=True) as file:
            return bool(file.attrs.get("format") == FORMAT)
    except OSError:
        return False


def _even(h5py: Any, file: Any) -> None:
    """Cut the columns of each variable to the length of the shortest: a kill may come between two."""
    def visit(_: str, group: Any) -> None:
        columns = [c for c in group.values() if isinstance(c, h5py.Dataset)] if isinstance(group, h5py.Group) else []
        for column in columns:
            column.resize(min(len(c) for c in columns), axis=0)

    file.visititems(visit)


def write_waiting(path: Path | None = None) -> None:
    """Write what the monitors of this process have recorded in single steps to one file, or to all."""
    for net in alive():
        for file in net._objects.files.values():
            if path is None or file.path == Path(os.path.abspath(path)):
                file.flush()


atexit.register(write_waiting)


def read_recording(path: Any) -> dict[str, list[dict[str, dict[str, NDArray[Any]]]]]:
    """Return what monitors have written to a file, also while it is being written, or after a crash.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict
        Monitor -> segments, in order -> variable -> ``{"steps": ..., "values": ...}``, for spikes ``"ranks"`` in
        place of ``"values"``; a sample of step k has been taken at its end.

    Raises
    ------
    FileProblem
        E505, the file is no recording.
    """
    h5py = hdf5()
    source = Path(path)
    with suppress(FileProblem):  # a full disk is told where something is recorded
        write_waiting(source)
    if not source.exists() or not h5py.is_hdf5(source) or not _is_ours(h5py, source):
        raise FileProblem(f"'{source}' is no recording of Ranvier.")
    found: dict[str, list[dict[str, dict[str, NDArray[Any]]]]] = {}
    with h5py.File(source, "r", swmr=True) as file:
        for monitor in (name for name in file if name != _WRITER):
            segments = sorted(file[monitor], key=int)
            found[_plain(monitor)] = [
                {_plain(variable): _columns(group) for variable, group in file[monitor][segment].items()}
                for segment in segments
            ]
    return found


def _columns(group: Any) -> dict[str, NDArray[Any]]:
    length = min(len(column) for column in group.values())
    return {name: np.asarray(column[:length]) for name, column in group.items()}


def _plain(name: str) -> str:
    """Return a name that `escaped` made part of a path."""
    parts = name.split("%")
    return parts[0] + "".join(chr(int(part[:2], 16)) + part[2:] for part in parts[1:])
