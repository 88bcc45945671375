"""Stand-in until errors.py is there."""


class BuildError(Exception):
    """The C compiler failed."""

    code = "E601"


class NoCompiler(BuildError):  # noqa: N818
    """There is no C compiler."""
