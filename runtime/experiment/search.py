"""Searches for the minimum of a loss over the unit cube, by packages that do nothing else.

Every search is a function of the seed: global random numbers that a package uses are set and put back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import UnknownName, not_available
from .extras import optional

Array = NDArray[np.float64]
#: Losses of candidates: an array of shape (candidates, variables), in [0, 1], to one of shape (candidates,).
Losses = Callable[[Array], Array]
#: Relative widths of the distribution of deap's candidates below which a search has converged.
CONVERGED = 1e-5


@dataclass(slots=True)
class Found:
    """The best candidate, its loss, and what else a search tells."""

    best: Array
    loss: float
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """What to search: the number of variables, how many candidates at once, how often, and options of the package."""

    losses: Losses
    variables: int
    candidates: int
    rounds: int
    seed: int
    options: Mapping[str, Any]
    space: Any = None
    names: tuple[str, ...] = ()


def candidates_of(method: str, variables: int, options: Mapping[str, Any], wanted: int | None) -> int:
    """Return how many candidates a method evaluates at once.

    Parameters
    ----------
    method : str
    variables : int
    options : dict
        Of the package; ``lambda_`` and ``popsize`` are numbers of candidates.
    wanted : int, optional
    """
    if method not in METHODS:
        raise UnknownName("method of OptNeuron", method, METHODS)
    if method in ("hyperopt", "bads"):
        return 1
    given = wanted or options.get("lambda_") or options.get("popsize")
    return int(given) if given else 4 + int(3 * math.log(variables))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Let numpy's global random numbers begin at a seed, and go on afterwards where they were."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def _deap(task: Task) -> Found:
    """CMA-ES of deap; `rounds` are generations."""
    base, cma = optional("deap.base", "opt", "method='deap'"), optional("deap.cma", "opt", "method='deap'")

    class Loss(base.Fitness):  # type: ignore[misc, name-defined]
        weights = (-1.0,)

    class Candidate(list):  # type: ignore[type-arg]
        def __init__(self, values: Any) -> None:
            super().__init__(values)
            self.fitness = Loss()

    options = {**task.options, "lambda_": task.candidates}
    found, log = Found(np.full(task.variables, 0.5), math.inf), []
    with _seeded(task.seed):
        strategy = cma.Strategy(centroid=[0.5] * task.variables, sigma=0.25, **options)
        for generation in range(task.rounds):
            population = strategy.generate(Candidate)
            for candidate in population:
                candidate[:] = np.clip(candidate, 0.0, 1.0).tolist()
            losses = task.losses(np.array(population, float))
            for candidate, loss in zip(population, losses, strict=True):
                candidate.fitness.values = (float(loss),)
            _keep_best(found, np.array(population, float), losses)
            strategy.update(population)
            log.append({"gen": generation, "min": float(losses.min()), "avg": float(losses.mean()),
                        "max": float(losses.max())})  # fmt: skip
            if np.min(strategy.diagD) < CONVERGED:
                break
    found.more["logbook"] = log
    return found


def _cma(task: Task) -> Found:
    """CMA-ES of the package cma; `rounds` are generations."""
    cma = optional("cma", "opt", "method='cma'")
    options = {"bounds": [0.0, 1.0], "verbose": -9, **task.options, "popsize": task.candidates, "seed": math.nan}
    found, log = Found(np.full(task.variables, 0.5), math.inf), []
    with _seeded(task.seed):
        # the package needs two variables: a lone one gets a companion without effect
        strategy = cma.CMAEvolutionStrategy([0.5] * max(2, task.variables), 0.25, options)
        for generation in range(task.rounds):
            if strategy.stop():
                break
            asked = strategy.ask()
            population = np.array(asked, float)[:, : task.variables]
            losses = task.losses(population)
            strategy.tell(asked, losses.tolist())
            _keep_best(found, population, losses)
            log.append({"gen": generation, "min": float(losses.min()), "avg": float(losses.mean()),
                        "max": float(losses.max())})  # fmt: skip
    found.more["logbook"] = log
    return found


def _hyperopt(task: Task) -> Found:
    """Tree of Parzen estimators of hyperopt; `rounds` are evaluations."""
    hyperopt = optional("hyperopt", "opt", "method='hyperopt'")
    found = Found(np.full(task.variables, 0.5), math.inf)
    space = task.space or [hyperopt.hp.uniform(name, 0.0, 1.0) for name in task.names]

    def loss(values: Any) -> dict[str, Any]:
        candidate = np.array([values], float)
        losses = task.losses(candidate)
        _keep_best(found, candidate, losses)
        return {"status": hyperopt.STATUS_OK, "loss": float(losses[0])}

    hyperopt.fmin(loss, space, hyperopt.tpe.suggest, task.rounds, rstate=np.random.default_rng(task.seed),
                  show_progressbar=False, verbose=False, **task.options)  # fmt: skip
    return found


def _optuna(task: Task) -> Found:
    """Tree of Parzen estimators of optuna; `rounds` are evaluations, `candidates` at once."""
    optuna = optional("optuna", "opt", "method='optuna'")
    found = Found(np.full(task.variables, 0.5), math.inf)
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        sampler = optuna.samplers.TPESampler(seed=task.seed % 2**32, **task.options)
        study = optuna.create_study(sampler=sampler)
        for _ in range(-(-task.rounds // task.candidates)):
            trials = [study.ask() for _ in range(task.candidates)]
            rows = [[trial.suggest_float(name, 0.0, 1.0) for name in task.names] for trial in trials]
            losses = task.losses(np.array(rows, float))
            for trial, loss in zip(trials, losses, strict=True):
                study.tell(trial, float(loss))
            _keep_best(found, np.array(rows, float), losses)
    finally:
        optuna.logging.set_verbosity(level)
    return found


def _bads(task: Task) -> Found:
    """Bayesian adaptive direct search of pybads; `rounds` are evaluations."""
    pybads = optional("pybads", "", "method='bads'")
    found = Found(np.full(task.variables, 0.5), math.inf)

    def loss(values: Any) -> float:
        candidate = np.asarray(values, float).reshape(1, -1)
        losses = task.losses(candidate)
        _keep_best(found, candidate, losses)
        return float(losses[0])

    zero, one = np.zeros(task.variables), np.ones(task.variables)
    options = {"display": "off", "random_seed": task.seed % 2**32, "max_fun_evals": task.rounds, **task.options}
    with _seeded(task.seed):
        pybads.BADS(loss, 0.5 * one, zero, one, zero + 0.05, one - 0.05, options=options).optimize()
    return found


def _sbi(task: Task) -> Found:
    not_available("method='sbi'", f"choose one of {', '.join(name for name in METHODS if name != 'sbi')}")


def _keep_best(found: Found, candidates: Array, losses: Array) -> None:
    best = int(np.argmin(losses))
    if losses[best] < found.loss:
        found.best, found.loss = candidates[best].copy(), float(losses[best])


METHODS: dict[str, Callable[[Task], Found]] = {
    "deap": _deap, "cma": _cma, "hyperopt": _hyperopt, "optuna": _optuna, "bads": _bads, "sbi": _sbi,
}  # fmt: skip


def search(method: str, task: Task) -> Found:
    """Search with a method: "deap", "cma", "hyperopt", "optuna", "bads"."""
    return METHODS[method](task)
