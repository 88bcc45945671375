"""`Simulation`: runs a network for some steps, in segments between the callbacks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from ranvier.compiler import RanvierWarning

from .checks.finite import SynapseGuard
from .checks.unread import warn_unread
from .compiling import CompiledModels, StopKernel
from .context import Context
from .estimate import warn_of_memory
from .groups.population import Population
from .objects import Objects
from .problems import RuntimeProblem, ValueProblem
from .progress import Progress, RunProgress
from .quantities import milliseconds
from .running import Runner
from .schedule import steps
from .state.snapshots import Snapshots
from .synapses.structure import apply_rules, next_change


class Simulation:
    """The clock work of one network.

    Parameters
    ----------
    context : Context
    objects : Objects
    compiled : CompiledModels
    snapshots : Snapshots
    nan_every : int
        Steps between two scans for NaN; 0 for none.
    """

    def __init__(
        self, context: Context, objects: Objects, compiled: CompiledModels, snapshots: Snapshots, nan_every: int
    ) -> None:
        self._context = context
        self._objects = objects
        self._compiled = compiled
        self._snapshots = snapshots
        self._runner = Runner(context, compiled, nan_every)
        self._guard = SynapseGuard(context)
        self._conditions: dict[str, str] = {}
        self._stops: dict[str, StopKernel] = {}
        self._told: set[str] = set()
        self._running = False
        self._prepared: tuple[int, ...] = ()

    def not_running(self) -> None:
        """Raise when a run is under way."""
        if self._running:
            raise RuntimeProblem("This network is running already; it cannot be run from a callback or another thread.")

    def prepare(self) -> None:
        """Take the snapshots that are due, compile what is new, and make the engine."""
        self.not_running()
        state = self._context.version, len(self._objects.populations), len(self._objects.projections)
        if self._prepared == state:
            return
        for projection in self._objects.projections:
            projection._refuse_planned()
            if not projection.connected and projection.name not in self._told:
                self._told.add(projection.name)
                message = f"projection '{projection.name}' has no synapses: no connector method was called on it."
                warnings.warn(message, RanvierWarning, stacklevel=4)
        warn_unread(self._objects, self._told)
        self._snapshots.compile(self._objects)
        if len(self._objects.populations):
            self._runner.build(self._objects)
        self._prepared = state

    def run(
        self, steps: int, stops: Sequence[StopKernel] = (), stops_all: bool = True, whole: bool = True,
        report: Callable[[RunProgress], object] | None = None,
    ) -> None:  # fmt: skip
        """Run up to so many steps; fewer when stop conditions hold.

        Parameters
        ----------
        steps : int
        stops : sequence of StopKernel
        stops_all : bool
            Stop when all of them hold, not any.
        whole : bool
            Look for NaN and infinity at the end, and leave the files of monitors complete; single steps do neither.
        report : callable, optional
            Told how far the run is.
        """
        self.not_running()
        if not len(self._objects.populations):
            raise RuntimeProblem("The network has no populations.")
        context, callbacks = self._context, self._objects.callbacks
        end = context.now + steps
        warn_of_memory(self._objects.monitors, steps)
        progress = Progress(steps, context.dt, report)
        self._running = True
        try:
            while context.now < end:
                now = context.now
                callbacks.call(now)
                for file in self._objects.files.values():
                    if whole or file.due():
                        file.begin()
                switches = [m._switch(context.now) for m in self._objects.monitors]
                self._snapshots.compile(self._objects)
                self._runner.build(self._objects, stops, stops_all)
                growth = next_change(self._objects.connected, now)
                due = callbacks.next(now), None if growth is None else growth + 1, *switches
                each_step = self._watched_each_step()
                due = (*due, now + 1 if each_step else None)
                stop = min([end, *(k for k in due if k is not None)])
                progress.start_at(steps - (end - now))
                try:
                    kind = self._runner.run(stop - now, self._objects.monitors.all(), progress).kind
                finally:
                    if growth is not None and context.now == growth + 1:
                        self._change_structure(growth)
                if each_step:
                    self._guard.look(self._objects.connected, per_step=inf)
                if kind == "stopped":
                    break
            if whole:
                self._runner.scan()
                progress.report(steps - (end - context.now))
            if self._runner.nan_every > 1:
                self._guard.look(self._objects.connected, least=1 if whole else self._runner.nan_every)
        finally:
            self._running = False
            progress.close()
            for file in self._objects.files.values():
                file.end()

    def _watched_each_step(self) -> bool:
        """Prepare to look at the variables of synapses; tell whether after every step."""
        if not self._runner.nan_every:
            return False
        projections = self._objects.connected
        self._guard.begin(projections)
        return self._runner.nan_every == 1 and self._guard.watches(projections)

    def _change_structure(self, step: int) -> None:
        """Do the structural changes of slot 7 of a step, which monitors see in its slot 8."""
        for projection in self._objects.connected:
            if apply_rules(projection, step):
                for monitor in self._objects.monitors:
                    self._runner.sample_again(monitor, projection, step)

    def set_stop_condition(self, population: Population, text: str) -> None:
        """Note the stop condition of a population; it is compiled when it is first used."""
        self._conditions[population.name] = text

    @property
    def stop_conditions(self) -> dict[str, str]:
        """The stop conditions by population."""
        return dict(self._conditions)

    @property
    def nan_check(self) -> bool | str:
        """When to look for NaN and infinity, as `Network` takes it."""
        every = self._runner.nan_every
        return "step" if every == 1 else every > 0

    def kernels(self) -> dict[str, str]:
        """Return the hash of the C text of each object that has been compiled."""
        found = {p.name: self._compiled.kernel_hash(p._model) for p in self._objects.populations}
        found |= {p.name: self._compiled.kernel_hash(p._model) for p in self._objects.projections}
        return {name: text for name, text in found.items() if text}

    def stops_of(self, populations: Sequence[Population]) -> list[StopKernel]:
        """Return the compiled stop conditions of populations."""
        for population in populations:
            if population.name not in self._conditions:
                raise RuntimeProblem(f"population '{population.name}' was created without a stop_condition.")
            if population.name not in self._stops:
                self._stops[population.name] = self._compiled.stop(population, self._conditions[population.name])
        return [self._stops[population.name] for population in populations]

    def steps_of(self, duration: Any, what: str) -> int:
        """Return a duration given by the user in steps."""
        ms, dt = milliseconds(duration, f"{what}: duration"), self._context.dt
        if not 0 <= ms < float("inf"):
            raise ValueProblem(f"{what}: the duration must be finite and not negative, got {ms} ms.")
        if ms > 0 and not steps(ms, dt):
            raise ValueProblem(f"{what}: {ms:g} ms are less than half a step (dt = {dt:g} ms).")
        return self._context.rounding(ms, what, "duration")
