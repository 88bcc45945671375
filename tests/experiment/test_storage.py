"""Variables in files, folders that say where their data come from, scripts in parallel."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import (
    CompNeuroExp,
    CompNeuroMonitors,
    CompNeuroSim,
    create_data_raw_folder,
    load_variables,
    run_script_parallel,
    save_variables,
    timing_decorator,
)


def test_results_survive_a_file(learning: Any, tmp_path: Path) -> None:
    built = learning()
    mon = CompNeuroMonitors({"pop": ["v", "spike"], "proj;5": ["w"]}, net=built.net)
    experiment = CompNeuroExp(mon)
    experiment.data["sim"] = CompNeuroSim(built.net.simulate, {"duration": 20.0}, monitor_object=mon)
    mon.start()
    experiment.data["sim"].run()
    mon.reset(model=False)
    experiment.data["sim"].run()
    experiment.data["sim"] = experiment.data["sim"].simulation_info()
    results = experiment.results()
    other = {"a": [1, 2.5, None, True, "x"], (1, 2): np.arange(3), 5: ({"k": 1},)}
    save_variables([results, other], ["results", "other"], str(tmp_path / "new"))
    loaded = load_variables(["results", "other"], str(tmp_path / "new"))
    back = loaded["results"]
    for chunk, again in zip(results.recordings, back.recordings, strict=True):
        assert np.array_equal(chunk["pop;v"], again["pop;v"])
        assert chunk["pop;spike"] == again["pop;spike"]
        assert np.array_equal(chunk["proj;w"][1][0], again["proj;w"][1][0])
    assert back.recording_times.all() == results.recording_times.all()
    key = "pop;v"
    for which in (results, back):
        which.data["t"] = which.recording_times.combine_chunks(which.recordings, key, "consecutive")[0]
    assert np.array_equal(results.data["t"], back.data["t"])
    assert back.data["sim"] == results.data["sim"]
    assert loaded["other"][5] == ({"k": 1},)
    assert loaded["other"]["a"] == other["a"]
    assert np.array_equal(loaded["other"][1, 2], [0, 1, 2])


def test_mistakes_with_files(tmp_path: Path) -> None:
    with pytest.raises(rv.RanvierError, match="There are 2 variables, 1 names and 1 paths"):
        save_variables([1, 2], ["a"], str(tmp_path))
    with pytest.raises(rv.RanvierError, match="cannot be written to a file"):
        save_variables([object()], ["a"], str(tmp_path))
    with pytest.raises(rv.RanvierError, match="cannot be read"):
        load_variables(["nothing"], str(tmp_path))


def test_a_folder_says_where_its_data_come_from(tmp_path: Path) -> None:
    create_data_raw_folder(str(tmp_path / "raw"), seed=3, array=np.arange(2))
    told = json.loads((tmp_path / "raw" / "__data_raw_meta__.json").read_text(encoding="utf-8"))
    assert told["parameters"] == {"seed": 3, "array": "array([0, 1])"}
    assert told["packages"]["numpy"] == np.__version__
    assert set(told["git"]) == {"commit", "changed"}
    with pytest.raises(FileExistsError):
        create_data_raw_folder(str(tmp_path / "raw"))


def test_scripts_in_parallel(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, pathlib\npathlib.Path(sys.argv[1]).write_text(sys.argv[2])\nassert sys.argv[2] != 'bad', 'no'\n"
    )
    runs = [[str(tmp_path / f"out{k}"), str(k)] for k in range(3)]
    run_script_parallel(str(script), 2, runs)
    assert [(tmp_path / f"out{k}").read_text() for k in range(3)] == ["0", "1", "2"]
    with pytest.raises(rv.RanvierError, match="ended with code 1: AssertionError: no"):
        run_script_parallel(str(script), 1, [str(tmp_path / "out"), "bad"], n_total=2)


def test_slow_calls_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="ranvier"):
        assert timing_decorator(0.0)(lambda x: x + 1)(1) == 2
        assert timing_decorator(1e9)(abs)(-1) == 1
    assert len(caplog.records) == 1
    assert "<lambda> took" in caplog.text
