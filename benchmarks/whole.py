"""Runs a command and prints what the whole process took, as JSON.

    python benchmarks/whole.py COMMAND ARGUMENT...

A process of its own, and a small one: a child is charged with the memory that its parent had when
it was started.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Measure and print; what the command prints is thrown away, but for its errors."""
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    figures = {
        "code": process.returncode,
        "wall s": round(wall, 3),
        "CPU s": round(used.ru_utime + used.ru_stime, 3),
        "peak MB": used.ru_maxrss // 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
