"""What networks do with time: the clock, compiling and running."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from .context import Context
from .groups.population import Population
from .objects import Objects
from .problems import UnknownName, ValueProblem
from .progress import RunProgress
from .rng import chosen_seed
from .settings import time_step
from .simulation import Simulation
from .state.snapshots import Snapshots
from .threads import Threads

if TYPE_CHECKING:
    from .network import Network

#: What networks of other simulators call our methods.
_ELSEWHERE = {"run": "simulate", "Simulate": "simulate", "add": "create", "Create": "create", "Connect": "connect"}
_LOG = logging.getLogger("ranvier")


class Runs:
    """The methods of `Network` that set its clock and run it."""

    _context: Context
    _objects: Objects
    _simulation: Simulation
    _snapshots: Snapshots

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Say what there is in place of a name that networks do not have."""
            if name.startswith("_"):
                raise AttributeError(name)
            known = [_ELSEWHERE[name]] if name in _ELSEWHERE else [n for n in dir(type(self)) if n[0] != "_"]
            raise UnknownName("method or attribute of a network", name, known)

    # -- time ----------------------------------------------------------------------------------------

    @property
    def dt(self) -> float:
        """Time step, in ms. It can be set at step 0, before connections and monitors, which count in steps, exist."""
        return self._context.dt

    @dt.setter
    def dt(self, value: Any) -> None:
        step = time_step(value)
        if self.current_step:
            raise ValueProblem("dt can be set at step 0 only.", help="call reset() first, or make a new network")
        if len(self._objects.projections) or len(self._objects.monitors):
            message = "dt cannot be set any more: delays and periods of this network are counted in steps."
            raise ValueProblem(message, help="set it before connect() and monitor(), or as Network(dt=...)")
        self._context.set_dt(step)

    @property
    def time(self) -> float:
        """Current time, in ms."""
        return self._context.now * self._context.dt

    @property
    def current_step(self) -> int:
        """Number of steps done."""
        return self._context.now

    @property
    def seed(self) -> int:
        """Seed of all random numbers."""
        return self._context.seed

    @seed.setter
    def seed(self, value: int) -> None:
        self._context.seed = chosen_seed(value)

    @property
    def threads(self) -> int | str:
        """Number of threads, or "auto"; it can be changed between runs and changes no result."""
        wanted: int | str = self._context.threads.wanted
        return wanted

    @threads.setter
    def threads(self, value: int | str) -> None:
        self._context.threads = Threads(value)

    # -- running -------------------------------------------------------------------------------------

    def compile(self, silent: bool = False) -> None:
        """Compile all models now and take the values that `reset` goes back to; `simulate` does it otherwise.

        Parameters
        ----------
        silent : bool
            Accepted for compatibility; nothing is printed in any case.
        """
        began = time.perf_counter()
        self._simulation.prepare()
        _LOG.debug("network ready in %.3f s", time.perf_counter() - began)

    @property
    def compiled(self) -> bool:
        """Whether every object has the values that `reset` goes back to."""
        return self._snapshots.complete(self._objects)

    def simulate(
        self, duration: Any, measure_time: bool = False, progress: Callable[[RunProgress], object] | None = None
    ) -> float | None:
        """Run for some time.

        Parameters
        ----------
        duration : number
            In ms.
        measure_time : bool
            Return the seconds it took.
        progress : callable, optional
            Called about once a second, and at the end, with a `RunProgress`: what is done, and how long the rest will
            take. It may read the network, not run it; an error in it ends the run between two steps.
        """
        steps = self._simulation.steps_of(duration, "simulate")
        self.compile()
        began = time.perf_counter()
        if steps:
            self._simulation.run(steps, report=progress)
        seconds = time.perf_counter() - began
        _LOG.info("simulated %g ms in %.3f s", steps * self.dt, seconds)
        return seconds if measure_time else None

    def step(self) -> None:
        """Run one step."""
        self.compile()
        self._simulation.run(1, whole=False)

    def simulate_until(
        self, max_duration: Any, population: Population | Iterable[Population], operator: str = "and"
    ) -> float:
        """Run until the stop conditions of populations hold, at most for some time; return the time it took, in ms.

        Parameters
        ----------
        max_duration : number
            In ms.
        population : Population or list of Population
            Created with a stop condition.
        operator : {"and", "or"}
            Stop when all of them hold, or any.
        """
        if operator not in ("and", "or"):
            raise ValueProblem(f"operator must be 'and' or 'or', not {operator!r}.")
        chosen = [population] if isinstance(population, Population) else list(population)
        steps = self._simulation.steps_of(max_duration, "simulate_until")
        self.compile()
        stops = self._simulation.stops_of(chosen)
        began = self._context.now
        if steps:
            self._simulation.run(steps, stops, operator == "and")
        return (self._context.now - began) * self.dt

    def parallel_run(
        self,
        method: Callable[..., Any],
        number: int,
        max_processes: int = -1,
        seeds: Sequence[int] | str | None = None,
        measure_time: bool = False,
        **options: Any,
    ) -> list[Any]:
        """Call ``method(net, ...)`` for copies of this network, each in a process of its own, and return the results.

        A subclass that builds in ``__init__`` is made anew for every run, with the seed of the run, so that its
        connections are drawn anew, too. Any other network is copied as it is now, and goes on with the seed of the run.

        Parameters
        ----------
        method : callable
            Its result must be picklable. An error in it ends all runs and is raised here.
        number : int
            Number of runs.
        max_processes : int
            Processes at a time; the number of available cores by default.
        seeds : list of int, "same" or "sequential"
            Drawn from the system by default; ``"sequential"`` counts from the seed of this network on.
        measure_time : bool
            Log the time it took.
        **options
            Arguments of the class of the network, or of `method`; a list has one value for each run.
        """
        from .parallel import parallel_run

        self._simulation.not_running()
        began = time.perf_counter()
        results = parallel_run(cast("Network", self), method, number, max_processes, seeds, options)
        level = logging.INFO if measure_time else logging.DEBUG
        _LOG.log(level, "%d runs in %.3f s", number, time.perf_counter() - began)
        return results
