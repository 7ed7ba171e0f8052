"""The whole way to a reader upon the encoder, as one command that can be stopped and repeated.

    python -m training.encoder --data DATA --work WORK --out OUT --device cuda

Packs the prose and the questions, if that is not done yet; pretrains; teaches reading; exports.
A machine without the data needs a WORK in which the first two steps are done; then ``--data`` may
be left out. Its large file travels in parts: ``split -b 40M encoder-words.npy``, then ``cat``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

Step = list[str]


def steps(given: argparse.Namespace, rest: list[str]) -> Iterator[Step]:
    """Modules with their arguments, in order; ``rest`` are sizes of the encoder."""
    work = ["--work", str(given.work)]
    data = ["--data", str(given.data), *work]
    if not (given.work / "encoder-lexicon.npz").exists():
        yield ["training.encoder.corpus", *data]
    if not (given.work / "reader-held.npz").exists():
        yield ["training.reader.data", *data, "--start", str(given.start)]
    run = [*work, "--device", given.device, *rest]
    yield ["training.encoder.pretrain", *run, "--minutes", str(given.pretrain)]
    reader = [*run, "--encoder", "--name", "encoder-reader"]
    yield [
        *("training.reader.train", *reader, "--minutes", str(given.read)),
        *("--rate", "6e-4", "--budget", "24000" if given.device == "cuda" else "6000"),
    ]
    yield ["training.reader.export", *work, *rest, *reader[-3:], "--out", str(given.out)]


def main() -> None:
    """Take one step after the other; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--start", type=Path, default=Path("qa/models/reader/reader.onnx"))
    parser.add_argument("--pretrain", type=float, default=22, help="minutes")
    parser.add_argument("--read", type=float, default=25, help="minutes")
    given, rest = parser.parse_known_args()
    for step in steps(given, rest):
        print("→ python -m", *step, flush=True)
        subprocess.run([sys.executable, "-u", "-m", *step], check=True)


if __name__ == "__main__":
    main()
