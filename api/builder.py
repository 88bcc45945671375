"""Networks built with NEST's names (see `ranvier.runtime.builder`, which lists them)."""

from ranvier.runtime.builder import *  # noqa: F403
from ranvier.runtime.builder import __all__ as __all__
