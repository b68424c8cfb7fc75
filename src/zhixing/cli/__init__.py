"""The command line: a command parses, calls one function and shows its answer.

Everything heavy is imported inside the command, so that ``zhixing --help`` answers at once.
"""

from __future__ import annotations

import os
import sys

from zhixing.cli.output import show_error
from zhixing.errors import ZhixingError

USAGE = 2
CANNOT_WRITE = 6
BUG = 70
INTERRUPTED = 130


def main() -> None:
    """Run a command; our own errors are one line, a hint and the family's exit code."""
    from zhixing.cli.app import app  # noqa: PLC0415  # after the light imports: an error there must be caught here

    try:
        code = app(standalone_mode=False)
    except ZhixingError as error:
        show_error(str(error), error.hint)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        sys.exit(0)
    except Exception as error:  # the last line of defence
        _tell_known(error)
        if os.environ.get("ZHIXING_DEBUG"):
            raise
        show_error(
            f"a bug in Zhixing: {type(error).__name__}: {error}",
            "Run it again with ZHIXING_DEBUG=1 and report what you see.",
        )
        sys.exit(BUG)
    if code == INTERRUPTED:
        show_error("interrupted", "")
    if isinstance(code, int):
        sys.exit(code)


def _tell_known(error: Exception) -> None:
    """End with what is no bug: an answer that cannot be written, a command line that cannot be read."""
    match type(error).__name__, error:
        case _, OSError(filename=None) as failure:
            _forget_stdout()
            show_error(f"the answer cannot be written: {failure.strerror}", "Free some space.")
            sys.exit(CANNOT_WRITE)
        case "NoArgsIsHelpError", usage:
            sys.stdout.write(f"{usage}\n")
            sys.exit(USAGE)
        case "Abort", _:
            show_error("interrupted", "")
            sys.exit(INTERRUPTED)
        case _, usage if hasattr(usage, "format_message"):
            show_error(usage.format_message(), "Add --help to see how the command is used.")
            sys.exit(USAGE)
        case _:
            return


def _forget_stdout() -> None:
    """Let what is still to be written go nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
