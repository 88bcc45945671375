"""What populations are given in advance: spikes, and values over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ..context import Context
from ..groups.attributes import Table
from ..problems import UnknownName

if TYPE_CHECKING:
    from ..definitions.spec import PopulationSpec
    from .stimuli import TimedArray

#: Parameter of models with a schedule: the time (ms) that it counts from.
START = "start"


class Given(Protocol):
    """What a population was given in advance; never changed, only replaced.

    `names` are attributes of the population besides those of its model.
    """

    names: tuple[str, ...]

    def value(self, name: str) -> Any:
        """Return one of them as users see it."""

    def changed(self, values: Mapping[str, Any]) -> Given:
        """Return a copy with other values; all checks come first."""

    def tables(self, size: int) -> Mapping[str, TimedArray]:
        """Return the tables that the model of a population of so many neurons reads."""


class TakesGiven:
    """The part of a population that concerns what it was given in advance."""

    _context: Context
    _spec: PopulationSpec
    _table: Table
    _n: int
    _given: Given | None

    @property
    def _label(self) -> str:
        return type(self).__name__

    def update(self, reset: bool = True, **values: Any) -> None:
        """Replace what the population was given in advance, several values at once.

        Parameters
        ----------
        reset : bool
            Let the schedule count from now on; else it counts from when it did before.
        **values
            As in ``pop.update(rates=[10.0, 20.0], schedule=[0.0, 50.0])``.
        """
        for name in values:
            if name not in self._given_names():
                raise UnknownName(f"value given in advance to {self._label}", name, self._given_names())
        if self._given is not None and values:
            self._replace(self._given.changed(values))
        if reset:
            self._start_at(self._context.now)

    def _start_at(self, step: int) -> None:
        """Let the schedule, if there is one, count from a step."""
        if self._given is not None and START in self._table:
            self._table[START].fill(step * self._context.dt)

    def _replace(self, given: Given | None) -> None:
        if given is not self._given:
            self._given = given
            self._context.touch()

    def _given_names(self) -> tuple[str, ...]:
        return () if self._given is None else self._given.names

    def _timed(self, name: str) -> TimedArray:
        """Return the values over time that the model calls by a name."""
        if self._given is not None and name in (tables := self._given.tables(self._n)):
            return tables[name]
        assert self._spec.neuron is not None
        table: TimedArray = dict(self._spec.neuron.text.namespace_values)[name]
        return table
