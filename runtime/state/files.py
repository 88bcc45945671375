"""JSON and arrays in one file: HDF5, or ``.npz`` without pickle. Files are written whole or not at all.

Every file says what it is (`FORMAT`) and in which version. What is read is checked before it is believed: sizes against
the length of the file, types against the few that are written; links to other files are not followed.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..problems import FileProblem, NotAvailable
from .encoding import Arrays

#: What to do about a file that is not whole.
OTHER_COPY = "save() leaves whole files or none: this one was cut or changed later; take another copy of it"
#: What files of this module say they are, and the version of the format that this program writes.
FORMAT, VERSION = "ranvier", 1
#: Name of the JSON text in a file.
TEXT = "structure.json"
_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_KINDS = "biuf"


def hdf5() -> Any:
    """Return h5py, which files in HDF5 need."""
    try:
        import h5py
    except ImportError:
        raise NotAvailable(
            "HDF5 files need the package h5py, which is not installed.",
            help="pip install 'ranvier[hdf5]', or give the file a name that ends with .npz",
        ) from None
    return h5py


def write(path: Any, text: Mapping[str, Any], arrays: Arrays, notes: Mapping[str, Mapping[str, str]] = {}) -> None:
    """Write a file; one that is there already is replaced when the new one is complete.

    Parameters
    ----------
    path : path
        ``.npz`` for numpy's format, HDF5 otherwise.
    text : mapping
        JSON.
    arrays : mapping
        Path in the file -> array.
    notes : mapping
        Path in the file -> attributes of the dataset (HDF5 only), such as its unit.
    """
    target = Path(path)
    body = json.dumps({"format": FORMAT, "version": VERSION, **text})
    as_npz = target.suffix.lower() == ".npz"
    if not as_npz:
        hdf5()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if as_npz:
            _write_npz(temporary, body, arrays)
        else:
            _write_hdf5(temporary, body, arrays, notes)
        os.replace(temporary, target)
    except OSError as error:
        raise FileProblem(f"'{target}' cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Any) -> tuple[dict[str, Any], Arrays]:
    """Return the JSON and the arrays of a file, whichever of the two formats it has.

    Raises
    ------
    FileProblem
        It cannot be read, is incomplete, or is not one of ours.
    """
    source = Path(path)
    try:
        with open(source, "rb") as file:
            start = file.read(8)
    except OSError as error:
        raise FileProblem(f"'{source}' cannot be read: {error.strerror or error}.") from error
    reader = _read_hdf5 if start == _HDF5 else _read_npz if start[:4] == _ZIP else None
    if reader is None:
        raise FileProblem(f"'{source}' is neither an HDF5 nor an .npz file.")
    found: tuple[dict[str, Any], Arrays] = _guarded(source, lambda: _understood(source, *reader(source)))
    return found


def _guarded(path: Path, read: Callable[[], Any]) -> Any:
    """Let whatever a damaged file makes a library raise end as one clear error."""
    try:
        return read()
    except (FileProblem, NotAvailable):
        raise
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, MemoryError, SyntaxError,
            RecursionError, UnicodeError, AttributeError, zipfile.BadZipFile) as error:  # fmt: skip
        what = str(error) or type(error).__name__
        raise FileProblem(f"'{path}' is damaged or incomplete: {what.rstrip('.')}.", OTHER_COPY) from error


def _understood(path: Path, body: str, arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
    text = json.loads(body)
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise FileProblem(f"'{path}' was not written by Ranvier.")
    version = text.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise FileProblem(
            f"'{path}' has format version {version}; this program reads versions up to {VERSION}.",
            help="read it with the version of Ranvier that wrote it, or a newer one",
        )
    return text, arrays


# -- HDF5 ------------------------------------------------------------------------------------------------


def _write_hdf5(path: Path, body: str, arrays: Arrays, notes: Mapping[str, Mapping[str, str]]) -> None:
    h5py = hdf5()
    with h5py.File(path, "w", libver=("v110", "latest")) as file:
        file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
        file.create_dataset(TEXT, data=np.frombuffer(body.encode(), np.uint8))
        for name, values in arrays.items():
            dataset = file.create_dataset(name, data=values)
            for key, note in notes.get(name, {}).items():
                dataset.attrs[key] = note
    with open(path, "rb+") as written:
        os.fsync(written.fileno())


def _read_hdf5(path: Path) -> tuple[str, Arrays]:
    h5py = hdf5()
    arrays: Arrays = {}
    size = path.stat().st_size
    with h5py.File(path, "r") as file:
        if TEXT not in file:
            raise FileProblem(f"'{path}' was not written by Ranvier.")

        def take(group: Any, prefix: str) -> None:
            for name in group:
                link = group.get(name, getlink=True)
                entry = group.get(name) if isinstance(link, h5py.HardLink) else None
                if isinstance(entry, h5py.Group) and prefix.count("/") < 64:
                    take(entry, f"{prefix}{name}/")
                elif isinstance(entry, h5py.Dataset):
                    arrays[prefix + name] = _dataset(entry, prefix + name, path, size)
                else:
                    raise FileProblem(f"'{path}': '{prefix}{name}' is not a dataset of this file.")

        take(file, "")
    return arrays.pop(TEXT).tobytes().decode(), arrays


def _dataset(dataset: Any, name: str, path: Path, size: int) -> NDArray[Any]:
    """Return the values of a dataset after checking that the file holds them."""
    stored = dataset.id.get_storage_size()
    virtual = dataset.is_virtual or bool(dataset.external)
    if dataset.dtype.kind not in _KINDS or virtual or dataset.compression is not None or dataset.nbytes > stored:
        raise FileProblem(f"'{path}': '{name}' is not a plain array that the file holds.")
    if stored > size:
        raise FileProblem(f"'{path}' is damaged or incomplete: '{name}' is longer than the file.")
    return np.asarray(dataset[()])


# -- npz -------------------------------------------------------------------------------------------------


def _write_npz(path: Path, body: str, arrays: Arrays) -> None:
    with open(path, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, values in {TEXT: np.frombuffer(body.encode(), np.uint8), **arrays}.items():
                with archive.open(_entry(name), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.asanyarray(values), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without the time of day: equal contents are equal files."""
    return zipfile.ZipInfo(f"{name}.npy")


def _read_npz(path: Path) -> tuple[str, Arrays]:
    arrays: Arrays = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
                raise FileProblem(f"'{path}': '{info.filename}' is compressed, which files of Ranvier are not.")
            arrays[info.filename.removesuffix(".npy")] = _array(archive.open(info), info.file_size, path)
    if TEXT not in arrays:
        raise FileProblem(f"'{path}' was not written by Ranvier.")
    return arrays.pop(TEXT).tobytes().decode(), arrays


def _array(file: IO[bytes], size: int, path: Path) -> NDArray[Any]:
    """Return one array after checking that its header tells the truth about its size."""
    with file:
        data = file.read(size)
    start = BytesIO(data)
    major = np.lib.format.read_magic(start)
    header = np.lib.format.read_array_header_1_0 if major == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(start)
    count = 1
    for length in shape:
        count *= length
    if dtype.kind not in _KINDS or len(data) - start.tell() != count * dtype.itemsize:
        raise FileProblem(f"'{path}' is damaged: an array is not of the size that it claims.")
    return np.lib.format.read_array(BytesIO(data), allow_pickle=False)
