"""`Runner`: lets an engine run a network, segment by segment, and hands what was recorded to the monitors."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from .compiling import CompiledModels, StopKernel
from .context import Context
from .groups.attributes import Attribute
from .groups.readouts import computed
from .interrupts import uninterrupted
from .objects import Objects
from .planning.plan import Plan, Recorder, RunStatus
from .planning.planner import make_plan, programs_of
from .problems import FileProblem, NotFinite
from .recording.file import FLUSH_SECONDS
from .recording.moments import EventTape
from .recording.monitors import Monitor
from .recording.recordable import width_of
from .recording.tapes import SpikeTape
from .reference.ops import MathLibrary
from .synapses.projection import Projection

#: Bytes of samples after which a segment ends, so that an interrupted run keeps what it has.
SEGMENT_BYTES = 16 * 2**20


class Engine(Protocol):
    """What executes a plan: `_bridge.Engine` or `reference.ReferenceEngine`."""

    def run(self, n_steps: int, progress: Callable[[int], object] | None = None) -> RunStatus:
        """Run up to `n_steps` steps."""

    def scan(self) -> RunStatus:
        """Look for NaN and infinity now."""

    def drain_spikes(self, k: int) -> tuple[Any, Any]:
        """Return the spikes of a recorder since the last call."""

    def drain_synapses(self, k: int) -> tuple[Any, ...]:
        """Return what a recorder of synapses kept since the last call."""


class Runner:
    """Owns the engine of a network; builds it again when the network has changed.

    Parameters
    ----------
    context : Context
    compiled : CompiledModels
    nan_every : int
        Steps between two scans for NaN; 0 for none.
    """

    def __init__(self, context: Context, compiled: CompiledModels, nan_every: int) -> None:
        self._context = context
        self._compiled = compiled
        self.nan_every = nan_every
        self._engine: Engine | None = None
        self._plan: Plan | None = None
        self._tapes: list[SpikeTape] = []
        self._event_tapes: list[EventTape] = []
        self._built: tuple[Any, ...] = ()
        self._pace = 0.0

    def build(self, objects: Objects, stops: Sequence[StopKernel] = (), stops_all: bool = True) -> None:
        """Make the engine for the network as it is now, unless it is there already."""
        context = self._context
        threads = context.threads.number(), context.threads.always
        state = (context.version, context.seed, context.epoch, tuple(id(s) for s in stops), stops_all, threads)
        if self._engine is not None and state == self._built:
            return
        problems: list[FileProblem] = []
        self._collect(problems)
        if problems:
            raise problems[0]
        self._engine = None
        programs = programs_of(objects, self._compiled, stops)
        plan, self._tapes, self._event_tapes = make_plan(context, objects, programs, self.nan_every, stops_all)
        self._plan = plan
        self._engine = self._make(plan, *threads)
        self._built = state

    def _make(self, plan: Plan, threads: int, always: bool) -> Engine:
        if self._compiled.interpreted:
            from .reference.engine import ReferenceEngine

            return ReferenceEngine(plan)
        from ._bridge import Engine as CompiledEngine
        from .stale import check_engine

        check_engine()

        return CompiledEngine(plan, threads, always)

    def interpret(self, library: MathLibrary) -> None:
        """Run on the interpreter, with these functions and draws, until the network changes."""
        from .reference.engine import ReferenceEngine

        assert self._plan is not None
        self._engine = ReferenceEngine(self._plan, library)

    def run(
        self, steps: int, monitors: Sequence[Monitor], progress: Callable[[int], object] | None = None
    ) -> RunStatus:
        """Run up to `steps` steps; recorded data reaches the monitors however it ends.

        Raises
        ------
        NotFinite
            A variable became NaN or infinite.
        KeyboardInterrupt
            At a step boundary; the network can go on from there.
        """
        assert self._engine is not None
        assert self._plan is not None
        done = 0
        status = RunStatus("done", 0)
        while done < steps:
            piece, recorded = self._recorders(self._paced(steps - done, monitors), monitors)
            self._plan.recorders = [recorder for _, _, recorder in recorded]
            began, before = time.monotonic(), self._context.now
            try:
                status = self._engine.run(piece, progress)
            finally:
                self._pace = (self._context.now - before) / max(time.monotonic() - began, 1e-6)
                if recorded or self._tapes or self._event_tapes:
                    with uninterrupted():
                        self._keep(recorded)
            done += status.steps
            if status.kind != "done":
                break
        if status.kind == "nan":
            self._not_finite(status)
        return RunStatus(status.kind, done)

    def sample_again(self, monitor: Monitor, projection: Projection, step: int) -> None:
        """Let a monitor of synapses that were changed in a step have the sample of that step from after the change."""
        obj: Any = monitor.object
        if obj is not projection and getattr(obj, "_projection", None) is not projection:
            return
        for name, samples in monitor._samples.items():
            if monitor._windows[name].running and monitor._due(step, step + 1)[1]:
                attribute = computed(self._context, projection, name) or projection._table[name]
                data, width = attribute.data, width_of(obj, attribute)
                ranks = _ranks(monitor, attribute, width)
                samples.replace_last(data[:width] if ranks is None else data[ranks])

    def _paced(self, steps: int, monitors: Sequence[Monitor]) -> int:
        """Return so many steps, or less where files want to be written to in between."""
        if all(monitor.file is None for monitor in monitors):
            return steps
        return max(1, min(steps, int(self._pace * FLUSH_SECONDS) or 1000))

    def _keep(self, recorded: Sequence[tuple[Monitor, str, Recorder]]) -> None:
        """Hand what was recorded to the monitors; all of it, before an error of a file is raised."""
        problems: list[FileProblem] = []
        for monitor, name, recorder in recorded:
            count = int(recorder.count[0])
            times = recorder.start + recorder.period * np.arange(count, dtype=np.int64)
            if recorder.at is not None:
                times = recorder.at[:count]
            _try(problems, monitor._samples[name].add, recorder.out[:count], times)
        self._collect(problems)
        if problems:
            raise problems[0]

    def scan(self) -> None:
        """Look for NaN and infinity now (the end of a run)."""
        if self.nan_every and self._engine is not None:
            status = self._engine.scan()
            if status.kind == "nan":
                self._not_finite(status)

    def _not_finite(self, status: RunStatus) -> None:
        now = self._context.now
        first = max(0, now - self.nan_every)
        window = f"step {now - 1}" if self.nan_every == 1 else f"steps {first} to {now - 1}"
        dt = self._context.dt
        raise NotFinite(
            f"population '{status.owner}': '{status.variable}' of neuron {status.rank} became NaN or infinite in "
            f"{window} (t = {first * dt:g} to {now * dt:g} ms).",
            'the state is as it was then; nan_check="step" finds the exact step, nan_check=False switches this off',
        )

    def _collect(self, problems: list[FileProblem]) -> None:
        """Move what was recorded at events to the monitors; note what goes wrong with files."""
        for k, tape in enumerate(self._tapes):
            if self._engine is not None:
                _try(problems, tape.add, *self._engine.drain_spikes(k))
        for k, kept in enumerate(self._event_tapes):
            if self._engine is not None:
                _try(problems, kept.take, *self._engine.drain_synapses(k))

    def _recorders(self, steps: int, monitors: Sequence[Monitor]) -> tuple[int, list[tuple[Monitor, str, Recorder]]]:
        """Return how many steps to run at once, and recorders with room for the samples of so many."""
        now = self._context.now
        running = [(m, v) for m in monitors for v in m.variables if v in m._samples and m._windows[v].running]
        for monitor, name in running:
            monitor._samples[name].width = width_of(monitor.object, monitor._attribute(name))
        each = [(m._samples[v].width * m._samples[v].dtype.itemsize, m._due(now, now + steps)[1]) for m, v in running]
        rate = sum(size * count / steps for size, count in each)
        piece = steps if not rate else max(1, min(steps, int(SEGMENT_BYTES / rate)))
        recorded = []
        for monitor, name in running:
            start, count, at = monitor._due(now, now + piece)
            if count:
                recorded.append((monitor, name, _recorder(monitor, name, start, count, at)))
        return piece, recorded


def _try(problems: list[FileProblem], act: Callable[..., None], *data: Any) -> None:
    """Hand data over; an error is noted, so that other data are handed over first."""
    try:
        act(*data)
    except FileProblem as problem:
        problems.append(problem)


def _recorder(monitor: Monitor, name: str, start: int, count: int, at: Any) -> Recorder:
    samples = monitor._samples[name]
    attribute = monitor._attribute(name)
    out = np.empty((count, samples.width), samples.dtype)
    ranks = _ranks(monitor, attribute, samples.width)
    return Recorder(attribute.data, samples.width, ranks, monitor._period, start, out, np.zeros(1, np.int64), at)


def _ranks(monitor: Monitor, attribute: Attribute, width: int) -> Any:
    """Return the places of the recorded values in the array, None for its beginning."""
    obj: Any = monitor.object
    if attribute.block:
        return None if width == 1 else np.zeros(width, np.int64)
    if attribute.locality == "post":
        return None if isinstance(obj, Projection) else np.array([obj.post_rank], np.int64)
    if isinstance(obj, Projection):
        return obj.connectivity.public
    if hasattr(obj, "_synapses"):
        return np.ascontiguousarray(obj._synapses)
    return None if obj.size == obj.population.size and not hasattr(obj, "_ranks") else np.ascontiguousarray(obj.ranks)
