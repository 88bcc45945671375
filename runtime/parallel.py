"""`Network.parallel_run`: one function, many copies of a network, each in a process of its own.

Processes are forked, one per run, so the function and the network need no pickling; what the function returns does.
All copies use the kernels of the cache: models are compiled once, before the first process starts.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from .building import arguments_of, builds
from .problems import RuntimeProblem, ValueProblem
from .rng import system_seed
from .threads import THREADS, available_cores

if TYPE_CHECKING:
    from .network import Network


@dataclass(frozen=True, slots=True)
class Job:
    """One run: the arguments of the network's class (None: a copy of the parent's network) and of the function."""

    seed: int
    made_with: Mapping[str, Any] | None
    arguments: Mapping[str, Any]


def parallel_run(
    net: Network,
    method: Callable[..., Any],
    number: int,
    max_processes: int,
    seeds: Sequence[int] | str | None,
    options: Mapping[str, Any],
) -> list[Any]:
    """Run ``method(net, ...)`` for copies of a network; see `Network.parallel_run`."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueProblem(f"parallel_run: number must be a positive integer, not {number!r}.")
    if not callable(method):
        raise ValueProblem(f"parallel_run: method must be a function of a network, not {method!r}.")
    if "fork" not in multiprocessing.get_all_start_methods():
        raise RuntimeProblem("parallel_run needs processes that can be forked, which this system does not have.")
    jobs = _jobs(net, number, _seeds(net, number, seeds), options)
    net.compile()
    return _each(net, method, jobs, min(number, max_processes if max_processes > 0 else available_cores()))


def _seeds(net: Network, number: int, seeds: Sequence[int] | str | None) -> list[int]:
    if seeds is None:
        return [system_seed() for _ in range(number)]
    if seeds == "same":
        return [net.seed] * number
    if seeds == "sequential":
        return [net.seed + k + 1 for k in range(number)]
    if isinstance(seeds, str) or len(seeds) != number:
        raise ValueProblem(
            f"parallel_run: seeds for {number} runs, not {seeds!r}.",
            f"'same', 'sequential', or a list of {number} integers",
        )
    return [int(seed) for seed in seeds]


def _jobs(net: Network, number: int, seeds: Sequence[int], options: Mapping[str, Any]) -> list[Job]:
    """Divide arguments among the runs: a list has one value for each, anything else is for all."""
    for name, value in options.items():
        if isinstance(value, list) and len(value) != number:
            raise ValueProblem(f"parallel_run: {len(value)} values of '{name}' for {number} runs.")
    made_with = arguments_of(net) if builds(type(net)) else None
    jobs = []
    for k, seed in enumerate(seeds):
        mine = {name: value[k] if isinstance(value, list) else value for name, value in options.items()}
        own = {} if made_with is None else {name: mine.pop(name) for name in list(mine) if name in made_with}
        jobs.append(Job(seed, None if made_with is None else {**made_with, **own, "seed": seed}, mine))
    return jobs


def _each(net: Network, method: Callable[..., Any], jobs: Sequence[Job], processes: int) -> list[Any]:
    """Run every job in a process of its own, so many at a time, and return what the function returned."""
    context = multiprocessing.get_context("fork")
    cores = str(max(1, available_cores() // processes))
    results: dict[int, Any] = {}
    running: dict[Any, tuple[int, Any]] = {}
    waiting = list(range(len(jobs)))[::-1]
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                k = waiting.pop()
                mine, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(theirs, net, method, jobs[k], cores))
                process.start()
                theirs.close()
                running[mine] = k, process
            for pipe in wait(list(running)):
                k, process = running.pop(pipe)
                results[k] = _result(pipe, k, jobs[k], process)
    finally:
        for _, process in running.values():
            process.terminate()
    return [results[k] for k in range(len(jobs))]


def _work(pipe: Connection, net: Network, method: Callable[..., Any], job: Job, cores: str) -> None:
    """Do one job, in a process of its own."""
    os.environ[THREADS] = cores
    try:
        if job.made_with is None:
            net.seed = job.seed
        else:
            net = type(net)(**job.made_with)
        answer: tuple[bool, Any] = True, method(net, **job.arguments)
    except Exception as error:
        answer = False, (_picklable(error), traceback.format_exc())
    try:
        pipe.send(answer)
    except Exception as error:
        pipe.send((False, (RuntimeProblem(f"the result cannot be sent to the parent process: {error}"), "")))


def _picklable(error: Exception) -> Exception:
    """Return an error that reaches the parent process: itself, or one with its text."""
    try:
        reduction.ForkingPickler.loads(reduction.ForkingPickler.dumps(error))
    except Exception:
        return RuntimeProblem(f"{type(error).__name__}: {error}")
    return error


def _result(pipe: Any, k: int, job: Job, process: Any) -> Any:
    """Return what a job returned, or raise what it raised."""
    where = f"run {k} of parallel_run (seed {job.seed})"
    try:
        good, answer = pipe.recv()
    except EOFError:
        process.join()
        raise RuntimeProblem(f"{where}: its process ended early, with code {process.exitcode}.") from None
    process.join()
    if good:
        return answer
    error, text = answer
    raise error from RuntimeProblem(f"{where}:\n{text}")
