"""Work done in a process that is forked for it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def in_child(work: Callable[[], int]) -> int:
    """The process id of a child that does some work and exits with what that says."""
    if child := os.fork():
        return child
    code = 99
    try:
        code = work()
    except BaseException:  # whatever it is, the child must end here and be seen to
        traceback.print_exc()
    finally:
        os._exit(code)
