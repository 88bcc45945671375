"""Models, simulations with requirements, ready-made simulation functions, events."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import (
    CompNeuroModel,
    CompNeuroMonitors,
    CompNeuroSim,
    HHmodelCorbit,
    Izhikevich2007,
    PoissonNeuron,
    ReqPopHasAttr,
    SimulationEvents,
    annarchy_compiled,
    attr_ramp,
    attr_sim,
    attribute_step,
    compile_in_folder,
    current_ramp,
    current_step,
    current_stim,
    get_full_model,
    increasing_attr,
    increasing_current,
)


def two(net: rv.Network, size: int = 2) -> None:
    net.create(size, Izhikevich2007(), name="first")
    net.create(size, PoissonNeuron(rates=10.0), name="second")


# -- models --------------------------------------------------------------------------------------------


def test_a_model_knows_what_it_created() -> None:
    net = rv.Network(dt=0.1, seed=1)
    net.create(1, PoissonNeuron(), name="before")
    model = CompNeuroModel(two, {"size": 3}, name="two", description="two populations", do_create=False, net=net)
    assert (model.created, model.compiled, model.populations) == (False, False, [])
    model.create(do_compile=False)
    assert (model.created, model.compiled) == (True, False)
    assert model.populations == ["first", "second"]
    assert model.projections == []
    assert annarchy_compiled(net) is False
    model.compile()
    assert (model.compiled, annarchy_compiled(net)) == (True, True)
    assert get_full_model(net) == {"populations": ["before", "first", "second"], "projections": []}
    with pytest.raises(rv.RanvierError, match="'two' is created already"):
        model.create()
    net.create(1, PoissonNeuron(), name="later")
    assert not model.compiled
    compile_in_folder("anywhere", net=net)
    assert model.compiled


def test_parameters_of_a_model() -> None:
    net = rv.Network(dt=0.1, seed=1)
    model = CompNeuroModel(two, net=net)
    model.set_param("first", "k", [0.5, 0.75])
    assert net.get_population("first").k.tolist() == [0.5, 0.75]
    table = model.attribute_df
    rows = {(r.compartment_name, r.attribute_name): (r.value, r.definition) for r in table.itertuples()}
    assert list(table.columns) == ["compartment_type", "compartment_name", "attribute_name", "value", "definition"]
    assert rows["first", "k"] == ("[0.5, 0.75]", "modified")
    assert rows["first", "C"] == ("100.0", "init")
    assert rows["second", "rates"] == ("10.0", "init")
    for call, text in (
        (lambda: model.set_param("third", "k", 1.0), "'third' is no population or projection of model 'model'."),
        (lambda: model.set_param("first", "kk", 1.0), "'kk' is no attribute of population 'first'."),
        (lambda: CompNeuroModel(two, do_create=False, net=net).compile(), "is not created yet"),
        (lambda: CompNeuroModel(two, do_create=False, net=net).attribute_df, "is not created yet"),
    ):
        with pytest.raises(rv.RanvierError) as error:
            call()
        assert text in str(error.value)


def test_whole_models() -> None:
    net = rv.Network(dt=0.01, seed=1)
    model = HHmodelCorbit(pop_size=2, conductance_based_synapses=True, net=net)
    assert model.populations == ["HH_Corbit_syn"]
    assert net.get_population("HH_Corbit_syn").targets == ("ampa", "gaba")


# -- ready-made simulations ----------------------------------------------------------------------------


@pytest.fixture
def cell() -> tuple[rv.Network, Any]:
    net = rv.Network(dt=0.1, seed=1)
    neuron = rv.Neuron("I_app = 3.0\nk = 1.0 : population", "seen = I_app + 0*k", spike="seen > 1e9", name="seer")
    pop = net.create(2, neuron, name="cell")
    pop.I_app = [3.0, 4.0]
    return net, pop


def seen(net: rv.Network, pop: Any, call: Any) -> tuple[Any, np.ndarray]:
    """What a simulation returns, and the current that the neurons saw; it must be put back at the end."""
    mon = net.monitor(pop, "seen")
    result = call()
    assert pop.I_app.tolist() == [3.0, 4.0]
    data = mon.get("seen")
    assert np.array_equal(data[:, 0], data[:, 1])
    return result, data[:, 0]


def test_steps_and_ramps_of_a_current(cell: tuple[rv.Network, Any]) -> None:
    net, pop = cell
    result, current = seen(net, pop, lambda: current_step("cell", t1=2, t2=1.5, a1=1, a2=-2, net=net))
    assert result["duration"] == 3.5
    assert current.tolist() == [1.0] * 20 + [-2.0] * 15
    assert np.array_equal(result["current_arr"], current)
    result, current = seen(net, pop, lambda: current_stim(pop, t=0.3, a=7))
    assert result.tolist() == current.tolist() == [7.0] * 3
    result, current = seen(net, pop, lambda: current_ramp("cell", a0=0, a1=1, dur=1.2, n=4, net=net))
    assert result["da"] == pytest.approx(1 / 3)
    assert result["dur_stim"] == pytest.approx(0.3)
    assert current == pytest.approx(np.repeat([0, 1 / 3, 2 / 3, 1], 3))
    assert np.array_equal(result["current_arr"], current)
    assert current[-1] == 1.0
    result, current = seen(net, pop, lambda: increasing_current("cell", 1, 0.5, 3, 0.2, net=net))
    assert result["current_list"] == [1.0, 1.5, 2.0]
    assert current.tolist() == [1, 1, 1.5, 1.5, 2, 2]
    assert result["current_arr"].tolist() == current.tolist()


def test_steps_and_ramps_of_an_attribute(cell: tuple[rv.Network, Any]) -> None:
    net, pop = cell
    assert attr_sim("cell", {"I_app": 1.0, "k": 5.0}, t=0.2, net=net) == {"I_app": [1.0, 1.0], "k": [5.0, 5.0]}
    assert pop.k == 1.0, "a shared one is put back, too"
    assert attribute_step("cell", "k", 0.1, 0.2, 1, 2, net=net)["v_arr"].tolist() == [1, 2, 2]
    assert attr_ramp("cell", "k", 2, 2, 0.2, 1, net=net) == {"dv": 0.0, "dur_stim": 0.2, "v_arr": pytest.approx([2, 2])}
    assert increasing_attr("cell", "k", 1, 1, 2, 0.1, net=net)["attr_list"] == [1, 2]
    compiled = rv.cache.stats()["compiled"]
    current_ramp("cell", 0, 100, 100, 50, net=net)
    assert rv.cache.stats()["compiled"] == compiled
    for dur, n in ((1.0, 3), (0.25, 1), (1.0, 0)):
        with pytest.raises(rv.RanvierError, match=r"each must be a whole number of steps of 0\.1 ms"):
            attr_ramp("cell", "k", 0, 1, dur, n, net=net)
    with pytest.raises(rv.RanvierError, match="'J' is no attribute of population 'cell'"):
        attr_sim("cell", {"J": 1.0}, net=net)
    with pytest.raises(rv.RanvierError, match="Compartment cel not found in model"):
        current_step("cel", net=net)


def test_the_value_is_put_back_when_the_run_fails() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(1, rv.Neuron("I_app = 0.0", "dv/dt = v*v*I_app : init=1.0", spike="v > 1e308"), name="cell")
    with pytest.raises(rv.RanvierError, match="NaN or infinite"):
        current_stim("cell", 100.0, 1e10, net=net)
    assert pop.I_app[0] == 0.0


# -- CompNeuroSim --------------------------------------------------------------------------------------


def test_a_published_session_of_simulations() -> None:
    """Runs, arguments, requirements and chunks as the original shows them, written anew."""
    net = rv.Network(dt=0.5, seed=1)
    for name in ("pop1", "pop2"):
        net.create(4, PoissonNeuron(rates=10.0), name=name)
    net.create(1, rv.Neuron("", "r = 0.0"), name="simple_pop")
    weights = net.connect(
        net.get_population("pop1"), net.get_population("pop2"), "ampa",
        rv.Synapse("tau = 500.0", "dw/dt = -w/tau", pre_spike="w += 0.0"), name="ampa_proj",
    )  # fmt: skip
    weights.all_to_all(weights=rv.Uniform(1.0, 2.0))
    net.compile()
    mon = CompNeuroMonitors({"pop1;10": ["p", "spike"], "pop2;15": ["p", "spike"], "ampa_proj;10": ["w"]}, net=net)

    def increase_rates(pop_name: Any, rate_step: float, time_step: float, nr_steps: int) -> dict[str, float]:
        names = [pop_name] if isinstance(pop_name, str) else pop_name
        first = {name: net.get_population(name).rates.copy() for name in names}
        for step in range(nr_steps):
            for name in names:
                net.get_population(name).rates = first[name] + step * rate_step
            net.simulate(time_step)
        return {"duration": time_step * nr_steps, "d_rates": rate_step * nr_steps}

    simulation = CompNeuroSim(
        increase_rates,
        {"pop_name": "pop1", "rate_step": 10, "time_step": 100, "nr_steps": 15},
        name="increase_rates_pop",
        description="increase rates variable of pop",
        requirements=[{"req": ReqPopHasAttr, "pop": "simulation_kwargs.pop_name", "attr": "rates"}],
        monitor_object=mon,
    )
    net.simulate(500)
    mon.start()
    simulation.run()
    mon.reset()
    mon.pause()
    net.simulate(700)
    early = simulation.simulation_info()
    mon.start()
    with pytest.warns(rv.RanvierWarning, match="a run with other arguments may not meet its requirements"):
        simulation.run({"pop_name": ["pop1", "pop2"]})
    net.simulate(500)
    with pytest.raises(ValueError, match="Population simple_pop does not contain attribute rates!"):
        simulation.run({"pop_name": "simple_pop"})
    recordings, times = mon.get_recordings(), mon.get_recording_times()
    info = simulation.simulation_info()
    assert (info.name, info.description) == ("increase_rates_pop", "increase rates variable of pop")
    assert info.simulation_function == "increase_rates"
    assert (info.start, info.end) == ([500.0, 700.0], [2000.0, 2200.0])
    assert info.info == [{"duration": 1500, "d_rates": 150}] * 2
    assert [k["pop_name"] for k in info.kwargs] == ["pop1", ["pop1", "pop2"]]
    assert info.monitor_chunk == [0, 1]
    assert early.start == [500.0], "later runs do not change it"
    assert [times.time_lims(chunk, "pop2") for chunk in (0, 1)] == [(510.0, 1995.0), (705.0, 2685.0)]
    assert len(recordings[0]["ampa_proj;w"]) == 150


class Log:
    """A requirement that notes what it was asked."""

    calls: ClassVar[list[tuple[Any, ...]]] = []

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments

    def run(self) -> None:
        Log.calls.append(tuple(sorted(self.arguments.items())))


def test_arguments_of_requirements() -> None:
    class Owner:
        populations = ("a", "b")

    Log.calls.clear()
    net = rv.Network(dt=1.0)
    simulation = CompNeuroSim(
        lambda model, x: x,
        {"model": Owner(), "x": 5},
        requirements=[
            {"req": Log},
            {"req": Log, "plain": 3, "text": "free"},
            {"req": Log, "x": "simulation_kwargs.x", "pops": "simulation_kwargs.model.populations"},
        ],
        kwargs_warning=False,
        net=net,
    )
    expected = [(), (("plain", 3), ("text", "free")), (("pops", ("a", "b")), ("x", 5))]
    assert Log.calls == expected
    Log.calls.clear()
    simulation.run()
    simulation.run({"x": 6})
    assert Log.calls == [*expected, *expected[:2], (("pops", ("a", "b")), ("x", 6))]
    assert simulation.requirements[2]["x"] == "simulation_kwargs.x", "what was given stays as it is"
    assert (simulation.info, simulation.monitor_chunk) == ([5, 6], None)
    with pytest.raises(rv.RanvierError, match=r"'simulation_kwargs\.y': the simulation has no argument 'y'"):
        CompNeuroSim(lambda x: x, {"x": 1}, requirements=[{"req": Log, "x": "simulation_kwargs.y"}], net=net)
    with pytest.raises(rv.RanvierError, match="a dict with the entry 'req'"):
        CompNeuroSim(lambda x: x, {"x": 1}, requirements=[{"x": 1}], net=net)


def test_currents_of_all_runs(cell: tuple[rv.Network, Any]) -> None:
    net, _ = cell
    for function, kwargs in (
        (current_step, {"pop": "cell", "t1": 0, "t2": 0.3, "a2": 5}),
        (current_stim, {"pop": "cell", "t": 0.3, "a": 5}),
        (current_ramp, {"pop": "cell", "a0": 5, "a1": 5, "dur": 0.3, "n": 3}),
    ):
        simulation = CompNeuroSim(function, kwargs, net=net)
        simulation.run()
        simulation.run()
        info = simulation.simulation_info()
        assert [run.tolist() for run in info.get_current_arr(0.1)] == [[5.0] * 3] * 2
        assert info.get_current_arr(0.1, flat=True).tolist() == [5.0] * 6
        with pytest.raises(rv.RanvierError, match=r"did not run with dt = 0\.2 ms"):
            info.get_current_arr(0.2)
    other = CompNeuroSim(attr_sim, {"pop": "cell", "attr_dict": {"k": 1}, "t": 0.1}, net=net)
    with pytest.raises(rv.RanvierError, match="the simulation is 'attr_sim'"):
        other.simulation_info().get_current_arr(0.1)


# -- events --------------------------------------------------------------------------------------------


class Trial(SimulationEvents):
    """Notes when events happen."""

    def __init__(self, net: rv.Network, mode: str = "easy") -> None:
        self.log: list[tuple[str, int]] = []
        self.mode = mode
        super().__init__(net=net)

    def note(self, name: str) -> Any:
        return lambda: self.log.append((name, self.net.current_step))


@pytest.fixture
def counter() -> rv.Network:
    net = rv.Network(dt=0.1, seed=1)
    net.create(1, rv.Neuron("go = 0.0", "c = c + go\ndecision = ite(c >= 30, -1, 0)", spike="c < 0"), name="agent",
               stop_condition="decision < 0 : any")  # fmt: skip
    return net


def test_events_trigger_one_another_any_number_of_times(counter: rv.Network) -> None:
    trial = Trial(counter)
    trial.add_event("start", effect=trial.note("start"), trigger={"one": 100})
    trial.add_event("one", effect=trial.note("one"), trigger={"two": lambda: 200, "now": 0})
    trial.add_event("now", effect=trial.note("now"))
    trial.add_event("fixed", onset=150, effect=trial.note("fixed"))
    trial.add_event("two", effect=trial.note("two"), trigger={"end": 50})
    for begin in (0, 350, 700):
        trial.log.clear()
        trial.run()
        expected = [("start", 0), ("one", 100), ("now", 100), ("fixed", 150), ("two", 300)]
        assert trial.log == [(name, begin + step) for name, step in expected]
        assert trial.happened_event_list == ["start", "one", "now", "fixed", "two", "end"]
        assert counter.current_step == begin + 350


def test_requirements_of_events(counter: rv.Network) -> None:
    for mode, happened in (("easy", ["first", "a", "c", "d"]), ("hard", ["first", "b", "d"])):
        trial = Trial(counter, mode)
        trial.add_event("first", trigger={"a": 1, "b": 1, "c": 2, "d": 3})
        trial.add_event("a", requirement_string="mode==easy")
        trial.add_event("b", requirement_string="not mode==easy and happened_event_list==[first]")
        trial.add_event("c", requirement_string="happened_event_list==[first, a] and (mode==hard or mode==easy)")
        trial.add_event("d", requirement_string=lambda: True, trigger={"end": 1})
        trial.run()
        assert trial.happened_event_list == [*happened, "end"]


def test_a_population_triggers_an_event(counter: rv.Network) -> None:
    trial = Trial(counter)
    agent = counter.get_population("agent")

    def go() -> None:
        agent.go = 1.0

    trial.add_event("cue", onset=10, effect=go)
    trial.add_event("answer", model_trigger="agent", effect=trial.note("answer"), trigger={"end": 5})
    trial.add_event("late", onset=500, effect=trial.note("late"), trigger={"end": 0})
    trial.run()
    assert trial.log == [("answer", 40)]
    assert counter.current_step == 45
    counter.reset()
    trial.log.clear()
    agent.go = 0.0
    late = Trial(counter)
    late.add_event("answer", model_trigger="agent", effect=late.note("answer"), trigger={"end": 5})
    late.add_event("late", onset=500, effect=late.note("late"), trigger={"end": 0})
    late.run()
    assert late.log == [("late", 500)]


def test_errors_of_events(counter: rv.Network) -> None:
    trial = Trial(counter)
    trial.add_event("start", trigger={"later": 3})
    with pytest.raises(rv.RanvierError, match="'later' is no event of the simulation"):
        trial.run()
    trial.add_event("later")
    with pytest.raises(rv.RanvierError, match="No event triggers 'end'"):
        trial.run()
    trial.add_event("never", onset=5, requirement_string="mode==hard", trigger={"end": 1})
    with pytest.raises(rv.RanvierError, match="no event left, and 'end' has not happened"):
        trial.run()
    with pytest.raises(rv.RanvierError, match="There is an event 'later' already"):
        trial.add_event("later")
    for text in ("mode=easy", "mode", "__import__('os')", "mode==easy()", "mode > easy"):
        with pytest.raises(rv.RanvierError, match=r"event 'x': the requirement .* cannot be read"):
            trial.add_event("x", requirement_string=text)
    early = Trial(counter)
    early.add_event("start", trigger={"end": -1})
    with pytest.raises(rv.RanvierError, match="triggers 'end' 1 steps before itself"):
        early.run()
