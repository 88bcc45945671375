"""Parts of a population: `PopulationView` of any neurons, `NeuronView` of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import read_only
from ..problems import ValueProblem
from .attributes import Table
from .geometry import select
from .group import AttributeAccess

if TYPE_CHECKING:
    from .population import Population


class PopulationView(AttributeAccess):
    """Some neurons of a population; it can be connected, monitored, read and written.

    A view made by a slice reads live values; others read read-only copies. Writing works through every view,
    and random values are drawn by ranks of the population.
    """

    def __init__(self, population: Population, ranks: NDArray[np.int64], as_slice: slice | None = None) -> None:
        self._population = population
        self._ranks = ranks
        self._slice = as_slice

    @property
    def population(self) -> Population:
        """The population that this is a view of."""
        return self._population

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Ranks of the neurons in the population."""
        ranks: NDArray[np.int64] = self._ranks.copy()
        return ranks

    @property
    def size(self) -> int:
        """Number of neurons."""
        return int(self._ranks.size)

    @property
    def name(self) -> str:
        """Name of the population."""
        return self._population.name

    @property
    def geometry(self) -> tuple[int, ...]:
        """Shape of the values: one-dimensional."""
        return (self.size,)

    @property
    def positions(self) -> NDArray[np.float64]:
        """Where the neurons are, one row each."""
        return read_only(self._population._positions()[self._ranks])

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[NeuronView]:
        return (NeuronView(self._population, int(rank)) for rank in self._ranks)

    def __repr__(self) -> str:
        return f"<PopulationView of {self.size} neurons of '{self.name}'>"

    def __add__(self, other: Any) -> PopulationView:
        """Return a view of the neurons of both, in the order of their ranks."""
        if getattr(other, "population", None) is not self._population:
            raise ValueProblem("Only views of one population can be added.")
        return PopulationView(self._population, np.union1d(self._ranks, other.ranks))

    def __getitem__(self, index: Any) -> PopulationView:
        """Return a part of the view, by positions in it."""
        if isinstance(index, tuple):
            raise ValueProblem(f"{self._label} has no coordinates; index it by position.")
        positions, _ = select(index, (self.size,), self._label)
        return PopulationView(self._population, self._ranks[positions])

    def sum(self, target: str) -> NDArray[Any]:
        """Return what these neurons received in the last step through a target; see `Population.sum`."""
        received: NDArray[Any] = self._population.sum(target).reshape(-1)[self._ranks]
        return received

    def neuron(self, position: int) -> NeuronView:
        """Return the neuron at a position in the view."""
        return NeuronView(self._population, int(self[position]._ranks[0]))

    @property
    def _label(self) -> str:
        return f"a view of population '{self.name}'"

    @property
    def _table(self) -> Table:
        return self._population._table

    def _attribute_names(self) -> tuple[str, ...]:
        return self._population._table.names()

    def _read(self, name: str) -> Any:
        attribute = self._population._attribute(name)
        if attribute.shared:
            return attribute.scalar()
        values = attribute.data[: self._population.size]
        if self._slice is not None and attribute.type == "float" and attribute.role in ("parameter", "variable"):
            return values[self._slice]
        return read_only(attribute.shown(values[self._ranks]))

    def _write(self, name: str, value: Any) -> None:
        attribute = self._population._table[name]
        if attribute.role == "input":
            raise ValueProblem(f"'{name}' of {self._label} is the summed input of a step and cannot be written.")
        if attribute.shared and self.size != self._population.size:
            raise ValueProblem(
                f"'{name}' has one value for the whole population '{self.name}'; a view cannot change it.",
                help=f"write it through the population, or declare '{name}' local",
            )
        self._population._assign(attribute, value, self._ranks, ((self.size,),))


class NeuronView(AttributeAccess):
    """One neuron of a population: its attributes are Python numbers."""

    def __init__(self, population: Population, rank: int) -> None:
        self._population = population
        self._rank = rank

    @property
    def population(self) -> Population:
        """The population it belongs to."""
        return self._population

    @property
    def rank(self) -> int:
        """Rank in the population."""
        return self._rank

    @property
    def ranks(self) -> NDArray[np.int64]:
        """The rank, as an array (a neuron can be connected and monitored like a view)."""
        return np.array([self._rank], np.int64)

    @property
    def size(self) -> int:
        """Always 1."""
        return 1

    @property
    def position(self) -> tuple[float, ...]:
        """Where the neuron is."""
        return tuple(self._population._positions()[self._rank].tolist())

    @property
    def coordinates(self) -> tuple[int, ...]:
        """Coordinates in the geometry of the population."""
        return self._population.coordinates_from_rank(self._rank)

    def __repr__(self) -> str:
        return f"<neuron {self._rank} of '{self._population.name}'>"

    def __add__(self, other: Any) -> PopulationView:
        """Return a view of both."""
        both: PopulationView = self._population[[self._rank]] + other
        return both

    @property
    def _label(self) -> str:
        return f"neuron {self._rank} of population '{self._population.name}'"

    @property
    def _table(self) -> Table:
        return self._population._table

    def _attribute_names(self) -> tuple[str, ...]:
        return self._population._table.names()

    def _read(self, name: str) -> Any:
        attribute = self._population._attribute(name)
        return attribute.shown(attribute.data[:1] if attribute.shared else attribute.data[self.ranks])[0].item()

    def _write(self, name: str, value: Any) -> None:
        self._population[[self._rank]]._write(name, value)
