"""`CompNeuroExp`: what reset resets, what results returns, and that a run can be repeated."""

from __future__ import annotations

import gc
import itertools
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import CompNeuroExp, CompNeuroMonitors
from ranvier.runtime.live import make_current

#: Every attribute of the network that learns: compartment -> name -> role. Weights are a role of their own.
ROLES = {
    "pop": {"tau": "parameter", "I": "parameter", "refractory": "parameter", "v": "variable"},
    "other": {"tau": "parameter", "I": "parameter", "refractory": "parameter", "v": "variable"},
    "proj": {"rate": "parameter", "limit": "parameter", "trace": "variable", "w": "weight"},
    "static": {"w": "weight"},
}
KIND = {"pop": "populations", "other": "populations", "proj": "projections", "static": "projections"}


def values(built: Any) -> dict[tuple[str, str], np.ndarray]:
    """Every attribute of the table above."""
    objects = {o.name: o for o in (*built.net.get_populations(), *built.net.get_projections())}
    return {(c, n): np.array(objects[c].get(n)) for c, names in ROLES.items() for n in names}


def disturb(built: Any, shift: float) -> None:
    """Change every parameter, and let the network live and learn."""
    built.pop.tau = 11.0 + shift
    built.pop.I = 13.0 + shift
    built.other.tau = 9.0 + shift
    built.proj.rate = 0.25 + shift
    built.proj.limit = 7.0 + shift
    built.static.w = 0.5 + shift
    built.net.simulate(60.0)


def rule(key: tuple[str, str], flags: dict[str, bool], stored: bool) -> str:
    """Where the value of an attribute comes from after a reset: "compile", "stored" or "present"."""
    compartment, name = key
    role = ROLES[compartment][name]
    if not flags["model"]:
        return "present"
    if stored and flags["model_state"] and compartment in ("pop", "proj"):
        if role != "parameter" or flags["parameters"]:
            return "stored"
    if role == "weight":
        return "compile" if flags["synapses"] else "present"
    if role == "parameter" and not flags["parameters"]:
        return "present"
    kind = KIND[compartment]
    if flags[kind] or (kind == "projections" and flags["synapses"]):
        return "compile"
    return "present"


NAMES = ("model", "model_state", "parameters", "populations", "projections", "synapses")


@pytest.mark.parametrize("with_monitors", [False, True])
def test_every_combination_of_arguments(learning: Any, with_monitors: bool) -> None:
    """All 64 combinations, with and without a stored state of two of four compartments, after learning."""
    built = learning()
    built.net.simulate(1.0)
    mon = CompNeuroMonitors({"pop": ["v"], "other;1": ["spike"]}, net=built.net) if with_monitors else None
    experiment = CompNeuroExp(mon, net=built.net)
    experiment.reset(synapses=True, projections=True)
    compiled = values(built)
    disturb(built, 0.0)
    state = values(built)
    before = rv.cache.stats()["compiled"]
    for has_state, *chosen in itertools.product((False, True), *[(False, True)] * len(NAMES)):
        flags = dict(zip(NAMES, chosen, strict=True))
        experiment.reset_model_state()
        if has_state:
            # the state to be stored is that of a moment that differs from compile and from the present
            for (c, n), value in state.items():
                next(o for o in (built.pop, built.other, built.proj, built.static) if o.name == c).set({n: value})
            experiment.store_model_state(["pop", "proj"])
        disturb(built, 0.5)
        present, clock = values(built), built.net.current_step
        if flags["synapses"] and not flags["projections"] and flags["model"]:
            with pytest.warns(rv.RanvierWarning, match="synapses=True"):
                assert experiment.reset(**flags) is None
        else:
            experiment.reset(**flags)
        sources = {"compile": compiled, "stored": state, "present": present}
        for key, value in values(built).items():
            wanted = sources[rule(key, flags, has_state)][key]
            assert np.array_equal(value, wanted), (key, flags, has_state)
        assert built.net.current_step == (0 if flags["model"] else clock)
    assert rv.cache.stats()["compiled"] == before


def test_the_present_state_differs_from_the_others(learning: Any) -> None:
    """The table above would be empty if disturbing the network left it as it was."""
    built = learning()
    compiled = values(built)
    disturb(built, 0.0)
    state = values(built)
    disturb(built, 0.5)
    for key in compiled:
        if key[1] not in ("refractory",) and key not in (("other", "I"),):
            assert not np.array_equal(compiled[key], state[key]), key
            assert not np.array_equal(values(built)[key], state[key]) or key == ("other", "v"), key


def run_of(built: Any, duration: float = 40.0) -> dict[str, np.ndarray]:
    """Everything that a run leaves."""
    mon = CompNeuroMonitors({"pop": ["v", "spike"], "other": ["v"], "proj;5": ["w"]}, net=built.net)
    mon.start()
    built.net.simulate(duration)
    recording = mon.get_recordings()[0]
    spikes = [np.array(train) for train in recording["pop;spike"].values()]
    weights = [row for sample in recording["proj;w"] for row in sample]
    return {
        "v": recording["pop;v"],
        "u": recording["other;v"],
        "s": np.concatenate(spikes),
        "w": np.concatenate(weights),
    }


def test_run_one_equals_run_two_exactly(learning: Any) -> None:
    """Noise, delays, spikes on their way and refractoriness begin anew with every reset, as in a fresh network."""
    built = learning()
    experiment = CompNeuroExp(net=built.net)
    fresh = run_of(learning())
    runs = []
    for _ in range(3):
        experiment.reset(projections=True, synapses=True)
        runs.append(run_of(built, 40.0))
        built.net.simulate(3.5)
    for run in runs:
        for name, array in run.items():
            assert array.tobytes() == fresh[name].tobytes(), name


def test_learned_weights_survive_the_default_reset(learning: Any) -> None:
    built = learning()
    first = np.array(built.proj.w)
    built.net.simulate(100.0)
    learned = np.array(built.proj.w)
    assert np.all(learned >= first)
    assert np.any(learned > first)
    CompNeuroExp(net=built.net).reset()
    assert np.array_equal(built.proj.w, learned)
    assert built.net.time == 0.0
    CompNeuroExp(net=built.net).reset(projections=True)
    assert np.array_equal(built.proj.w, learned)
    CompNeuroExp(net=built.net).reset(projections=True, synapses=True)
    assert np.array_equal(built.proj.w, first)


def test_order_of_a_reset(learning: Any) -> None:
    """Chunk closed, network reset, parameters put back, stored state over the result."""
    built = learning()
    mon = CompNeuroMonitors({"pop": ["v"]}, net=built.net)
    experiment = CompNeuroExp(mon)
    built.pop.v = 3.0
    built.pop.I = 20.0
    experiment.store_model_state(["pop"])
    built.pop.I = 30.0
    built.pop.tau = 5.0
    mon.start()
    built.net.simulate(10.0)
    last = built.pop.v.copy()
    experiment.reset(parameters=False)
    assert built.net.time == 0.0
    assert np.all(built.pop.v == 3.0), "the variables of the stored state"
    assert (built.pop.I, built.pop.tau[0]) == (30.0, 5.0), "not its parameters"
    recordings = mon.get_recordings()
    assert len(recordings) == 1
    assert np.array_equal(recordings[0]["pop;v"][-1], last), "closed before the reset"
    assert recordings[0]["pop;parameter_dict"]["I"] == 30.0
    experiment.reset()
    assert (built.pop.I, built.pop.tau[0]) == (20.0, 10.0)
    experiment.reset(model_state=False)
    assert built.pop.I == 12.0
    experiment.reset()
    assert built.pop.I == 20.0, "the stored state was kept"
    experiment.reset_model_state()
    experiment.reset()
    assert built.pop.I == 12.0


def test_without_a_reset_of_the_model_only_a_chunk_begins(learning: Any) -> None:
    built = learning()
    mon = CompNeuroMonitors({"pop": ["v"]}, net=built.net)
    experiment = CompNeuroExp(mon)
    experiment.store_model_state(["pop"])
    mon.start()
    built.net.simulate(10.0)
    before = values(built)
    experiment.reset(model=False, synapses=True, parameters=False)
    assert built.net.time == 10.0
    for key, value in values(built).items():
        assert np.array_equal(value, before[key])
    built.net.simulate(5.0)
    assert mon.current_chunk() == 1
    _, times = mon.get_recordings_and_clear()
    assert [times.time_lims(chunk) for chunk in (0, 1)] == [(0.0, 9.5), (10.0, 14.5)]
    alone = CompNeuroExp(net=built.net)
    alone.reset(model=False)
    assert built.net.time == 15.0


def test_a_stored_state_is_a_copy_and_leaves_the_network_alone(learning: Any) -> None:
    built = learning()
    experiment = CompNeuroExp(net=built.net)
    assert experiment._model_state is None
    built.net.simulate(5.0)
    before = values(built)
    experiment.store_model_state(["pop", "proj", "static"])
    for key, value in values(built).items():
        assert np.array_equal(value, before[key])
    assert built.net.time == 5.0
    built.pop.v[...] = -5.0
    built.static.w = 3.0
    experiment.reset()
    assert np.array_equal(built.pop.v, before["pop", "v"])
    assert np.array_equal(built.static.w, before["static", "w"])
    experiment.store_model_state(["static"])
    experiment.reset()
    assert not np.array_equal(built.pop.v, before["pop", "v"]), "a second call replaces the first"
    for name in ("x", "pops"):
        with pytest.raises(ValueError, match=f"Compartment {name} not found in model"):
            experiment.store_model_state(["pop", name])
    with pytest.raises(rv.RanvierError, match="a list of names"):
        experiment.store_model_state("pop")


def test_a_stored_state_survives_other_delays(learning: Any) -> None:
    """New delays put synapses into another order of storage; each gets its own value back nevertheless."""
    built = learning()
    experiment = CompNeuroExp(net=built.net)
    built.proj.w = np.linspace(1.0, 2.0, built.proj.nb_synapses)
    experiment.store_model_state(["proj"])
    wanted = np.array(built.proj.w)
    experiment.reset()
    built.proj.delay = np.linspace(4.0, 0.5, built.proj.nb_synapses)
    built.proj.w = 0.0
    experiment.reset()
    assert np.array_equal(built.proj.w, wanted)


def test_spikes_given_in_advance_are_a_parameter() -> None:
    net = rv.Network(dt=1.0, seed=1)
    given = net.create(population=rv.SpikeSourceArray([[1.0]]), name="given")
    net.compile()
    experiment = CompNeuroExp(net=net)
    given.spike_times = [[3.0]]
    experiment.reset(parameters=False)
    assert given.spike_times == [[3.0]]
    experiment.store_model_state(["given"])
    given.spike_times = [[5.0]]
    experiment.reset(parameters=False)
    assert given.spike_times == [[5.0]]
    experiment.reset()
    assert given.spike_times == [[3.0]]
    experiment.reset(model_state=False)
    assert given.spike_times == [[1.0]]


# -- results -------------------------------------------------------------------------------------------


class TwoChunks(CompNeuroExp):
    """Two chunks of 10 and 20 ms; the second keeps the parameter that was set."""

    def run(self, current: float = 12.0) -> Any:
        self.reset()
        assert self.monitors is not None
        self.monitors.start()
        self.net.get_population("pop").I = current
        self.net.simulate(10.0)
        self.reset(parameters=False)
        self.net.simulate(20.0)
        self.data["currents"] = [*self.data.get("currents", []), current]
        return self.results()


def test_a_parameter_changed_in_the_middle_of_an_experiment(learning: Any) -> None:
    built = learning()
    mon = CompNeuroMonitors({"pop": ["v", "spike"]}, net=built.net)
    experiment = TwoChunks(mon)
    compiled = rv.cache.stats()["compiled"]
    built.net.simulate(0.5)
    compiled = rv.cache.stats()["compiled"]
    runs = [experiment.run(current) for current in (12.0, 20.0, 12.0)]
    assert rv.cache.stats()["compiled"] == compiled
    for run, current in zip(runs, (12.0, 20.0, 12.0), strict=True):
        assert len(run.recordings) == 2
        assert [len(r["pop;v"]) for r in run.recordings] == [20, 40]
        assert [r["pop;parameter_dict"]["I"] for r in run.recordings] == [current, current]
        assert np.array_equal(run.recordings[0]["pop;v"], run.recordings[1]["pop;v"][:20])
        assert run.mon_dict is mon.mon_dict
    first, second, third = (run.recordings[1]["pop;v"] for run in runs)
    assert first.tobytes() == third.tobytes()
    assert not np.array_equal(first, second)
    assert [run.data["currents"] for run in runs] == [[12.0], [12.0, 20.0], [12.0, 20.0, 12.0]]
    assert built.pop.I == 12.0
    experiment.reset()
    assert built.pop.I == 12.0


def test_results_copy_the_data_and_clear_the_monitors_not_the_network(learning: Any) -> None:
    built = learning()
    mon = CompNeuroMonitors({"pop": ["v"]}, net=built.net)
    experiment = TwoChunks(mon)
    experiment.data["list"] = [1]
    result = experiment.run()
    experiment.data["list"].append(2)
    assert result.data["list"] == [1]
    assert experiment.data["list"] == [1, 2], "never cleared"
    assert built.net.time == 20.0
    activity = built.pop.v.copy()
    assert mon.current_chunk() is None
    with pytest.warns(rv.RanvierWarning, match=r"Maybe forgot start\(\)\?"):
        empty = experiment.results()
    assert empty.recordings == []
    assert np.array_equal(built.pop.v, activity)
    assert experiment.run().data["currents"] == [12.0, 12.0]


def test_an_experiment_without_monitors(learning: Any) -> None:
    experiment = CompNeuroExp(net=learning().net)
    result = experiment.results()
    assert (result.recordings, result.recording_times, result.mon_dict, result.data) == ([], None, {}, {})


def test_run_is_to_be_written(learning: Any) -> None:
    class Nothing(CompNeuroExp):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing has no method run\(\).*return self\.results\(\)"):
        Nothing(net=learning().net).run()


def test_the_example_of_the_manual(learning: Any) -> None:
    """Two chunks, optional data, results; written anew."""
    built = learning()

    class MyExperiment(CompNeuroExp):
        def run(self) -> Any:
            self.monitors.start()
            built.net.simulate(1000.0)
            self.reset()
            built.net.simulate(1000.0)
            self.data["duration"] = 2000
            return self.results()

    experiment = MyExperiment(CompNeuroMonitors({"pop": ["v"]}, net=built.net))
    results = experiment.run()
    assert len(results.recordings) == 2
    assert np.array_equal(results.recordings[0]["pop;v"][0], results.recordings[1]["pop;v"][0])
    assert results.data == {"duration": 2000}
    assert len(experiment.run().recordings) == 2, "not four"


# -- which network -------------------------------------------------------------------------------------


def test_the_only_network_alive_is_meant(learning: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import weakref

    from ranvier.runtime import live

    monkeypatch.setattr(live, "_ALIVE", weakref.WeakSet())
    monkeypatch.setattr(live, "_OFFERED", [])
    with pytest.raises(rv.RanvierError, match="CompNeuroMonitors needs a network, and none is alive"):
        CompNeuroMonitors({})
    one = learning()
    assert CompNeuroMonitors({}).net is one.net
    assert CompNeuroExp().net is one.net
    two = rv.Network(dt=0.25)
    with pytest.raises(rv.RanvierError) as error:
        CompNeuroMonitors({})
    for name in ("<Network of 'pop', 'other', dt = 0.5 ms>", "<Network of no populations, dt = 0.25 ms>", "net=..."):
        assert name in str(error.value)
    make_current(two)
    assert CompNeuroExp().net is two
    make_current(None)
    assert CompNeuroExp(net=two).net is two
    del two
    error = None  # type: ignore[assignment]
    gc.collect()
    assert CompNeuroExp().net is one.net
    with pytest.raises(rv.RanvierError, match="net must be a Network"):
        CompNeuroMonitors({}, net="one")  # type: ignore[arg-type]


def test_the_current_network_of_the_compatibility_module_is_meant() -> None:
    """An experiment written for ANNarchy's free functions, with other networks alive."""
    import ranvier.compat.annarchy as ann

    other = rv.Network(dt=2.0)
    ann.clear()
    try:
        ann.setup(dt=0.5, seed=3)
        pop = ann.Population(3, neuron=rv.models.Izhikevich(noise=5.0), name="cells")
        proj = ann.Projection(pre=pop, post=pop, target="exc", name="loop")
        proj.connect_all_to_all(weights=0.5)
        ann.compile()
        mon = CompNeuroMonitors({"cells": ["v"], "loop;10": ["w"]})

        class MyExperiment(CompNeuroExp):
            def run(self) -> Any:
                self.reset()
                self.monitors.start()
                ann.get_population("cells").i_offset = 10.0
                ann.simulate(20.0)
                self.reset(parameters=False)
                ann.simulate(20.0)
                return self.results()

        experiment = MyExperiment(mon)
        first, second = experiment.run(), experiment.run()
        assert [r["cells;v"].shape for r in first.recordings] == [(40, 3), (40, 3)]
        assert np.array_equal(first.recordings[0]["cells;v"], first.recordings[1]["cells;v"])
        assert np.array_equal(first.recordings[1]["cells;v"], second.recordings[1]["cells;v"])
        assert [len(sample) for sample in first.recordings[0]["loop;w"]] == [3, 3]
        assert other.time == 0.0
    finally:
        ann.clear()
