"""Results in files, and where they come from: variables as ``.npz`` without pickle, folders that say how they arose."""

from __future__ import annotations

import json
import logging
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from ..problems import RuntimeProblem, ValueProblem
from ..state.encoding import Codec, Kind, record
from ..state.files import read, write
from .experiment import ExperimentResults
from .simulation import SimInfo
from .times import Opening, RecordingTimes

_LOG = logging.getLogger("ranvier")
F = TypeVar("F", bound=Callable[..., Any])
_TIMES = Kind(
    RecordingTimes,
    lambda times: {"recording_times_list": times.all(), "openings": times.openings},
    RecordingTimes,
)
_CODEC = Codec([record(ExperimentResults), record(SimInfo), record(Opening), _TIMES])
#: Name of the file that tells where the data of a folder come from.
META = "__data_raw_meta__.json"


def save_variables(variable_list: Sequence[Any], name_list: Sequence[str], path: str | Sequence[str] = "./") -> None:
    """Save variables, each to ``path/name.npz``: recordings, times, results, and all that is made of lists, tuples,
    dicts, numbers, texts and arrays.

    Parameters
    ----------
    variable_list : list
    name_list : list of str
    path : str or list of str
        One folder for all, or one for each; folders are made.
    """
    for variable, name, folder in zip(variable_list, name_list, _folders(path, variable_list, name_list), strict=True):
        encoded, arrays = _CODEC.encode(variable, "value")
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / f"{name}.npz", {"variable": encoded}, arrays)


def load_variables(name_list: Sequence[str], path: str | Sequence[str] = "./") -> dict[str, Any]:
    """Return variables that `save_variables` saved, by name. Nothing in a file is executed."""
    found = {}
    for name, folder in zip(name_list, _folders(path, name_list, name_list), strict=True):
        text, arrays = read(folder / f"{name}.npz")
        found[name] = _CODEC.decode(text.get("variable"), arrays)
    return found


def _folders(path: str | Sequence[str], variables: Sequence[Any], names: Sequence[str]) -> list[Path]:
    folders = [Path(path)] * len(names) if isinstance(path, (str, Path)) else [Path(p) for p in path]
    if not len(variables) == len(names) == len(folders):
        raise ValueProblem(f"There are {len(variables)} variables, {len(names)} names and {len(folders)} paths.")
    return folders


def create_data_raw_folder(folder_name: str, **kwargs: Any) -> None:
    """Make a folder for the data of one script, with a file that says where they come from.

    Parameters
    ----------
    folder_name : str
        Must not exist yet.
    **kwargs
        Parameters of the script.

    Raises
    ------
    FileExistsError
    """
    folder = Path(folder_name)
    folder.mkdir(parents=True)
    installed = {d.metadata["Name"]: d.version for d in metadata.distributions() if d.metadata["Name"]}
    told = {
        "script": str(Path(sys.argv[0]).resolve()) if sys.argv[0] else "",
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "parameters": {name: value if _is_json(value) else repr(value) for name, value in kwargs.items()},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": dict(sorted(installed.items())),
        "git": {"commit": _git("rev-parse", "HEAD"), "changed": _git("status", "--porcelain")},
    }
    (folder / META).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _git(*command: str) -> str | None:
    """Return what git says of the working directory; None without git or a repository."""
    try:
        done = subprocess.run(["git", *command], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def timing_decorator(threshold: float = 0.1) -> Callable[[F], F]:
    """Return a decorator that logs (logger "ranvier", INFO) how long calls took that took `threshold` s or more."""

    def decorate(function: F) -> F:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            result = function(*args, **kwargs)
            seconds = time.perf_counter() - began
            if seconds >= threshold:
                _LOG.info("%s took %.4f s", function.__name__, seconds)
            return result

        return timed  # type: ignore[return-value]

    return decorate


def run_script_parallel(script_path: str, n_jobs: int, args_list: Sequence[Any] = ("",), n_total: int = 1) -> None:
    """Run a Python script several times, some of them at once, with this interpreter.

    Parameters
    ----------
    script_path : str
    n_jobs : int
        How many at once.
    args_list : list
        A list of arguments for each run; or one list of arguments, with which the script is run `n_total` times.
    n_total : int

    Raises
    ------
    RuntimeProblem
        A run failed; its last words are told.
    """
    many = bool(args_list) and all(isinstance(entry, (list, tuple)) for entry in args_list)
    runs = [list(entry) for entry in args_list] if many else [list(args_list)] * n_total
    commands = [[sys.executable, script_path, *(str(a) for a in run if str(a))] for run in runs]

    def one(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(max(1, min(n_jobs, len(commands)))) as pool:
        for command, done in zip(commands, pool.map(one, commands), strict=True):
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:] or ["no message"]
                raise RuntimeProblem(f"{' '.join(command[1:])} ended with code {done.returncode}: {last[0]}")
