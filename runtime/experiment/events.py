"""`SimulationEvents`: a simulation made of events that trigger one another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..live import the_network
from ..network import Network
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from .compartments import population
from .conditions import Condition, condition_of

_LOG = logging.getLogger("ranvier")
#: The variable of a population that is -1 when it triggers its events.
DECISION = "decision"
#: Steps simulated at once while only a population can trigger the next event.
WAIT = 1000
Delay = int | Callable[[], int]


@dataclass(slots=True)
class _Event:
    """One event; `onset` is a step on the network's clock once it is known."""

    name: str
    onset: int | None
    model_trigger: str | None
    requirement: Condition
    effect: Callable[[], Any] | None
    trigger: dict[str, Delay] = field(default_factory=dict)


class SimulationEvents:
    """A simulation that consists of events; between them the network is simulated.

    Write a subclass whose methods are the effects, add the events, and let one of them trigger ``"end"``. Effects do
    not simulate. Onsets and delays are in steps. Events that nothing triggers and that have no onset happen at the
    beginning. A simulation can be run any number of times.

    Parameters
    ----------
    verbose : bool
        Log every event (logger "ranvier", level INFO).
    net : Network, optional
        By default the only one alive.

    Attributes
    ----------
    happened_event_list : list of str
        Events of the present run, in order.

    Examples
    --------
    >>> import ranvier as rv
    >>> from ranvier.experiment import SimulationEvents
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> pop = net.create(1, rv.models.LIF(), name="cell")
    >>> class Trial(SimulationEvents):
    ...     def cue(self):
    ...         pop.i_offset = 2.0
    >>> trial = Trial(net=net)
    >>> trial.add_event(name="start", trigger={"cue": 100})
    >>> trial.add_event(name="cue", effect=trial.cue, trigger={"end": 50})
    >>> trial.run()
    >>> net.time
    150.0
    """

    def __init__(self, verbose: bool = False, net: Network | None = None) -> None:
        self.verbose = verbose
        self.happened_event_list: list[str] = []
        self._net = net
        self._added: dict[str, _Event] = {}
        self._ended = False
        self.add_event(name="end", effect=self._end)

    @property
    def net(self) -> Network:
        """The network that is simulated."""
        return the_network(self._net, "SimulationEvents")

    def add_event(
        self,
        name: str,
        onset: int | None = None,
        model_trigger: str | None = None,
        requirement_string: str | Callable[[], bool] | None = None,
        effect: Callable[[], Any] | None = None,
        trigger: Mapping[str, Delay] | None = None,
    ) -> None:
        """Add an event.

        Parameters
        ----------
        name : str
        onset : int, optional
            When it happens, in steps after the beginning of a run.
        model_trigger : str, optional
            Name of a population created with a stop condition. The event happens when the condition stops the
            simulation and the population's variable ``decision`` is -1; once in a run.
        requirement_string : str or callable, optional
            The event happens only if ``"happened_event_list==[a, b] and mode==test"`` holds: all those events happened,
            an attribute of the simulation has that value. Or a function that tells.
        effect : callable, optional
        trigger : dict, optional
            Event -> delay in steps after this one, or a function that returns it.
        """
        if name in self._added:
            raise ValueProblem(f"There is an event '{name}' already.")
        requirement = condition_of(requirement_string, f"event '{name}'")
        self._added[name] = _Event(name, onset, model_trigger, requirement, effect, dict(trigger or {}))

    def run(self) -> None:
        """Run from the present time until the event "end".

        Raises
        ------
        RuntimeProblem
            Nothing is left that could trigger "end".
        """
        net = self.net
        events = self._prepared(net.current_step)
        self.happened_event_list = []
        self._ended = False
        past: set[str] = set()
        waiting: list[str] = []
        while True:
            now = net.current_step
            done: set[str] = set()
            for name in waiting:
                if int(population(net, name).get(DECISION).reshape(-1)[0]) == -1:
                    past.add(name)
                    for event in events.values():
                        if event.model_trigger == name:
                            self._happen(event, events, now)
                            done.add(event.name)
            while due := [e for e in events.values() if e.onset == now and e.name not in done and e.requirement(self)]:
                for event in due:
                    if event.requirement(self):
                        self._happen(event, events, now)
                    done.add(event.name)
            if self._ended:
                return
            ahead = [e.onset - now for e in events.values() if e.onset is not None and e.onset > now]
            waiting = list(
                dict.fromkeys(
                    e.model_trigger
                    for e in events.values()
                    if e.model_trigger and e.model_trigger not in past and e.requirement(self)
                )
            )
            if not ahead and not waiting:
                raise RuntimeProblem(
                    "The simulation has no event left, and 'end' has not happened.", "let an event trigger 'end'"
                )
            self._simulate(net, min(ahead, default=WAIT), waiting)

    def _simulate(self, net: Network, steps: int, waiting: list[str]) -> None:
        if waiting:
            net.simulate_until(steps * net.dt, [population(net, name) for name in waiting], operator="or")
        else:
            net.simulate(steps * net.dt)

    def _prepared(self, now: int) -> dict[str, _Event]:
        """Return the events of a run, with onsets on the network's clock."""
        triggered = {name for event in self._added.values() for name in event.trigger}
        for name in triggered - set(self._added):
            raise UnknownName("event of the simulation", name, self._added)
        if "end" not in triggered:
            raise RuntimeProblem("No event triggers 'end'; the simulation would never end.", "trigger={'end': steps}")
        prepared = {}
        for event in self._added.values():
            first = 0 if event.onset is None and event.model_trigger is None and event.name not in triggered else None
            onset = event.onset if event.onset is not None else first
            prepared[event.name] = _Event(
                event.name,
                None if onset is None else now + onset,
                event.model_trigger,
                event.requirement,
                event.effect,
                event.trigger,
            )
        return prepared

    def _happen(self, event: _Event, events: dict[str, _Event], now: int) -> None:
        if self.verbose:
            _LOG.info("event %s at step %d", event.name, now)
        event.onset = now
        if event.effect is not None:
            event.effect()
        for name, delay in event.trigger.items():
            later = int(delay() if callable(delay) else delay)
            if later < 0:
                raise ValueProblem(f"event '{event.name}' triggers '{name}' {-later} steps before itself.")
            events[name].onset = now + later
        self.happened_event_list.append(event.name)

    def _end(self) -> None:
        self._ended = True
