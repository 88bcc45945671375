"""Figures of recordings: every format draws what was recorded, and mistakes in plans are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import CompNeuroMonitors, Izhikevich2007, PlotRecordings, PoissonNeuron

mpl.use("Agg")


@pytest.fixture(scope="module")
def recorded() -> Any:
    """Recordings with a pause from 100 to 150 ms."""
    net = rv.Network(dt=0.5, seed=1)
    noise = net.create(12, PoissonNeuron(rates=80.0), name="noise")
    cells = net.create(3, Izhikevich2007(), name="cells")
    cells.I_app = [0.0, 80.0, 100.0]
    quiet = net.create(1, Izhikevich2007(init={"v": -60.0}), name="quiet")
    synapse = rv.Synapse("tau = 500.0", "dw/dt = -w/tau", pre_spike="w += 0.0")
    proj = net.connect(noise, cells, "", synapse, name="proj")
    proj.from_matrix(np.array([[1.0] * 12, [2.0] * 6 + [None] * 6, [3.0] + [None] * 11], float))
    net.compile()
    mon = CompNeuroMonitors(
        {"noise;2": ["p", "spike"], "cells": ["v", "u"], "quiet": ["v", "spike"], "proj;5": ["w"]}, net=net
    )
    mon.start()
    net.simulate(100.0)
    mon.pause()
    net.simulate(50.0)
    mon.start()
    net.simulate(100.0)
    assert quiet.size == 1
    return mon.get_recordings_and_clear()


def plot(recorded: Any, path: Path, panels: list[tuple[str, str, str]], **options: Any) -> Any:
    compartments, variables, formats = (list(column) for column in zip(*panels, strict=True))
    plan = {"position": list(range(1, len(panels) + 1)), "compartment": compartments, "variable": variables,
            "format": formats}  # fmt: skip
    return PlotRecordings(path, *recorded, shape=(len(panels), 1), plan=plan, dpi=50, **options).figure


def test_every_format(recorded: Any, tmp_path: Path) -> None:
    recordings = recorded[0]
    panels = [
        ("noise", "spike", "raster"), ("noise", "spike", "mean"), ("noise", "spike", "hybrid"),
        ("noise", "spike", "interspike"), ("noise", "spike", "cv"), ("quiet", "spike", "raster"),
        ("cells", "v", "line"), ("cells", "v - u/2", "line_mean"), ("noise", "p", "matrix"),
        ("noise", "p", "matrix_mean"), ("proj", "w", "line"), ("proj", "w", "line_mean"), ("proj", "w", "matrix"),
    ]  # fmt: skip
    path = tmp_path / "new" / "figure.png"
    figure = plot(recorded, path, panels)
    assert path.stat().st_size > 10_000
    axes = {k: ax for k, ax in enumerate(ax for ax in figure.axes if ax.get_title())}
    spikes = recordings[0]["noise;spike"]
    dots = axes[0].lines[0].get_xydata()
    assert len(dots) == sum(map(len, spikes.values()))
    assert axes[0].get_title() == "noise: spikes (12 neurons)"
    assert len(axes[1].lines) == 2, "one line per period"
    assert axes[1].lines[0].get_xdata()[-1] < 100.0 < 150.0 <= axes[1].lines[1].get_xdata()[0]
    gaps = np.concatenate([np.diff([k * 0.5 for k in t if a <= k * 0.5 < b]) for t in spikes.values()
                           for a, b in ((0, 100), (150, 250))])  # fmt: skip
    heights = [p.get_height() * p.get_width() for p in axes[3].patches]
    assert sum(heights) == pytest.approx(1.0)
    assert axes[3].get_xlim()[1] == pytest.approx(1.05 * gaps.max())
    assert axes[5].texts[0].get_text() == "no spikes"
    line = axes[6].lines[2].get_ydata()
    v = recordings[0]["cells;v"]
    assert np.array_equal(line[np.isfinite(line)], v[:, 1])
    assert np.isnan(line[250]), "nothing is drawn in the pause"
    mean = axes[7].lines[0].get_ydata()
    expected = (v - recordings[0]["cells;u"] / 2).mean(axis=1)
    assert mean[np.isfinite(mean)] == pytest.approx(expected)
    image = axes[8].images[0].get_array()
    assert image.shape == (12, 125)
    assert len(axes[10].lines) == 2 * 19
    assert len(axes[11].lines) == 2 * 3
    decay = axes[11].lines[4].get_ydata()
    assert decay[0] == pytest.approx(3.0, rel=0.01)
    assert axes[12].images[0].get_array().shape == (19 + 2, 50)
    assert "postsynaptic" in axes[12].get_ylabel()


def test_a_part_of_the_time(recorded: Any, tmp_path: Path) -> None:
    figure = plot(
        recorded, tmp_path / "a.png", [("cells", "v", "line"), ("noise", "spike", "raster")], time_lim=(160, 200)
    )
    for ax in figure.axes:
        assert ax.get_xlim() == (160.0, 200.0)
    times = figure.axes[1].lines[0].get_xdata()
    assert 160.0 <= times.min() <= times.max() <= 200.0


def test_mistakes_in_plans(recorded: Any, tmp_path: Path) -> None:
    recordings, times = recorded
    good = {"position": [1], "compartment": ["cells"], "variable": ["v"], "format": ["line"]}
    for change, options, text in (
        ({"colour": ["k"]}, {}, "'colour' is no entry of a plan."),
        ({"position": [1, 2]}, {}, "1 entries in 'compartment', 2 in 'position'"),
        ({"position": [3]}, {}, "must be different numbers from 1 to 2"),
        ({"compartment": ["cell"]}, {}, "'cell' is no recorded compartment."),
        ({"variable": ["w"]}, {}, "'w' is no recorded variable of 'cells'."),
        ({"variable": ["v +"]}, {}, "is no arithmetic expression"),
        ({"format": ["raster"]}, {}, "'raster' is no format of 'v'."),
        ({"compartment": ["noise"], "variable": ["spike"]}, {}, "'line' is no format of 'spike'."),
        ({"compartment": ["noise"], "variable": ["2*spike"]}, {}, "'spike' cannot be part of an expression."),
        ({}, {"chunk": 1}, "there is no chunk 1; there are 1"),
        ({}, {"time_lim": (0, 1000)}, "time_lim (0, 1000) is not within the chunk, 0 to 249.5 ms."),
    ):
        with pytest.raises(rv.RanvierError) as error:
            PlotRecordings(tmp_path / "x.png", recordings, times, (1, 2), {**good, **change}, **options)
        assert text in str(error.value)
    with pytest.raises(rv.RanvierError, match="the plan has no entry 'format'"):
        PlotRecordings(tmp_path / "x.png", recordings, times, (1, 2), {k: v for k, v in good.items() if k != "format"})
    assert not (tmp_path / "x.png").exists()
