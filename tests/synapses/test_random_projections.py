"""Random projections on both engines: sizes, connectivity, duplicates, delays, views, models; equal to the bit."""

from __future__ import annotations

from collections.abc import Callable

from engine_pairs import run_both
from hypothesis import given, settings
from random_networks import networks

import ranvier as rv


@given(networks())
@settings(max_examples=25)
def test_engines_agree(chosen: tuple[Callable[[rv.Network], None], str]) -> None:
    build, precision = chosen
    run_both(build, 24, precision)
