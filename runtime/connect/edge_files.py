"""Connectivity in files: what `Projection.save_connectivity` writes, and Matrix Market files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem
from .edges import from_entries, in_groups
from .patterns import Built, Pattern, Sides, from_pairs


def write_connectivity(path: Any, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write ranks, weights and delays (ms), as a compressed ``.npz`` without pickle."""
    with open(os.fspath(path), "wb") as file:
        arrays: dict[str, Any] = {name: np.asarray(values) for name, values in columns.items()}
        np.savez_compressed(file, **arrays)


def read_connectivity(path: Any, owner: str) -> dict[str, NDArray[Any]]:
    """Read what `write_connectivity` wrote."""
    name = os.fspath(path)
    try:
        with np.load(name, allow_pickle=False) as file:
            found = {key: file[key] for key in file.files}
    except (OSError, ValueError) as error:
        raise ValueProblem(f"{owner}: cannot read the connectivity in {name}: {error}.") from None
    missing = [key for key in ("pre", "post", "delay") if key not in found]
    if missing:
        raise ValueProblem(f"{owner}: {name} holds no connectivity: '{missing[0]}' is missing.")
    sizes = {values.shape for values in found.values()}
    if len(sizes) != 1:
        raise ValueProblem(f"{owner}: {name} is damaged: its columns differ in length.")
    return found


def from_columns(columns: Mapping[str, NDArray[Any]]) -> Pattern:
    """Connect after the columns of a file."""

    def build(s: Sides, delay: int) -> Built:
        pre, post = in_groups(s, columns["pre"], columns["post"])
        weights = columns.get("w", np.ones(pre.size))
        return from_pairs(s, delay, pre, post, np.stack([weights, columns["delay"]], axis=1).astype(np.float64))

    return Pattern(build, lambda s: float(columns["pre"].size))


def from_matrix_market(path: Any) -> Pattern:
    """Connect the entries of a Matrix Market file of weights, (post, pre)."""

    def build(s: Sides, delay: int) -> Built:
        shape, post, pre, values = _market(os.fspath(path), s.owner)
        return from_entries(s, delay, "matrix in the file", shape[::-1], pre, post, values)

    return Pattern(build, lambda s: 0.0)


Entries = tuple[tuple[int, int], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _market(name: str, owner: str) -> Entries:
    """Read the shape, rows, columns and values of a coordinate file."""

    def refuse(why: str) -> ValueProblem:
        return ValueProblem(f"{owner}: {name} cannot be read as a Matrix Market file: {why}.")

    try:
        with open(name, encoding="ascii", errors="strict") as file:
            header = file.readline().lower().split()
            line = file.readline()
            while line.startswith("%") or (line and not line.strip()):
                line = file.readline()
            sizes = [int(word) for word in line.split()]
            body = np.loadtxt(file, ndmin=2, comments="%") if len(sizes) == 3 and sizes[2] else np.zeros((0, 3))
    except (OSError, ValueError) as error:
        raise refuse(str(error)) from None
    if header[:3] != ["%%matrixmarket", "matrix", "coordinate"] or len(header) != 5 or len(sizes) != 3:
        raise refuse("it must be a 'matrix coordinate' file")
    field, symmetry = header[3], header[4]
    if field not in ("real", "integer", "pattern") or symmetry not in ("general", "symmetric", "skew-symmetric"):
        raise refuse(f"'{field} {symmetry}' is not supported")
    if body.shape != (sizes[2], 2 if field == "pattern" else 3) and sizes[2]:
        raise refuse(f"it announces {sizes[2]} entries and holds an array of shape {body.shape}")
    row, column = body[:, 0].astype(np.int64) - 1, body[:, 1].astype(np.int64) - 1
    values = np.ones(row.size) if field == "pattern" else body[:, 2]
    if row.size and (row.min() < 0 or row.max() >= sizes[0] or column.min() < 0 or column.max() >= sizes[1]):
        raise refuse("an index lies outside the matrix")
    if symmetry != "general":
        off = row != column
        sign = -1.0 if symmetry == "skew-symmetric" else 1.0
        row, column, values = (
            np.concatenate([row, column[off]]), np.concatenate([column, row[off]]),
            np.concatenate([values, sign * values[off]]),
        )  # fmt: skip
    return (sizes[0], sizes[1]), row, column, values
