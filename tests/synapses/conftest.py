"""Fixtures of the tests of synapses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ranvier as rv

sys.path.insert(0, str(Path(__file__).parent))

from engine_pairs import run_both


@pytest.fixture(params=["double", "single"])
def precision(request: pytest.FixtureRequest) -> str:
    """Both precisions."""
    return str(request.param)


@pytest.fixture
def both() -> Callable[..., list[rv.Network]]:
    """Run on both engines."""
    return run_both
