"""Packages that only some functions need."""

from __future__ import annotations

import importlib
from types import ModuleType

from ..problems import RuntimeProblem


def optional(package: str, extra: str, what: str) -> ModuleType:
    """Import a package of an optional extra.

    Parameters
    ----------
    package : str
    extra : str
        Name of the extra that brings it; empty where there is none.
    what : str
        What needs it, for the error.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        root = package.partition(".")[0]
        wanted = f"ranvier[{extra}]" if extra else root
        raise RuntimeProblem(f"{what} needs the package {root}.", f'pip install "{wanted}"') from error
