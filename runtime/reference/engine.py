"""`ReferenceEngine`: the plan of a network, executed by the interpreter of the IR, slowly and obviously.

It has the interface of the compiled engine and changes the same arrays, to the same bits. `check` compares the two;
where no C compiler is found it takes the compiled engine's place.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import EventList, Plan, PopulationPlan, ProjectionPlan, RunStatus, SynapseRecorder
from .continuous import changes_fixed, compute_term, push_rings, receive, reduce_ends, synaptic_step
from .events import add_subtotals, arrivals, clear_subtotals, events, list_of
from .kernel import BoundKernel
from .ops import MathLibrary, execute
from .taps import Tap

#: Least time between two calls of a progress function, seconds.
PROGRESS_INTERVAL = 0.02


class ReferenceEngine:
    """Executes a `Plan` with numpy, one step after another.

    Parameters
    ----------
    plan : Plan
        The network; the kernels' IR must hold statements. Arrays are changed in place.
    library : MathLibrary, optional
        Functions and draws; the engine's own by default.
    """

    def __init__(self, plan: Plan, library: MathLibrary | None = None) -> None:
        self._plan = plan
        self._precision = _precision(plan)
        library = _engine_library() if library is None else library
        self._populations = [
            None if p.binding is None else BoundKernel(p.binding, self._precision, plan.dt, library)
            for p in plan.populations
        ]
        self._projections = [
            BoundKernel(p.binding, self._precision, plan.dt, library, _totals(plan, p))
            for p in plan.projections
        ]
        self._changing = {p.name for p in plan.projections if changes_fixed(p, plan)}
        self._conditions = [BoundKernel(c.binding, self._precision, plan.dt, library) for c in plan.conditions]
        self._codes = [
            (n, c.event, BoundKernel(c.binding, self._precision, plan.dt, library))
            for n, p in enumerate(plan.populations)
            for c in p.codes
        ]
        self._regular = [BoundKernel(c.binding, self._precision, plan.dt, library) for c in plan.regular]
        self._readouts = [BoundKernel(c.binding, self._precision, plan.dt, library) for c in plan.readouts]
        self._taps = [self._tap(recorder) for recorder in plan.synapse_recorders]
        self._recorded: list[list[tuple[int, NDArray[np.int32]]]] = [[] for _ in plan.spike_recorders]

    def run(self, n_steps: int, progress: Callable[[int], object] | None = None) -> RunStatus:
        """Execute up to `n_steps` steps.

        Parameters
        ----------
        n_steps : int
            Number of steps.
        progress : callable, optional
            Called with the number of steps done, every 20 ms or so, between two steps.

        Returns
        -------
        RunStatus
            ``done``, ``stopped`` or ``nan``, and the number of steps executed.

        Raises
        ------
        KeyboardInterrupt
            At the end of the step in which the user interrupted; the state is that of a completed step.
        """
        self._prepare()
        told = time.monotonic()
        with _interrupts_held_back() as deliver_interrupt:
            for done in range(1, n_steps + 1):
                status = self._step(done)
                if progress is not None and time.monotonic() - told >= PROGRESS_INTERVAL:
                    progress(done)
                    told = time.monotonic()
                deliver_interrupt()
                if status is not None:
                    return status
        return RunStatus("done", max(n_steps, 0))

    def scan(self) -> RunStatus:
        """Look for NaN and infinity in the guarded arrays now: kind ``done`` or ``nan``."""
        return self._not_finite(0) or RunStatus("done", 0)

    def drain_spikes(self, recorder: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return steps and ranks recorded by spike recorder `recorder` since the last call, and forget them."""
        chunks, self._recorded[recorder] = self._recorded[recorder], []
        steps = [np.full(ranks.size, step, np.int64) for step, ranks in chunks]
        return (
            np.concatenate(steps) if steps else np.zeros(0, np.int64),
            np.concatenate([ranks for _, ranks in chunks]) if chunks else np.zeros(0, np.int32),
        )

    def drain_synapses(self, recorder: int) -> tuple[NDArray[Any], ...]:
        """Return steps, pre, post and values of a recorder of synapses since the last call, and forget them."""
        return self._taps[recorder].drain()

    def _tap(self, recorder: SynapseRecorder) -> Tap:
        if recorder.computed is None:
            return Tap(recorder, None, None)
        return Tap(recorder, self._projections[recorder.computed], self._plan.projections[recorder.computed].steps[0])

    def _taps_of(self, projection: ProjectionPlan, program: str) -> list[Tap]:
        return [
            tap
            for tap in self._taps
            if self._plan.projections[tap.recorder.projection] is projection and program in tap.recorder.programs
        ]

    def pending_spikes(self, recorder: int) -> int:
        """Return how many spikes `drain_spikes` would return."""
        return sum(ranks.size for _, ranks in self._recorded[recorder])

    @property
    def bytes(self) -> int:
        """Memory that the engine itself holds."""
        return sum(kernel.scratch_bytes for kernel in self._kernels())

    def _kernels(self) -> list[BoundKernel]:
        """Return all kernels."""
        codes = [kernel for _, _, kernel in self._codes]
        every = (*self._populations, *self._projections, *self._conditions, *codes, *self._regular, *self._readouts)
        return [kernel for kernel in every if kernel is not None]

    def _prepare(self) -> None:
        for kernel in self._kernels():
            kernel.prepare()

    def _step(self, done: int) -> RunStatus | None:
        plan, k = self._plan, int(self._plan.step[0])
        self._follow_links()
        self._run_regular(k)
        spikes = [_source_spikes(p, k) for p in plan.populations]
        for population, ranks in zip(plan.populations, spikes, strict=True):
            if population.binding is None:
                _push(population, k, ranks)
        self._continuous(k)
        self._deliver(k, same_step=False)
        self._follow_links()
        for n, population in enumerate(plan.populations):
            if population.binding is not None:
                spikes[n] = self._update(n, k)
                _push(population, k, spikes[n])
        self._synaptic_steps(k, same_step=True)
        self._deliver(k, same_step=True)
        self._post_events(k, same_step=True)
        for n, population in enumerate(plan.populations):
            if population.enabled:
                self._reset(n, k, spikes[n])
        self._count_rates(k, spikes)
        self._run_codes(k)
        self._follow_links()
        self._post_events(k, same_step=False)
        self._synaptic_steps(k)
        self._follow_links()
        self._read_out(k)
        self._synaptic_steps(k, readout=True)
        self._record(k, spikes)
        bad = self._not_finite(done) if plan.nan_every and (k + 1) % plan.nan_every == 0 else None
        stopped = self._condition_holds(k)
        plan.step[0] = k + 1
        return bad or (RunStatus("stopped", done) if stopped else None)

    def _update(self, number: int, k: int) -> NDArray[np.int32]:
        kernel, population = self._populations[number], self._plan.populations[number]
        assert kernel is not None
        for received in population.received:
            received.copy[...] = received.source
        program = kernel.binding.ir.program("update")
        if program is not None and population.enabled:
            kernel.before(k)
            execute(program, kernel.range_environment(k))
        spikes = _NO_SPIKES
        for name, entry in kernel.entries.items():
            if entry.role == "input":
                kernel.arrays[name][...] = 0
            elif name == "@mask" and population.enabled and population.spiking:
                spikes = np.flatnonzero(kernel.arrays[name][: population.n]).astype(np.int32)
        for event in population.events:
            mask = kernel.arrays[kernel.binding.ir.layout[event.entry].name]
            had = np.flatnonzero(mask[: population.n]) if population.enabled else _NO_SPIKES
            slot = k % event.history.shape[0]
            event.history[slot, : had.size] = had
            event.counts[slot] = had.size
        return spikes

    def _reset(self, number: int, k: int, spikes: NDArray[np.int32]) -> None:
        kernel = self._populations[number]
        if kernel is None:
            return
        kernel.code("reset", k, spikes)
        for event in self._plan.populations[number].events:
            if event.program:
                kernel.code(event.program, k, _had(event, k))

    def _count_rates(self, k: int, spikes: list[NDArray[np.int32]]) -> None:
        """Firing rates: the spikes of a window ago leave, the new ones enter."""
        for window in self._plan.rates:
            row = window.bits[k % len(window.bits)]
            now = np.zeros(64 * row.size, np.uint8)
            now[spikes[window.population]] = 1
            before = np.unpackbits(row.view(np.uint8), bitorder="little")
            n = window.counts.size
            window.counts += now[:n].astype(np.int64) - before[:n]
            row[:] = np.packbits(now, bitorder="little").view(np.uint64)
            window.rate[:n] = (window.counts * window.scale).astype(window.rate.dtype)

    def _follow_links(self) -> None:
        """Give linked variables the values of what they are linked to."""
        for link in self._plan.links:
            link.data[: link.n] = link.source[: link.n] if link.index is None else link.source[link.index]

    def _run_codes(self, k: int) -> None:
        """Code that was attached to events."""
        for number, event, kernel in self._codes:
            population = self._plan.populations[number]
            if population.enabled:
                kernel.before(k)
                kernel.code("reset", k, _had(list_of(population, event), k))
                self._prepare()

    def _run_regular(self, k: int) -> None:
        """Code that runs every so many steps."""
        for code, kernel in zip(self._plan.regular, self._regular, strict=True):
            due = k >= code.offset and (k - code.offset) % code.period == 0
            if due and self._plan.populations[code.population].enabled:
                kernel.for_all("code", k)
                self._prepare()

    def _read_out(self, k: int) -> None:
        """Compute what neurons are asked for, with the clock of the next step."""
        for code, kernel in zip(self._plan.readouts, self._readouts, strict=True):
            if k >= code.offset and (k - code.offset) % code.period == 0:
                kernel.for_all("code", k + 1)

    def _deliver(self, k: int, same_step: bool) -> None:
        """Presynaptic events of the projections, in creation order: delays ascending, ranks ascending, row order."""
        for projection, kernel in zip(self._plan.projections, self._projections, strict=True):
            if not projection.enabled:
                continue
            if projection.same_step == same_step:
                clear_subtotals(kernel, projection.pathways)
                for pathway in projection.pathways:
                    of = list_of(self._plan.populations[projection.pre], pathway.event)
                    taps = self._taps_of(projection, pathway.program)
                    for pre, place in arrivals(of, pathway, k):
                        synapse = place if pathway.order is None else pathway.order[place]
                        events(kernel, pathway.program, k, pre, pathway.target[place].astype(np.intp), synapse, taps)
                add_subtotals(kernel, projection.pathways, k)
            for term in projection.terms if not same_step else ():
                receive(kernel, term)
            if projection.name in self._changing:
                self._prepare()

    def _continuous(self, k: int) -> None:
        """What is sent in every step, from the values of this moment."""
        for population in self._plan.populations:
            push_rings(population, k)
        pairs = list(zip(self._plan.projections, self._projections, strict=True))
        for projection, kernel in pairs:
            if not projection.readout or not projection.period:  # what is recorded at events sees what their code sees
                reduce_ends(projection, kernel)
        for projection, kernel in pairs:
            for term in projection.terms if projection.enabled else ():
                compute_term(self._plan.populations[projection.pre], kernel, term, k)

    def _synaptic_steps(self, k: int, same_step: bool = False, readout: bool = False) -> None:
        """Statements of every step, or what is computed to be recorded, with the clock of the next.

        Delayed values are those that arrive in the next step: what was just computed is pushed before its time.
        """
        pushed = readout
        for projection, kernel in zip(self._plan.projections, self._projections, strict=True):
            due = projection.period and k >= projection.offset and not (k - projection.offset) % projection.period
            now = (projection.same_step, projection.readout) == (same_step, readout)
            if projection.enabled and now and projection.steps and due:
                for population in () if pushed else self._plan.populations:
                    push_rings(population, k + 1)
                pushed = True
                reduce_ends(projection, kernel)
                for step in projection.steps:
                    synaptic_step(kernel, step, k + readout, self._plan.populations[projection.pre])

    def _post_events(self, k: int, same_step: bool) -> None:
        """Postsynaptic events that act in this step."""
        for projection, kernel in zip(self._plan.projections, self._projections, strict=True):
            if projection.same_step != same_step or not projection.enabled:
                continue
            clear_subtotals(kernel, projection.post_pathways)
            for pathway in projection.post_pathways:
                of = list_of(self._plan.populations[projection.post], pathway.event)
                taps = self._taps_of(projection, pathway.program)
                for post, place in arrivals(of, pathway, k):
                    pre = pathway.source[place].astype(np.intp)
                    events(kernel, pathway.program, k, pre, post, pathway.order[place], taps)
            add_subtotals(kernel, projection.post_pathways, k)
            if projection.name in self._changing:
                self._prepare()

    def _record(self, k: int, spikes: list[NDArray[np.int32]]) -> None:
        for recorder in self._plan.recorders:
            due = k >= recorder.start and (k - recorder.start) % recorder.period == 0
            if due if recorder.at is None else k in recorder.at:
                values = recorder.data[: recorder.n] if recorder.ranks is None else recorder.data[recorder.ranks]
                recorder.out[recorder.count[0]] = values
                recorder.count[0] += 1
        for kept, wanted in zip(self._recorded, self._plan.spike_recorders, strict=True):
            ranks = spikes[wanted.population]
            if wanted.event:
                ranks = _had(list_of(self._plan.populations[wanted.population], wanted.event), k)
            if wanted.select is not None:
                ranks = ranks[wanted.select[ranks] != 0]
            if ranks.size:
                kept.append((k, ranks))

    def _not_finite(self, done: int) -> RunStatus | None:
        for guarded in self._plan.guarded:
            bad = np.flatnonzero(~np.isfinite(guarded.data[: guarded.n]))
            if bad.size:
                return RunStatus("nan", done, guarded.owner, guarded.variable, int(bad[0]))
        return None

    def _condition_holds(self, k: int) -> bool:
        held = []
        for condition, kernel in zip(self._plan.conditions, self._conditions, strict=True):
            program = kernel.binding.ir.program("condition")
            assert program is not None
            kernel.before(k)
            execute(program, kernel.range_environment(k))
            true = kernel.arrays["@mask"][: kernel.binding.n] != 0
            held.append(bool(true.all() if condition.every else true.any()))
        return bool(held) and (all(held) if self._plan.conditions_all else any(held))


def _totals(plan: Plan, projection: ProjectionPlan) -> dict[str, int]:
    """Return the sizes of the scratch arrays of a projection."""
    pre, post = plan.populations[projection.pre].npad, plan.populations[projection.post].npad
    return {"subtotal": post, "total": max(pre, post)}


_NO_SPIKES = np.zeros(0, np.int32)
_NO_SPIKES.flags.writeable = False


def _engine_library() -> MathLibrary:
    from .. import _mathlib

    library: MathLibrary = _mathlib
    return library


def _precision(plan: Plan) -> str:
    return "single" if any(p.last.dtype == np.int32 for p in plan.populations) else "double"


def _source_spikes(population: PopulationPlan, k: int) -> NDArray[np.int32]:
    """Return the ranks given for step k and move the position past them."""
    source = population.source
    if source is None:
        return _NO_SPIKES
    begin = int(source.position[0])
    first, last = begin + np.searchsorted(source.steps[begin:], [k, k + 1])
    source.position[0] = last
    return source.ranks[first:last].astype(np.int32) if population.enabled else _NO_SPIKES


def _push(population: PopulationPlan, k: int, spikes: NDArray[np.int32]) -> None:
    if population.spiking:
        slot = k % population.history.shape[0]
        population.history[slot, : spikes.size] = spikes
        population.counts[slot] = spikes.size
        population.last[spikes] = k


def _had(events: PopulationPlan | EventList, k: int) -> NDArray[np.int32]:
    """Return a copy of the ranks that spiked, or had an event, in step k."""
    slot = k % events.history.shape[0]
    ranks: NDArray[np.int32] = events.history[slot, : events.counts[slot]].copy()
    return ranks


@contextmanager
def _interrupts_held_back() -> Iterator[Callable[[], None]]:
    """Hold back Ctrl+C; yields a function that lets it through, if it was pressed."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: None
        return
    pressed = threading.Event()
    handler = before

    def deliver() -> None:
        if pressed.is_set():
            pressed.clear()
            handler(signal.SIGINT, None)

    signal.signal(signal.SIGINT, lambda *_: pressed.set())
    try:
        yield deliver
    finally:
        signal.signal(signal.SIGINT, before)
