"""An engine built from other sources than those beside it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import ranvier as rv
from ranvier.runtime import _bridge, stale


def test_the_digest_follows_the_sources(tmp_path: Path) -> None:
    assert stale.digest(tmp_path) == ""
    (tmp_path / "engine.c").write_text("int x;")
    assert stale.digest(tmp_path) == ""  # a wheel has no _bridge.pyx
    (tmp_path / "_bridge.pyx").write_text("x = 1")
    before = stale.digest(tmp_path)
    (tmp_path / "engine.c").write_text("int y;")
    assert len(before) == 16
    assert stale.digest(tmp_path) != before


def test_an_old_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stale.check_engine.__wrapped__()
    monkeypatch.setattr(stale, "digest", lambda folder: "0" * 16)
    with pytest.raises(rv.RanvierError, match=r"older than the source files beside it(.|\n)*pip install -e \."):
        stale.check_engine.__wrapped__()
    monkeypatch.setattr(stale, "digest", lambda folder: "")
    stale.check_engine.__wrapped__()
    assert len(_bridge.SOURCES) == 16
