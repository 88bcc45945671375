"""The command line: what it prints, where, and with which exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ranvier.cli import main

MODELS = '''
import ranvier as rv
lif = rv.Neuron("tau = 20.0", "tau*dv/dt = -v + g_exc : init = 0.5", spike="v > 0.4", reset="v = 0.0", name="LIF")
noisy = rv.Neuron("", "dv/dt = -0.1*v + Normal(0.0, 1.0)", spike="v > 2", reset="v = 0.0")
learn = rv.Synapse("tau = 10.0 : projection", "dx/dt = -x/tau : event-driven",
                   pre_spike="g_target += w; x += 1.0", post_spike="w += 0.01*x")
number = 3
def network():
    net = rv.Network(dt=0.1, seed=5)
    pop = net.create(70, rv.models.Izhikevich())
    pop.i_offset = rv.Uniform(5.0, 15.0)
    exc = net.connect(pop, pop, target="exc")
    exc.fixed_probability(0.1, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 1.0))
    net.simulate(3.0)
    return net
'''


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models.py"
    path.write_text(MODELS, encoding="utf-8")
    return path


class TestShow:
    @pytest.mark.parametrize(
        ("stage", "word"),
        [("report", "explicit"), ("equations", "equations:"), ("ir", "v"), ("c", "rv_update_uniform")],
    )
    def test_stages(self, models: Path, capsys: pytest.CaptureFixture[str], stage: str, word: str) -> None:
        assert main(["show", f"{models}:lif", "--stage", stage]) == 0
        assert word in capsys.readouterr().out

    def test_the_tables_of_a_network(self, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", f"{models}:network"]) == 0
        assert "## Connectivity" in capsys.readouterr().out
        assert main(["show", f"{models}:network", "--stage", "c"]) == 2
        assert "its report, a Network" in capsys.readouterr().err

    def test_module(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "ranvier.models:Izhikevich"]) == 0
        assert "v" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("name", "said"),
        [("lfi", "did you mean 'lif'"), ("number", "a int"), ("", "FILE:OBJECT")],
    )
    def test_wrong_names(self, models: Path, capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
        assert main(["show", f"{models}:{name}"]) == 2
        out, err = capsys.readouterr()
        assert said in err
        assert out == ""

    def test_missing_file_and_module(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "nowhere.py:x"]) == 2
        assert "no file 'nowhere.py'" in capsys.readouterr().err
        assert main(["show", "nowhere_at_all:x"]) == 2
        assert "no module 'nowhere_at_all'" in capsys.readouterr().err

    def test_a_mistake_in_the_model_is_printed_not_raised(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bad = tmp_path / "bad.py"
        bad.write_text("import ranvier as rv\nx = rv.Neuron(equations='dv/dt = -w', spike='v > 1')\n")
        assert main(["show", f"{bad}:x"]) == 1
        assert "^" in capsys.readouterr().err


class TestCheck:
    @pytest.mark.parametrize("name", ["lif", "noisy", "learn", "network"])
    def test_models_agree(self, models: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
        assert main(["check", f"{models}:{name}", "--steps", "50"]) == 0
        assert "equal, bit for bit" in capsys.readouterr().out

    def test_steps_must_be_positive(self, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", f"{models}:lif", "--steps", "0"]) == 2


class TestRun:
    def test_script_with_arguments(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        script = tmp_path / "script.py"
        script.write_text("import sys\nprint(__name__, sys.argv[1:])\n")
        assert main(["run", str(script), "--seed", "3"]) == 0
        assert capsys.readouterr().out == "__main__ ['--seed', '3']\n"

    def test_what_is_no_script(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "model.yaml").write_text("x: 1\n")  # an annotation, where it is read as Python
        assert main(["run", str(tmp_path / "model.yaml")]) == 2
        assert "model.yaml' is no Python script" in capsys.readouterr().err

    def test_missing_script(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", "nowhere.py"]) == 2
        assert "nowhere.py" in capsys.readouterr().err


class TestCache:
    def test_info_verify_clear(self, fresh_cache: Path, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["show", f"{models}:lif", "--stage", "c"])
        capsys.readouterr()
        assert main(["cache", "info"]) == 0
        assert str(fresh_cache) in capsys.readouterr().out
        assert main(["cache", "verify"]) == 0
        assert "0 removed" in capsys.readouterr().out
        assert main(["cache", "clear"]) == 0
        assert "removed 1 compiled" in capsys.readouterr().out

    def test_verify_reports_damage(self, fresh_cache: Path, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["show", f"{models}:lif", "--stage", "c"])
        library = next(fresh_cache.rglob("*.so"))
        library.chmod(0o600)
        library.write_bytes(library.read_bytes()[:100])
        capsys.readouterr()
        assert main(["cache", "verify"]) == 1
        assert "damaged" in capsys.readouterr().out


class TestDoctor:
    def test_all_is_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["doctor"]) == 0
        text = capsys.readouterr().out
        for word in ("engine", "compiler", "flags", "compiles", "cache", "numpy", "All is well."):
            assert word in text

    def test_no_compiler(self, tmp_path: Path) -> None:
        env = {**os.environ, "PATH": str(tmp_path), "RANVIER_CACHE_DIR": str(tmp_path / "cache")}
        env.pop("CC", None)
        command = [sys.executable, "-m", "ranvier", "doctor"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "no cc, gcc or clang" in done.stdout
        assert "install a C compiler" in done.stdout


class TestDemo:
    @pytest.mark.long
    def test_demo(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        picture = tmp_path / "demo.png"
        assert main(["demo", "--duration", "100", "--output", str(picture), "--seed", "1"]) == 0
        text = capsys.readouterr().out
        assert picture.stat().st_size > 10_000
        for stage in ("parse", "generate", "compile", "connect", "load", "run", "plot"):
            assert stage in text


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for argument, word in (("--help", "COMMAND"), ("--version", "ranvier 0")):
        with pytest.raises(SystemExit) as caught:
            main([argument])
        assert caught.value.code == 0
        assert word in capsys.readouterr().out
