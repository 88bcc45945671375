"""`OptNeuron`: known optima are found, by every package; a generation is one run of one kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import CompNeuroExp, CompNeuroSim, Izhikevich2007, OptNeuron, current_step, rmse
from ranvier.runtime.experiment.candidates import Bounds

LINEAR = rv.Neuron("I_app = 0.0\na = 0.0\nb = 0.0", "r = a*I_app + b", name="linear")


class TwoSteps(CompNeuroExp):
    """Two recordings of a current that changes in the middle, as in the original's example."""

    def run(self, population_name: str) -> Any:
        self.reset(parameters=False)
        self.monitors.start()
        sim = CompNeuroSim(
            current_step,
            {"pop": population_name, "t1": 5, "t2": 5, "a1": 0, "a2": 5},
            kwargs_warning=False,
            monitor_object=self.monitors,
        )
        sim.run()
        self.reset(parameters=False)
        sim.run({"a2": 10})
        self.data["sim"] = sim.simulation_info()
        self.data["population_name"] = population_name
        return self.results()


def get_loss(ist: Any, soll: Any) -> list[float]:
    name = ist.data["population_name"]
    return [rmse(soll[k], ist.recordings[k][f"{name};r"][:, 0]) for k in (0, 1)]


#: r = 2 without current, 6 and 10 with 5 and 10: a = 0.8, b = 2 exactly.
WANTED = np.array([[2.0] * 5 + [6.0] * 5, [2.0] * 5 + [10.0] * 5])


def optimizer(**options: Any) -> OptNeuron:
    arguments = {"variables_bounds": {"a": [-50, 100], "b": [-50, 150]}, "results_soll": WANTED, "record": ["r"],
                 "seed": 1, **options}  # fmt: skip
    return OptNeuron(TwoSteps, get_loss, neuron_model=LINEAR, **arguments)


@pytest.mark.parametrize("method", ["deap", "cma"])
def test_a_line_is_found(method: str, tmp_path: Path) -> None:
    pytest.importorskip(method)
    opt = optimizer(method=method)
    compiled = rv.cache.stats()["compiled"]
    fit = opt.run(80, results_file_name=tmp_path / "new" / "best", deap_plot_file=tmp_path / "plots" / "log.png")
    assert rv.cache.stats()["compiled"] == compiled, "nothing is compiled for a candidate"
    assert (fit["a"], fit["b"]) == pytest.approx((0.8, 2.0), abs=0.01)
    assert fit["loss"] == pytest.approx(sum(fit["all_loss"]))
    assert fit["loss"] < 0.05
    assert fit["std"] is None
    assert fit["results"].recordings[1]["model_neuron;r"].shape == (10, 1)
    assert fit["results_soll"] is WANTED
    assert json.loads((tmp_path / "new" / "best.json").read_text())["a"] == fit["a"]
    assert (tmp_path / "plots" / "log.png").stat().st_size > 5000
    losses = [entry["min"] for entry in fit["logbook"]]
    assert losses[-1] < losses[0]
    again = optimizer(method=method).run(80, None, None)
    assert (again["a"], again["b"]) == (fit["a"], fit["b"]), "a function of the seed"
    assert optimizer(method=method, seed=2).run(3, None, None)["a"] != optimizer(method=method).run(3, None, None)["a"]


@pytest.mark.parametrize("method", ["hyperopt", "optuna", "pybads"])
def test_other_packages(method: str) -> None:
    """40 evaluations of a tree of Parzen estimators: better than the best of the first ten, and reproducible."""
    pytest.importorskip(method)
    options = {"method": method.removeprefix("py"), "variables_bounds": {"a": [0, 2], "b": [0, 4]}}
    fits = [optimizer(**options).run(n, None) for n in (8, 40, 40)]
    assert fits[1]["loss"] <= fits[0]["loss"]
    assert fits[1]["loss"] < 2.0
    assert fits[1]["a"] == fits[2]["a"]
    assert 0 <= fits[1]["a"] <= 2


def test_a_space_of_hyperopt() -> None:
    hyperopt = pytest.importorskip("hyperopt")
    space = [hyperopt.hp.uniform("a", 0.7, 0.9), hyperopt.hp.uniform("b", 1.9, 2.1)]
    fit = optimizer(method="hyperopt", fv_space=space).run(10, None)
    assert 0.7 <= fit["a"] <= 0.9
    assert 1.9 <= fit["b"] <= 2.1


def test_constants_and_expressions() -> None:
    pytest.importorskip("cma")
    with pytest.warns(rv.RanvierWarning, match="the neuron has no 'half'; it is used in expressions only"):
        opt = optimizer(method="cma", variables_bounds={"a": "2*half", "half": [0, 1], "b": 2.0})
    fit = opt.run(30, None, None)
    assert fit["half"] == pytest.approx(0.4, abs=0.01)
    assert fit["a"] == 2 * fit["half"]
    assert fit["b"] == 2.0


class Step(CompNeuroExp):
    def run(self, population_name: str) -> Any:
        self.reset(parameters=False)
        self.monitors.start()
        self.net.get_population(population_name).I_app = 200.0
        self.net.simulate(150.0)
        self.data["pop"] = population_name
        return self.results()


def spike_loss(ist: Any, soll: Any) -> float:
    spikes = [r.recordings[0][f"{r.data['pop']};spike"][0] for r in (ist, soll)]
    shared = min(map(len, spikes))
    return abs(len(spikes[0]) - len(spikes[1])) * 50 + float(np.abs(np.subtract(*[s[:shared] for s in spikes])).sum())


def test_a_neuron_is_fitted_to_another_one() -> None:
    """The target has d = 60: the spike times at a step of current are matched to within a few steps."""
    pytest.importorskip("deap")
    opt = OptNeuron(
        Step, spike_loss, {"d": [20, 150]}, Izhikevich2007(), target_neuron_model=Izhikevich2007(d=60.0),
        time_step=0.1, recording_period=1.0, record=["v", "spike"], method="deap", popsize=12, seed=3,
    )  # fmt: skip
    assert opt.popsize == 12
    assert len(opt.results_soll.recordings[0]["target_model_neuron;spike"][0]) > 3
    fit = opt.run(15, None, None)
    assert fit["d"] == pytest.approx(60.0, abs=1.0)
    assert fit["results"].recordings[0]["model_neuron;v"].shape == (150, 1)


NOISE = rv.Neuron("mu = 0.0", "r = mu + randn()", name="noise")


class Noisy(CompNeuroExp):
    def run(self, population_name: str) -> Any:
        self.reset(parameters=False)
        self.monitors.start()
        self.net.simulate(20.0)
        return self.results()


def test_noise_is_averaged_and_differs_between_repetitions() -> None:
    pytest.importorskip("cma")

    def loss(ist: Any, soll: Any) -> float:
        return float(np.mean((ist.recordings[0]["model_neuron;r"] - soll) ** 2))

    opt = OptNeuron(Noisy, loss, {"mu": [-5, 5]}, NOISE, 3.0, method="cma", record=["r"], num_rep_loss=4, seed=1)
    fit = opt.run(20, None, None)
    assert fit["mu"] == pytest.approx(3.0, abs=0.5)
    assert fit["std"] > 0.0
    assert fit["loss"] == pytest.approx(1.0, abs=0.5), "the variance of the noise remains"


def test_candidates_without_a_finite_loss_lose() -> None:
    pytest.importorskip("deap")

    def loss(ist: Any, soll: Any) -> float:
        value = float(ist.recordings[0]["model_neuron;r"][0, 0])
        return np.nan if value < 0 else (value - soll) ** 2

    opt = OptNeuron(TwoSteps, loss, {"b": [-10, 10]}, LINEAR, 4.0, record=["r"], seed=1)
    fit = opt.run(40, None, None)
    assert fit["b"] == pytest.approx(4.0, abs=0.1)


def test_mistakes() -> None:
    shared = rv.Neuron("b = 0.0 : population\na = 0.0\nI_app = 0.0", "r = b + a*I_app")
    for options, text in (
        ({"method": "annealing"}, "'annealing' is no method of OptNeuron."),
        ({"method": "sbi"}, "method='sbi' is not available yet."),
        ({"results_soll": None}, "needs either results_soll or target_neuron_model"),
        ({"target_neuron_model": LINEAR}, "needs either results_soll or target_neuron_model"),
        ({"variables_bounds": {"a": 1.0}}, "nothing is to be searched"),
        ({"variables_bounds": {"a": [1.0, 1.0]}}, "'a' needs two different finite numbers"),
        ({"variables_bounds": {"a": [0, 1], "b": "c"}}, "'c' is no name that variables_bounds define, in 'b': 'c'"),
        ({"variables_bounds": {"a": [0, 1], "b": "I_app", "I_app": "b"}}, "'b', 'I_app' are defined by one another"),
        ({"num_rep_loss": 0}, "num_rep_loss must be at least 1"),
    ):
        with pytest.raises(rv.RanvierError) as error:
            optimizer(**options).run(1, None, None)
        assert text in str(error.value)
    with pytest.raises(rv.RanvierError, match="'b' has one value for the whole population"):
        OptNeuron(TwoSteps, get_loss, {"b": [0, 1]}, shared, WANTED, record=["r"])
    with pytest.raises(rv.RanvierError, match="max_evals must be at least 1"):
        optimizer(method="deap").run(0)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "cma", None)
    with pytest.raises(rv.RanvierError) as error:
        optimizer(method="cma").run(1, None, None)
    assert "method='cma' needs the package cma." in str(error.value)
    assert 'pip install "ranvier[opt]"' in str(error.value)


def test_order_of_expressions() -> None:
    bounds = Bounds.of({"x": [0, 2], "z": "y + 1", "y": "2*x", "k": 3})
    assert bounds.names == ("x",)
    values = bounds.values(np.array([[0.0], [0.5]]))
    assert {n: v.tolist() for n, v in values.items()} == {"x": [0, 1], "k": [3, 3], "y": [0, 2], "z": [1, 3]}
    assert bounds.scaled(np.array([1.0])) == pytest.approx([0.5])
