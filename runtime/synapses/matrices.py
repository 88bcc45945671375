"""Attributes of synapses as matrices and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..connect.connectivity import Connectivity
    from .projection import Side


class MatrixMethods:
    """What a projection offers of the kind."""

    if TYPE_CHECKING:
        _pre: Side
        _post: Side

        @property
        def connectivity(self) -> Connectivity:
            """Which neurons are connected."""

        def _read(self, name: str) -> Any: ...

    def connectivity_matrix(self, fill: float = 0.0, attribute: str = "w") -> NDArray[np.float64]:
        """Return one attribute as a matrix (post, pre) of the connected groups; pairs connected twice are summed.

        Parameters
        ----------
        fill : float
            Entry of pairs that are not connected.
        attribute : str
        """
        built = self.connectivity
        values = np.broadcast_to(np.asarray(self._read(attribute), np.float64), built.size)
        indptr, _, pre = built.by_post
        row = _positions(self._post)[np.repeat(np.arange(built.n_post), np.diff(indptr))]
        column = _positions(self._pre)[pre]
        sums = np.zeros((self._post.size, self._pre.size))
        np.add.at(sums, (row, column), values)
        connected = np.zeros(sums.shape, bool)
        connected[row, column] = True
        return np.where(connected, sums, fill)

    def receptive_fields(self, variable: str = "w", in_post_geometry: bool = True) -> NDArray[np.float64]:
        """Return the receptive fields of all postsynaptic neurons as one image.

        Parameters
        ----------
        variable : str
        in_post_geometry : bool
            Arrange the fields as the postsynaptic neurons are; else as nearly square as possible.
        """
        rows = self.connectivity_matrix(0.0, variable)
        shape = _flat_shape(getattr(self._pre, "geometry", (1,)))
        outer = _flat_shape(getattr(self._post, "geometry", (1,)))
        if not in_post_geometry or outer[0] == 1:
            height = int(np.floor(np.sqrt(rows.shape[0])))
            outer = (height, -(-rows.shape[0] // height))
        fields = np.zeros((outer[0] * outer[1], rows.shape[1]))
        fields[: rows.shape[0]] = rows
        tiles = fields.reshape(*outer, *shape).transpose(0, 2, 1, 3)
        image: NDArray[np.float64] = tiles.reshape(outer[0] * shape[0], outer[1] * shape[1])
        return image


def _positions(group: Side) -> NDArray[np.int64]:
    """Return the position in a group of each neuron of its population (-1 outside)."""
    positions = np.full(group.population.size, -1, np.int64)
    positions[group.ranks] = np.arange(group.size)
    return positions


def _flat_shape(geometry: tuple[int, ...]) -> tuple[int, int]:
    """Return a geometry as rows and columns."""
    return (1, geometry[0]) if len(geometry) == 1 else (int(np.prod(geometry[:-1])), geometry[-1])
