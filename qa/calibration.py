"""A user's own calibration: scale, bias and threshold for one reader, kept in the user's home.

``pullquote calibrate`` makes it from questions with known answers. It holds for the models that it
was made with: another reader's log-odds mean something else, so for any other it is not used.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from index.problems import UsageProblem
from index.settings import Settings
from qa.combining import Combiner

FILE = "calibration.json"
FORMAT = 1
REMEDY = "Calibrate anew with pullquote calibrate, or drop it with pullquote calibrate --reset."


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a user's questions said of the confidence of one reader."""

    models: str
    """Fingerprint of reader, embedder and shipped weights, as ``fingerprint`` gives it."""
    scale: float
    """Factor of the log-odds, above 0."""
    bias: float
    """What is added to the scaled log-odds."""
    threshold: float
    """The new probability from which an answer is given, above 0."""
    questions: int
    """How many it was made from."""

    def applied(self, shipped: Combiner) -> Combiner:
        """The shipped weights, so calibrated."""
        return shipped.recalibrated(self.scale, self.bias, self.threshold)


def fingerprint(reader: str, settings: Settings) -> str:
    """SHA-256 of what the log-odds depend on: reader, embedder, weights."""
    from qa.readers import EMBEDDED

    weights = Combiner.load(reader)
    digest = hashlib.sha256(f"{reader}\0{settings.model}\0{weights!r}".encode())
    if reader == "embedded":
        digest.update((EMBEDDED / "reader.onnx").read_bytes())
    return digest.hexdigest()


def location(settings: Settings) -> Path:
    """Where it is kept."""
    return Path(settings.home) / FILE


def load(settings: Settings) -> dict[str, Calibration]:
    """All calibrations by the name of the reader; empty when there is no file.

    Raises:
        UsageProblem: the file is damaged or cannot be read.
    """
    path = location(settings)
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError("another format")
        return {name: _checked(Calibration(**row)) for name, row in data["readers"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageProblem(
            f"The calibration {path} cannot be used ({type(error).__name__}).",
            "Drop it with pullquote calibrate --reset.",
        ) from error


def _checked(found: Calibration) -> Calibration:
    figures = (found.scale, found.bias, found.threshold)
    if not all(math.isfinite(figure) for figure in figures) or not 0 < found.threshold <= 1:
        raise ValueError("a figure is of no use")
    if found.scale <= 0 or not isinstance(found.models, str):
        raise ValueError("a figure is of no use")
    return found


def save(reader: str, made: Calibration, settings: Settings) -> Path:
    """Keep it for this reader, beside those of others; gives the file.

    Raises:
        UsageProblem: the file that is there is damaged.
        SourceProblem: it cannot be written.
    """
    from qa.export_file import write

    every = load(settings) | {reader: made}
    rows = {name: asdict(one) for name, one in every.items()}
    path = location(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    write((json.dumps({"format": FORMAT, "readers": rows}, indent=2) + "\n").encode(), path)
    return path


def reset(settings: Settings) -> bool:
    """Drop all calibrations; whether there was a file.

    Raises:
        UsageProblem: it cannot be deleted.
    """
    path = location(settings)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageProblem(f"{path} cannot be deleted: {error.strerror}.") from error
    return True


def combiner(reader: str, settings: Settings) -> tuple[Combiner, str]:
    """The weights for a reader, calibrated if the user did so for these models.

    Returns:
        The weights, and a sentence for the user where a calibration had to be left aside.

    Raises:
        UsageProblem: the calibration is damaged.
        ModelProblem: the shipped weights are.
    """
    shipped, kept = Combiner.load(reader), load(settings)
    own = kept.get(reader)
    if own is None:
        return shipped, _other(reader, kept)
    if own.models != fingerprint(reader, settings):
        said = "Your calibration was made with other models and is not used. "
        return shipped, said + REMEDY
    return own.applied(shipped), ""


def _other(reader: str, kept: Mapping[str, Calibration]) -> str:
    if not kept:
        return ""
    names = ", ".join(sorted(kept))
    return f"Your calibration is for the reader {names}, not for {reader}, and is not used."
