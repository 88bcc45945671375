"""The generator: published known answers, and that no two draws of a model share a counter."""

from __future__ import annotations

import pytest

from ranvier.runtime import _mathlib

#: Random123, kat_vectors, philox4x32 with 10 rounds: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]) -> None:
    assert tuple(_mathlib.philox(key[0] | key[1] << 32, counter)) == expected


def test_uniform_is_the_first_53_bits() -> None:
    key, element, step = 0x0123456789ABCDEF, 5, (7 << 32) + 9
    words = [int(w) for w in _mathlib.philox(key, (element, 3, 9, 7))]
    expected = ((words[0] << 21) + (words[1] >> 11)) * 2.0**-53
    assert _mathlib.draw("uniform", key, [element], [3], step)[0] == expected
    assert _mathlib.draw("uniform", key, [element], [3], step, precision="single")[0] == (words[0] >> 8) * 2.0**-24


def test_packed_numbers_share_calls() -> None:
    """Sixteen bits from each of four calls, whose counters carry the number of the call above 29 bits of the row."""
    key, step = 0x0123456789ABCDEF, (7 << 32) + 9
    for element in (0, 5, 8, 31, 32, 47, 63, 64, 1000, 2**32 - 1):
        column, bits = element // 8 % 8, 0
        for call in range(4):
            row = element // 64 * 8 + element % 8
            word = int(_mathlib.philox(key, (call << 29 | row, 3, 9, 7))[column % 4])
            bits = bits << 16 | (word >> 16 if column < 4 else word & 0xFFFF)
        assert _mathlib.draw("packed", key, [element], [3], step)[0] == (bits >> 11) * 2.0**-53
        assert _mathlib.draw("packed", key, [element], [3], step, precision="single")[0] == (bits >> 40) * 2.0**-24


@pytest.mark.parametrize("kind", ["uniform", "packed"])
def test_every_counter_word_and_key_bit_counts(kind: str) -> None:
    first = _mathlib.draw(kind, 1, [0], [0], 0)[0]
    others = [_mathlib.draw(kind, 1 ^ 1 << bit, [0], [0], 0)[0] for bit in range(64)]
    others += [_mathlib.draw(kind, 1, [1 << bit], [0], 0)[0] for bit in range(32)]
    others += [_mathlib.draw(kind, 1, [0], [1 << bit], 0)[0] for bit in range(32)]
    others += [_mathlib.draw(kind, 1, [0], [0], 1 << bit)[0] for bit in range(63)]
    assert len({first, *others}) == len(others) + 1
