"""`OptNeuron`: fits the parameters of a neuron model to data or to another neuron."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.compiler import RanvierWarning

from ..definitions.as_model import as_model
from ..definitions.types import Neuron
from ..groups.population import Population
from ..live import using
from ..network import Network
from ..problems import ValueProblem
from .candidates import Array, Bounds, of_one_neuron
from .experiment import CompNeuroExp, ExperimentResults
from .extras import optional
from .monitors import CompNeuroMonitors
from .search import Task, candidates_of, search

_LOG = logging.getLogger("ranvier")
POPULATION, TARGET = "model_neuron", "target_model_neuron"
#: Stands for the loss of a candidate whose loss is no number, where all of them are like that.
WORST = 1e30


class OptNeuron:
    """Search for parameters of a neuron model with which an experiment gives the wanted results.

    All candidates of a generation are the neurons of one population, run at once by one kernel: nothing is compiled
    for a candidate.

    Parameters
    ----------
    experiment : class
        A `CompNeuroExp` whose ``run(population_name)`` begins with ``self.reset(parameters=False)``, records with
        ``self.monitors`` and works for any number of neurons. ``self.net`` is its network.
    get_loss_function : callable
        ``get_loss(results_ist, results_soll)`` -> number or list of numbers, which are added. `results_ist` has one
        neuron, of rank 0. A loss that is no finite number counts as the worst of its generation.
    variables_bounds : dict
        Name -> ``[lower, upper]`` (searched), a number (fixed) or an expression of other names (``"x + dxy"``).
    neuron_model : Neuron
        Its parameters must be local: one value per neuron.
    results_soll : any, optional
        The wanted results; or
    target_neuron_model : Neuron, optional
        the neuron whose results are wanted.
    time_step : float, ms
    recording_period : float, ms, optional
    compile_folder_name : str
        Accepted for compatibility: compiled models are found by their content.
    num_rep_loss : int
        For models with noise: the mean loss of so many runs, each with other random numbers.
    method : {"deap", "cma", "hyperopt", "optuna", "bads"}
        Packages of the extra ``ranvier[opt]`` ("bads": pybads).
    fv_space : list, optional
        Search space for hyperopt, in the units of the parameters.
    record : list of str
        What is recorded of the neuron.
    cma_params_dict, bads_params_dict : dict, optional
        Options of the package; ``lambda_`` (deap) and ``popsize`` (cma) are numbers of candidates.
    popsize : int, optional
        How many candidates are run at once ("deap", "cma", "optuna").
    seed : int, optional
        Of the search and of the network.
    verbose : bool
        Log every generation (logger "ranvier", level INFO).
    """

    def __init__(
        self,
        experiment: type[CompNeuroExp],
        get_loss_function: Callable[[Any, Any], Any],
        variables_bounds: Mapping[str, Any],
        neuron_model: Neuron,
        results_soll: Any = None,
        target_neuron_model: Neuron | None = None,
        time_step: float = 1.0,
        recording_period: float | None = None,
        compile_folder_name: str = "annarchy_OptNeuron",
        num_rep_loss: int = 1,
        method: str = "deap",
        fv_space: list[Any] | None = None,
        record: Sequence[str] = (),
        cma_params_dict: Mapping[str, Any] | None = None,
        bads_params_dict: Mapping[str, Any] | None = None,
        popsize: int | None = None,
        seed: int | None = None,
        verbose: bool = False,
    ) -> None:
        neuron_model = as_model(Neuron, neuron_model)
        if target_neuron_model is not None:
            target_neuron_model = as_model(Neuron, target_neuron_model)
        if (results_soll is None) == (target_neuron_model is None):
            raise ValueProblem("OptNeuron needs either results_soll or target_neuron_model.")
        if num_rep_loss < 1:
            raise ValueProblem(f"num_rep_loss must be at least 1, not {num_rep_loss}.")
        self.bounds = Bounds.of(variables_bounds)
        self.method = method
        self.verbose = verbose
        self.compile_folder_name = compile_folder_name
        self.num_rep_loss = num_rep_loss
        self.fv_space = fv_space
        self._options = dict((bads_params_dict if method == "bads" else cma_params_dict) or {})
        self.popsize = candidates_of(method, len(self.bounds.names), self._options, popsize)
        for name in ("lambda_", "popsize"):
            self._options.pop(name, None)
        self._get_loss = get_loss_function
        self._record, self._period = list(record), recording_period
        self.net = Network(dt=time_step, seed=seed, nan_check=False)
        self._seed = self.net.seed
        self._pop = self.net.create(self.popsize, neuron_model, name=POPULATION)
        self._check_names(self._pop)
        self.pop = POPULATION
        self.results_soll = results_soll
        if target_neuron_model is not None:
            net = Network(dt=time_step, seed=self._seed, nan_check=False)
            net.create(1, target_neuron_model, name=TARGET)
            self.results_soll = self._run(self._made(experiment, net, TARGET), TARGET)
        self.experiment = self._made(experiment, self.net, POPULATION)
        self._losses(np.full((self.popsize, len(self.bounds.names)), 0.5))  # errors of the experiment show now

    # -- one evaluation ------------------------------------------------------------------------------

    def _made(self, experiment: type[CompNeuroExp], net: Network, name: str) -> CompNeuroExp:
        net.compile()
        key = name if self._period is None else f"{name};{self._period}"
        made = experiment(monitors=CompNeuroMonitors({key: self._record}, net=net) if self._record else None)
        made._net = net
        return made

    def _check_names(self, population: Population) -> None:
        for name in (*self.bounds.names, *self.bounds.fixed, *self.bounds.derived):
            if name not in population.attributes:
                message = f"OptNeuron: the neuron has no '{name}'; it is used in expressions only."
                warnings.warn(message, RanvierWarning, stacklevel=4)
            elif population._table[name].shared:
                raise ValueProblem(
                    f"OptNeuron: '{name}' has one value for the whole population; candidates need one each.",
                    help=f"remove ': population' from '{name}', in a dict use rv.Parameter(value, locality='local')",
                )

    def _run(self, experiment: CompNeuroExp, name: str) -> ExperimentResults:
        with using(experiment.net):
            return experiment.run(name)

    def _evaluated(self, candidates: Array, repetition: int) -> tuple[list[Array], ExperimentResults]:
        """Return the losses of each candidate, and the results of all of them together."""
        count = len(candidates)
        padded = np.concatenate([candidates, np.repeat(candidates[-1:], self.popsize - count, axis=0)])
        values = self.bounds.values(padded)
        self.net.seed = self._seed + repetition
        self._pop.set({name: v for name, v in values.items() if name in self._pop.attributes})
        results = self._run(self.experiment, POPULATION)
        single = (of_one_neuron(results, POPULATION, rank) for rank in range(count))
        return [np.atleast_1d(np.asarray(self._get_loss(one, self.results_soll), float)) for one in single], results

    def _losses(self, candidates: Array) -> Array:
        runs = [self._evaluated(candidates, k)[0] for k in range(self.num_rep_loss)]
        mean: Array = np.mean([[loss.sum() for loss in run] for run in runs], axis=0)
        good = np.isfinite(mean)
        worst = mean[good].max() + abs(mean[good].max()) + 1.0 if good.any() else WORST
        losses: Array = np.where(good, mean, worst)
        if self.verbose:
            _LOG.info("OptNeuron: best of %d candidates %g", len(losses), losses.min())
        return losses

    # -- the search ----------------------------------------------------------------------------------

    def run(
        self,
        max_evals: int,
        results_file_name: str | Path | None = "opt_neuron_results/best",
        deap_plot_file: str | Path | None = "opt_neuron_plots/logbook.png",
        verbose: bool = False,
    ) -> dict[str, Any]:
        """Search, and return the best parameters.

        Parameters
        ----------
        max_evals : int
            Generations ("deap", "cma") or evaluations of single candidates (all others).
        results_file_name : path, optional
            The parameters and the loss are written there as ``.json``; None: nowhere.
        deap_plot_file : path, optional
            Figure of the losses of the generations ("deap", "cma"); None: no figure.
        verbose : bool
            Log every generation.

        Returns
        -------
        dict
            Name -> value for all names of `variables_bounds`; ``loss``, ``all_loss`` (its parts), ``std`` (between
            repetitions, None for one), ``results`` (of the best candidate), ``results_soll``; ``logbook`` ("deap",
            "cma": a dict per generation).
        """
        if max_evals < 1:
            raise ValueProblem(f"max_evals must be at least 1, not {max_evals}.")
        self.verbose = self.verbose or verbose
        draws = deap_plot_file is not None and self.method in ("deap", "cma")
        pyplot = optional("matplotlib.pyplot", "plot", "deap_plot_file") if draws else None
        names = self.bounds.names
        own_units = self.method == "hyperopt" and self.fv_space is not None
        losses = (lambda c: self._losses(self.bounds.scaled(c))) if own_units else self._losses
        space = self.fv_space if own_units else None
        task = Task(losses, len(names), self.popsize, max_evals, self._seed, self._options, space, names)
        found = search(self.method, task)
        best = self._best(self.bounds.scaled(found.best) if own_units else found.best)
        best |= found.more
        if pyplot is not None:
            _draw_logbook(pyplot, found.more["logbook"], Path(str(deap_plot_file)))
        if results_file_name is not None:
            path = Path(f"{results_file_name}.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            told = {name: best[name] for name in (*self.bounds.names, *self.bounds.fixed, *self.bounds.derived, "loss")}
            path.write_text(json.dumps(told, indent=4) + "\n", encoding="utf-8")
        self.results = best
        return best

    def _best(self, candidate: Array) -> dict[str, Any]:
        """Run the best candidate once more, and return what is known of it."""
        runs = [self._evaluated(candidate[None], k) for k in range(self.num_rep_loss)]
        parts = np.array([losses[0] for losses, _ in runs])
        values = self.bounds.values(candidate[None])
        found: dict[str, Any] = {name: float(value[0]) for name, value in values.items()}
        found["loss"] = float(parts.sum(axis=1).mean())
        found["all_loss"] = parts.mean(axis=0).tolist()
        found["std"] = float(parts.sum(axis=1).std()) if self.num_rep_loss > 1 else None
        found["results"] = of_one_neuron(runs[-1][1], POPULATION, 0)
        found["results_soll"] = self.results_soll
        return found


def _draw_logbook(pyplot: Any, log: Sequence[Mapping[str, float]], path: Path) -> None:
    figure, ax = pyplot.subplots(figsize=(7.0, 3.6), layout="constrained")
    for name in ("min", "avg", "max"):
        ax.plot([entry["gen"] for entry in log], [entry[name] for entry in log], label=name)
    if all(entry["min"] > 0 for entry in log):
        ax.set_yscale("log")
    ax.set(xlabel="generation", ylabel="loss")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
