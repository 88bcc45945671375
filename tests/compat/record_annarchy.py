"""Runs the scripts on ANNarchy itself and writes what they return: ``python tests/compat/record_annarchy.py NAME...``.

Each script and seed needs a process of its own, because ANNarchy has one network per process; CMake must be on the
path.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
DATA = HERE / "data" / "annarchy_scripts.json"


def loaded(name: str) -> ModuleType:
    """Return a module of this folder."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


scripts = loaded("scripts")
modules = scripts, loaded("more_scripts")
SCRIPTS = {f.__name__: f for module in modules for f in (*module.DETERMINISTIC, *module.RANDOM)}
RANDOM = {f.__name__ for module in modules for f in module.RANDOM}


def plain(value: Any) -> Any:
    """Return a result as JSON knows it."""
    return np.asarray(value).tolist()


def one(name: str, seed: int) -> dict[str, Any]:
    """Run one script in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--one", name, str(seed)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        import ANNarchy

        values = SCRIPTS[sys.argv[2]](ANNarchy, int(sys.argv[3]))
        print("\n" + json.dumps({key: plain(value) for key, value in values.items()}))
        return
    import importlib.metadata

    names = sys.argv[1:] or list(SCRIPTS)
    recorded = json.loads(DATA.read_text()) if DATA.exists() else {}
    recorded["version"] = importlib.metadata.version("ANNarchy")
    for name in names:
        recorded[name] = [one(name, seed) for seed in scripts.SEEDS] if name in RANDOM else one(name, 1)
        DATA.write_text(json.dumps(recorded, indent=1) + "\n")
        print(name, "done", flush=True)


if __name__ == "__main__":
    main()
