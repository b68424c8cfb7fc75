"""The command line: a command parses, calls one function and shows its answer.

Everything heavy is imported inside the command, so that ``zhixing --help`` answers at once.
"""

from __future__ import annotations

import os
import sys

from zhixing.cli.output import show_error
from zhixing.errors import ZhixingError

INTERRUPTED = 130
BUG = 70


def main() -> None:
    """Run a command; our own errors are one line, a hint and the family's exit code."""
    from zhixing.cli.app import app  # noqa: PLC0415  # after the light imports: an error there must be caught here

    try:
        app()
    except ZhixingError as error:
        show_error(str(error), error.hint)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        show_error("interrupted", "")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # the last line of defence: whatever it is, it is a bug of ours
        if os.environ.get("ZHIXING_DEBUG"):
            raise
        show_error(
            f"a bug in Zhixing: {type(error).__name__}: {error}",
            "Run it again with ZHIXING_DEBUG=1 and report what you see.",
        )
        sys.exit(BUG)
