"""Code that users attach to a population: at its events, or regularly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import model

from ..context import Context
from ..definitions.spec import PopulationSpec
from ..inputs.stimuli import TimedArray
from ..problems import UnknownName, ValueProblem
from ..quantities import milliseconds
from .attributes import Attribute, Table


@dataclass(frozen=True, slots=True)
class AttachedCode:
    """Code that a user attached to a population: to an event, or ("") run every `period` steps.

    `order` tells which of two pieces in a network was attached first.
    """

    model: model.Model
    text: str
    event: str
    period: int
    offset: int
    stream: str
    order: int


class TakesCode:
    """What a population does with code of its user."""

    _context: Context
    _name: str
    _spec: PopulationSpec
    _table: Table
    _codes: list[AttachedCode]
    _n: int
    _calls: int

    if TYPE_CHECKING:  # what the population itself has

        @property
        def _label(self) -> str: ...

        @property
        def events(self) -> tuple[str, ...]:
            """Names of the events its neurons can have."""

        @property
        def ranks(self) -> NDArray[np.int64]:
            """Ranks of its neurons."""

        def _assign(
            self, attribute: Attribute, value: Any, ranks: NDArray[np.int64], shapes: tuple[tuple[int, ...], ...]
        ) -> None: ...

    def run_on_event(self, event: str, code: str) -> None:
        """Execute code for the neurons that have an event, after the reset of all spikes of the step.

        Parameters
        ----------
        event : str
            ``"spike"``, ``"axon_spike"`` or the name of a custom event.
        code : str
            Statements over the names of the model.
        """
        if event not in self.events:
            raise UnknownName(f"event of {self._label}", event, self.events)
        self._attach(code, event, 1, 0)

    def run_regularly(self, code: str, period: Any = None, offset: Any = 0) -> None:
        """Execute code for all neurons before the steps k with ``(k - offset) mod period == 0`` of the network's clock.

        Parameters
        ----------
        code : str
            Statements over the names of the model.
        period : number, optional
            In ms; every step by default.
        offset : number
            In ms.
        """
        label = f"{self._label}: run_regularly"
        rounding = self._context.rounding
        every = 1 if period is None else rounding(milliseconds(period, f"{label}: period"), label, "period")
        if every < 1:
            raise ValueProblem(f"{label}: period must be at least dt = {self._context.dt} ms.")
        self._attach(code, "", every, rounding(milliseconds(offset, f"{label}: offset"), label, "offset") % every)

    def _attach(self, code: str, event: str, period: int, offset: int) -> None:
        neuron = self._spec.neuron
        if neuron is None:
            raise ValueProblem(f"{self._label} has no model, so there is nothing that code could change.")
        made = neuron.code_model(code, bool(event))
        self._take_in(made)
        self._context.touch()
        stream = f"{self._name}:code{len(self._codes)}"
        text = code if isinstance(code, str) else "\n".join(code)
        self._codes.append(AttachedCode(made, text, event, period, offset, stream, self._context.version))

    def _take_in(self, more: model.Model) -> None:
        """Make attributes of the numbers of the namespace that a text names and the equations do not."""
        assert self._spec.neuron is not None
        outside, calls = dict(self._spec.neuron.text.namespace_values), self._calls
        for symbol in more.symbols:
            value = outside.get(symbol.name)
            if symbol.role == "parameter" and symbol.name not in self._table and not isinstance(value, TimedArray):
                if value is not None:
                    self._assign(self._table.add(symbol, self._n), value, self.ranks, ((self._n,),))
        self._calls = calls
