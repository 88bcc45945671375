"""Chunks and periods of recordings, against a model that goes through time one step after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ranvier as rv
from ranvier.experiment import CompNeuroMonitors, RecordingTimes
from ranvier.runtime.experiment.clock import limits, ms

NAMES = ("a", "b")


class Plain:
    """What the monitors should do, by the definition: every step asks every compartment whether it records."""

    def __init__(self, periods: dict[str, int]) -> None:
        self.periods = periods
        self.running = dict.fromkeys(periods, False)
        self.clock = 0
        self.chunks: list[dict[str, Any]] = []
        self.new_chunk()

    def new_chunk(self) -> None:
        self.recorded: dict[str, list[list[int]]] = {name: [] for name in self.periods}
        self.covered: dict[str, list[list[int]]] = {name: [] for name in self.periods}
        for name in self.periods:
            if self.running[name]:
                self.open(name)

    def open(self, name: str) -> None:
        self.recorded[name].append([])
        self.covered[name].append([])

    def start(self, name: str) -> None:
        if not self.running[name]:
            self.running[name] = True
            self.open(name)

    def pause(self, name: str) -> None:
        self.running[name] = False

    def simulate(self, steps: int) -> None:
        for _ in range(steps):
            for name, period in self.periods.items():
                if self.running[name]:
                    self.covered[name][-1].append(self.clock)
                    if self.clock % period == 0:
                        self.recorded[name][-1].append(self.clock)
            self.clock += 1

    def end_chunk(self) -> None:
        if any(samples for spans in self.recorded.values() for samples in spans):
            chunk = {}
            for name, period in self.periods.items():
                entries = []
                place = 0
                for covered, samples in zip(self.covered[name], self.recorded[name], strict=True):
                    if not covered:
                        continue
                    first = next(k for k in range(covered[0], covered[0] + period) if k % period == 0)
                    last = next(k for k in range(covered[-1], -period - 1, -1) if k % period == 0)
                    entries.append((first, last, place, place + len(samples) - 1, samples))
                    place += len(samples)
                chunk[name] = entries
            self.chunks.append(chunk)

    def reset(self, model: bool) -> None:
        self.end_chunk()
        if model:
            self.clock = 0
        self.new_chunk()


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("simulate"), st.integers(1, 9)),
        st.tuples(st.sampled_from(["start", "pause"]), st.sampled_from([("a",), ("b",), NAMES])),
        st.tuples(st.just("reset"), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([0.1, 0.025, 0.3, 1.0, 1 / 3]), st.integers(1, 6), st.integers(1, 6), ACTIONS)
def test_chunks_periods_times_and_data(
    counting: Any, dt: float, every_a: int, every_b: int, actions: list[Any]
) -> None:
    built = counting(dt)
    plain = Plain({"a": every_a, "b": every_b})
    mon = CompNeuroMonitors({f"a;{every_a * dt}": ["c"], f"b;{every_b * dt}": ["c"]}, net=built.net)
    for what, value in [*actions, ("start", NAMES), ("simulate", 7)]:
        if what == "simulate":
            built.net.simulate(value * dt)
            plain.simulate(value)
        elif what == "reset":
            mon.reset(model=value)
            plain.reset(value)
        else:
            getattr(mon, what)(value)
            for name in value:
                getattr(plain, what)(name)
        expected = len(plain.chunks) if any(plain.running.values()) else None
        assert mon.current_chunk() == expected
    plain.end_chunk()
    recordings, times = mon.get_recordings_and_clear()
    assert mon.current_chunk() is None
    assert len(recordings) == len(times.all()) == len(plain.chunks)
    for number, chunk in enumerate(plain.chunks):
        for name, entries in chunk.items():
            assert times.nr_periods(number, name) == times.nbr_periods(number, name) == len(entries)
            for period, (first, last, start, stop, _) in enumerate(entries):
                assert times.idx_lims(number, name, period) == (start, stop)
                assert times.time_lims(number, name, period) == pytest.approx((first * dt, last * dt), rel=1e-12)
            if entries:
                assert times.idx_lims(number, name) == (entries[0][2], entries[-1][3])
            samples = [k for *_, taken in entries for k in taken]
            values = recordings[number][f"{name};c"]
            assert values.shape == ((len(samples), 2) if name == "a" else (len(samples), 1, 3))
            assert values[(slice(None), *[0] * (values.ndim - 1))].tolist() == [k + 1.0 for k in samples]
            assert recordings[number][f"{name};period"] == pytest.approx(plain.periods[name] * dt, rel=1e-12)
            combined, data = times.combine_periods(recordings, f"{name};c", number)
            assert combined == pytest.approx(np.array(samples) * dt, rel=1e-12)
            assert np.array_equal(data, values)


@given(st.integers(1, 40), st.lists(st.integers(1, 100), min_size=2, max_size=6, unique=True))
def test_limits_in_whole_steps(period: int, edges: list[int]) -> None:
    edges = sorted(edges[: len(edges) // 2 * 2])
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    found = limits(spans, period, 0.1)
    taken = [[k for k in range(a, b) if k % period == 0] for a, b in spans]
    sizes = np.cumsum([0, *[len(t) for t in taken]])
    assert found["start"]["idx"] == sizes[:-1].tolist()
    assert found["stop"]["idx"] == (sizes[1:] - 1).tolist()
    for span, samples in enumerate(taken):
        if samples:
            assert found["start"]["ms"][span] == pytest.approx(samples[0] * 0.1)
            assert found["stop"]["ms"][span] == pytest.approx(samples[-1] * 0.1)


def test_quotients_of_floats_are_not_trusted() -> None:
    """3 steps of 0.1 ms are 0.30000000000000004 ms, and the ceiling of that over 0.1 is 4: the sample would be lost."""
    assert math.ceil(3 * 0.1 / 0.1) == 4
    assert limits([(3, 5)], 1, 0.1) == {"start": {"ms": [0.3], "idx": [0]}, "stop": {"ms": [0.4], "idx": [1]}}
    assert math.ceil(2.1 / 0.3) == 8
    assert limits([(21, 22)], 3, 0.1) == {"start": {"ms": [2.1], "idx": [0]}, "stop": {"ms": [2.1], "idx": [0]}}


def test_times_read_as_they_are_written() -> None:
    assert [ms(k, 0.1) for k in (3, 6, 7, 10**7 + 1)] == [0.3, 0.6, 0.7, 1000000.1]
    assert ms(7, 0.25) == 1.75
    assert ms(3, 1e-05) == 3e-05


# -- rules, one by one ---------------------------------------------------------------------------------


def test_a_published_session_of_starts_pauses_and_resets(counting: Any) -> None:
    """Chunks, periods and times of the session by which the original explains its monitors."""
    built = counting()
    mon = CompNeuroMonitors({"a;2": ["c", "spike"], "b": ["c"]}, net=built.net)
    simulate = built.net.simulate
    simulate(100)
    mon.start()
    simulate(100)
    mon.pause()
    simulate(100)
    mon.start(compartment_list=["a"])
    simulate(100)
    mon.start()
    simulate(100)
    mon.pause(compartment_list=["a"])
    simulate(100)
    mon.start()
    simulate(100)
    mon.reset(model=False)
    mon.pause()
    simulate(100)
    mon.start()
    simulate(700)
    mon.reset(model=True)
    mon.pause()
    simulate(100)
    mon.start()
    simulate(700)
    recordings, times = mon.get_recordings_and_clear()
    assert times.all() == [
        {
            "a": {
                "start": {"ms": [100.0, 300.0, 600.0], "idx": [0, 50, 150]},
                "stop": {"ms": [198.0, 498.0, 698.0], "idx": [49, 149, 199]},
            },
            "b": {
                "start": {"ms": [100.0, 400.0], "idx": [0, 1000]},
                "stop": {"ms": [199.9, 699.9], "idx": [999, 3999]},
            },
        },
        {
            "a": {"start": {"ms": [800.0], "idx": [0]}, "stop": {"ms": [1498.0], "idx": [349]}},
            "b": {"start": {"ms": [800.0], "idx": [0]}, "stop": {"ms": [1499.9], "idx": [6999]}},
        },
        {
            "a": {"start": {"ms": [100.0], "idx": [0]}, "stop": {"ms": [798.0], "idx": [349]}},
            "b": {"start": {"ms": [100.0], "idx": [0]}, "stop": {"ms": [799.9], "idx": [6999]}},
        },
    ]
    assert [r["a;c"].shape for r in recordings] == [(200, 2), (350, 2), (350, 2)]
    assert times.time_lims() == (100.0, 698.0)
    assert times.time_lims(chunk=1, compartment="b") == (800.0, 1499.9)
    assert min(recordings[1]["a;spike"][0]) >= 8000, "spikes are steps on the network's clock"
    assert built.net.time == pytest.approx(800.0)
    assert mon.current_chunk() is None
    # continued: nothing runs until start(), chunks count from 0 again
    simulate(100)
    mon.start()
    simulate(100)
    mon.reset(model=True)
    simulate(100)
    again, times = mon.get_recordings_and_clear()
    assert [times.time_lims(chunk, "b") for chunk in range(2)] == [(900.0, 999.9), (0.0, 99.9)]
    assert [len(r["b;c"]) for r in again] == [1000, 1000]
    mon.start()
    mon.reset(model=True)
    simulate(100)
    assert len(mon.get_recordings()) == 1
    assert mon.get_recording_times().time_lims() == (0.0, 98.0)


def test_reading_is_idempotent_until_a_new_chunk(counting: Any) -> None:
    built = counting(1.0)
    mon = CompNeuroMonitors({"a": ["c", "spike"]}, net=built.net)
    mon.start()
    built.net.simulate(5)
    first, times = mon.get_recordings(), mon.get_recording_times()
    built.net.simulate(5)
    second = mon.get_recordings()
    assert len(first) == len(second) == 1
    assert second[0]["a;c"] is first[0]["a;c"]
    assert mon.get_recording_times().all() == times.all()
    assert mon.current_chunk() == 0
    with pytest.warns(rv.RanvierWarning, match="belongs to no chunk"):
        mon.reset(model=False)
    assert mon.current_chunk() == 1
    built.net.simulate(3)
    assert [len(r["a;c"]) for r in mon.get_recordings()] == [5, 3]
    assert len(first) == 1, "lists that were handed out stay as they are"
    assert mon.get_recording_times().time_lims(1) == (10.0, 12.0)


def test_nothing_recorded_is_said(counting: Any) -> None:
    built = counting()
    mon = CompNeuroMonitors({"a": ["c"]}, net=built.net)
    built.net.simulate(10)
    with pytest.warns(rv.RanvierWarning, match=r"Maybe forgot start\(\)\?"):
        assert mon.get_recordings() == []
    with pytest.warns(rv.RanvierWarning, match=r"Maybe forgot start\(\)\?"):
        assert mon.get_recording_times().all() == []
    mon.start()
    built.net.simulate(1)
    assert len(mon.get_recordings()) == 1, "an empty chunk has not ended"


def test_a_chunk_of_one_sample_is_kept_and_one_of_spikes_alone(counting: Any) -> None:
    built = counting(1.0)
    mon = CompNeuroMonitors({"a;100": ["c", "spike"]}, net=built.net)
    mon.start()
    built.net.simulate(1)
    mon.reset(model=False)
    built.net.simulate(10)
    recordings, times = mon.get_recordings_and_clear()
    assert times.idx_lims(0) == (0, 0)
    assert recordings[0]["a;c"].shape == (1, 2)
    assert recordings[1]["a;c"].shape == (0, 2)
    assert recordings[1]["a;spike"] == {0: [4, 9], 1: [4, 9]}
    assert times.idx_lims(1) == (0, -1)


def test_start_after_pause_is_a_new_period_even_without_time_between(counting: Any) -> None:
    built = counting(1.0)
    mon = CompNeuroMonitors({"a": ["c"]}, net=built.net)
    mon.start()
    mon.pause()
    mon.start()
    built.net.simulate(2)
    mon.start()
    built.net.simulate(2)
    mon.pause()
    mon.start()
    built.net.simulate(3)
    mon.pause()
    mon.start()
    times = mon.get_recording_times()
    assert times.all()[0]["a"] == {
        "start": {"ms": [0.0, 4.0], "idx": [0, 4]},
        "stop": {"ms": [3.0, 6.0], "idx": [3, 6]},
    }


def test_structure_of_recordings(counting: Any) -> None:
    net = rv.Network(dt=0.5, seed=1)
    pre, post = counting(0.5).a.neuron_type, None
    pre = net.create(3, pre, name="pre")
    post = net.create(4, rv.models.Izhikevich(), name="post")
    proj = net.connect(pre, post, "exc", name="proj")
    proj.from_matrix(np.array([[1.0, 2.0, None], [None] * 3, [None, None, 3.0], [4.0, 5.0, 6.0]], float))
    net.compile()
    with pytest.warns(rv.RanvierWarning, match=r"'proj' is recorded every 500 ms; name a period: 'proj;500'"):
        mon = CompNeuroMonitors({"pre;1": ["c", "spike"], "proj": ["w"]}, net=net)
    mon.start()
    pre.gain = 7.0
    net.simulate(501.0)
    recording = mon.get_recordings()[0]
    pre.step = 9.0
    assert set(recording) == {
        "pre;c", "pre;spike", "pre;period", "pre;parameter_dict", "proj;w", "proj;period", "proj;parameters", "dt",
    }  # fmt: skip
    assert recording["dt"] == 0.5
    assert (recording["pre;period"], recording["proj;period"]) == (1.0, 500.0)
    assert recording["pre;parameter_dict"]["gain"] == 7.0
    assert recording["pre;parameter_dict"]["step"].tolist() == [1.0] * 3, "a copy"
    assert recording["pre;spike"][1][:3] == [4, 9, 14]
    assert [[row.tolist() for row in sample] for sample in recording["proj;w"]] == [[[1, 2], [3], [4, 5, 6]]] * 2
    times, data = mon.get_recording_times().combine_periods([recording], "proj;w")
    assert times.tolist() == [0.0, 500.0]
    assert data.tolist() == [[1, 2, 3, 4, 5, 6]] * 2


# -- combined arrays -----------------------------------------------------------------------------------


def recorded(counting: Any) -> tuple[list[dict[str, Any]], RecordingTimes]:
    """Two chunks of step 1 ms: [0, 3) and [7, 10) of 10 ms; then, on the same clock, [12, 14) of 15 ms."""
    built = counting(1.0)
    mon = CompNeuroMonitors({"a": ["c", "spike"]}, net=built.net)
    for model in (True, False):
        mon.reset(model=model)
        for run, rest in ((3, 4), (3, 0)) if model else ((0, 2), (2, 1)):
            mon.start()
            built.net.simulate(run)
            mon.pause()
            built.net.simulate(rest)
    return mon.get_recordings_and_clear()


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ("none", [1, 2, 3, 8, 9, 10]),
        ("nan", [1, 2, 3, None, None, None, None, 8, 9, 10]),
        (-1.5, [1, 2, 3, -1.5, -1.5, -1.5, -1.5, 8, 9, 10]),
        ("interpolate", [1, 2, 3, 3, 3, 8, 8, 8, 9, 10]),
    ],
)
def test_combine_periods(counting: Any, fill: Any, expected: list[Any]) -> None:
    recordings, times = recorded(counting)
    t, data = times.combine_periods(recordings, "a;c", 0, fill)
    assert t.tolist() == ([0, 1, 2, 7, 8, 9] if fill == "none" else list(range(10)))
    assert np.array_equal(data[:, 0], np.array(expected, float), equal_nan=True)


def test_combine_chunks_counts_true_time(counting: Any) -> None:
    """The second chunk was opened at 10 ms without a reset of the network: it began 10 ms after the first."""
    recordings, times = recorded(counting)
    t, data = times.combine_chunks(recordings, "a;c")
    assert t.tolist() == [*range(10), 2, 3]
    t, data = times.combine_chunks(recordings, "a;c", "consecutive")
    assert t.tolist() == list(range(14))
    assert np.array_equal(data[:, 0], [1, 2, 3, *[np.nan] * 4, 8, 9, 10, np.nan, np.nan, 13, 14], equal_nan=True)
    alone = RecordingTimes(times.all())
    assert alone.combine_chunks(recordings, "a;c", "consecutive")[0][-1] == 23.0, "without openings: one after another"


def test_consecutive_time_goes_on_over_resets_and_over_what_was_not_recorded(counting: Any) -> None:
    built = counting(1.0)
    mon = CompNeuroMonitors({"a": ["c"]}, net=built.net)
    mon.start()
    built.net.simulate(3)
    mon.pause()
    built.net.simulate(2)
    mon.reset()
    built.net.simulate(4)
    mon.reset()
    mon.start()
    built.net.simulate(2)
    recordings, times = mon.get_recordings_and_clear()
    assert len(recordings) == 2
    assert times.combine_chunks(recordings, "a;c", "consecutive")[0].tolist() == list(range(11))
    assert times.combine_chunks(recordings, "a;c", "sequential")[0].tolist() == [0, 1, 2, 0, 1]


# -- errors --------------------------------------------------------------------------------------------


def test_errors_of_times(counting: Any) -> None:
    recordings, times = recorded(counting)
    for call, text in (
        (lambda: times.time_lims(chunk=2), "There is no chunk 2; there are 2, counted from 0."),
        (lambda: times.idx_lims(chunk=-1), "There is no chunk -1"),
        (lambda: times.time_lims(compartment="c"), "'c' is no recorded compartment of chunk 0."),
        (lambda: times.time_lims(0, "a", 2), "There is no period 2 in chunk 0; there are 2, from 0."),
        (lambda: times.nr_periods(7), "There is no chunk 7"),
        (lambda: times.combine_periods(recordings, "a;v"), "'a;v' is no recording of chunk 0."),
        (lambda: times.combine_periods(recordings, "a;spike"), "'a;spike' has no samples to combine."),
        (lambda: times.combine_periods(recordings, "a;c", 0, "zero"), "fill must be 'none', 'nan', 'interpolate' or"),
        (lambda: times.combine_chunks(recordings, "a;c", "both"), "mode must be 'sequential' or 'consecutive'"),
        (lambda: times.combine_chunks(recordings[:1], "a;c"), "The recordings have 1 chunks, their times 2."),
        (lambda: RecordingTimes([]).time_lims(), "There are no recordings."),
    ):
        with pytest.raises(rv.RanvierError, match=None) as error:
            call()
        assert text in str(error.value)


def test_errors_of_monitors(counting: Any) -> None:
    built = counting(1.0)
    net = built.net
    for wanted, text in (
        ({"x": ["c"]}, "Compartment x not found in model"),
        ({"a;b": ["c"]}, "'a;b': the period must be a number (ms), not 'b'."),
        ({"a;1;2": ["c"]}, "'a;1;2' is not of the form 'name' or 'name;period'."),
        ({"a;0": ["c"]}, "'a;0': the period must be at least dt = 1 ms."),
        ({"a;1": ["c"], "a;2": ["phase"]}, "'a' is named twice; a compartment has one period."),
        ({"a": ["cc"]}, "'cc' is no recordable attribute of population 'a'."),
    ):
        with pytest.raises(rv.RanvierError) as error:
            CompNeuroMonitors(wanted, net=net)
        assert text in str(error.value)
    mon = CompNeuroMonitors({"a": ["c"]}, net=net)
    with pytest.raises(rv.RanvierError, match="'b' is no recorded compartment"):
        mon.start(["b"])
    with pytest.raises(rv.RanvierError, match="a list of names"):
        mon.pause("a")
    fresh = rv.Network(dt=1.0)
    fresh.create(1, built.a.neuron_type, name="a")
    with pytest.raises(rv.RanvierError, match="not compiled yet"):
        CompNeuroMonitors({"a": ["c"]}, net=fresh)


def test_a_reset_behind_the_back_of_the_monitors_is_noticed(counting: Any) -> None:
    built = counting(1.0)
    mon = CompNeuroMonitors({"a": ["c"]}, net=built.net)
    mon.start()
    built.net.simulate(5)
    built.net.reset()
    built.net.simulate(2)
    built.net.simulate(1)
    mon.mon["a"].get()
    with pytest.raises(rv.RanvierError, match="without CompNeuroMonitors"):
        mon.get_recordings()
    built.net.simulate(4)
    assert len(mon.get_recordings()[0]["a;c"]) == 4, "the next chunk is right again"


def test_a_period_is_rounded_to_steps_with_a_warning(counting: Any) -> None:
    built = counting(0.1)
    with pytest.warns(rv.RanvierWarning, match="not a multiple of dt"):
        mon = CompNeuroMonitors({"a;0.34": ["c"]}, net=built.net)
    mon.start()
    built.net.simulate(1.0)
    assert mon.get_recordings()[0]["a;period"] == 0.3
