"""What the user has set: read once, from a TOML file and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.problems import UsageProblem

APPLICATION = "pullquote"
PREFIX = "PULLQUOTE_"
CONFIG = PREFIX + "CONFIG"
"""Names another settings file than the usual one."""
MAX_BYTES = 64_000_000


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; the defaults are what most people want."""

    home: Path = field(default_factory=_default_home)
    """Directory of named indexes and conversations."""
    model: str | None = None
    """Embedder: a name or path of a sentence-transformers model; None is the embedded one."""
    reader: str | None = None
    """``lexical``, or a name or path of a transformers question-answering model; None: embedded."""
    reranker: str | None = None
    """A name or path of a sentence-transformers CrossEncoder; None leaves the order alone."""
    engine: str = "faiss"
    """Vector engine; ``milvus`` keeps stored indexes on the server that ``uri`` names."""
    uri: str | None = None
    """Of a Milvus server, as in ``http://localhost:19530``, or a file of Milvus Lite."""
    token: str | None = field(default=None, repr=False)
    """For the server: ``user:password`` or an API key."""
    threshold: float | None = None
    """Confidence from which an answer is given, 0 to 1; None is the reader's own."""
    k: int = 8
    """Passages that are read for an answer, at least 1."""
    max_bytes: int = MAX_BYTES
    """A source with more bytes, or with more bytes of text in it, is refused."""
    theme: str | None = None
    """Colour theme of the terminal; None is the application's own."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Binding name to keys, as in ``"evidence.next" = "n,right"``."""


def load(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the file, overruled by ``PULLQUOTE_*`` variables.

    Args:
        path: a TOML file that must exist; None: the one ``PULLQUOTE_CONFIG`` names, which must
            exist too, or else ``settings.toml`` in the user's configuration directory, if any.
        environ: None is the environment of the process. An empty variable counts as not set.

    Raises:
        UsageProblem: the file cannot be read, a key is unknown, or a value is of no use.
    """
    environ = os.environ if environ is None else environ
    named = path or environ.get(CONFIG)
    values: dict[str, object] = {}
    file = Path(named).expanduser() if named else _usual_file()
    if named or file.is_file():
        values = {key: _checked(key, value, file.as_posix()) for key, value in _toml(file).items()}
    for name, text in environ.items():
        if name.startswith(PREFIX) and name != CONFIG and text:
            key = name.removeprefix(PREFIX).lower()
            values[key] = _checked(key, _parsed(key, text), name)
    return Settings(**values)  # type: ignore[arg-type]  # each value went through its rule


def _usual_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path(APPLICATION, appauthor=False) / "settings.toml"


def _toml(file: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageProblem(f"There is no settings file {file}.", "Check the path.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageProblem(f"The settings file {file} cannot be read: {reason}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(
            f"The settings file {file} is not valid TOML: {error}.", "Mend it or move it away."
        ) from error


def _parsed(key: str, text: str) -> object:
    """A variable's text as the kind of value that its key has in TOML, if it is one."""
    for kind, keys in ((int, ("k", "max_bytes")), (float, ("threshold",))):
        if key in keys:
            try:
                return kind(text)
            except ValueError:
                return text
    return text


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a key takes."""

    says: str
    """Completes "must be …"."""
    accepts: Callable[[object], bool]
    convert: Callable[[object], object] = lambda value: value


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_probability(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_keymap(value: object) -> bool:
    return isinstance(value, dict) and all(_is_name(keys) for keys in value.values())


_NAME = _Rule("a name or a path", _is_name)
_COUNT = _Rule("a whole number from 1", _is_count)
_RULES = {
    "home": _Rule("a directory", _is_name, lambda value: Path(str(value)).expanduser()),
    "model": _NAME,
    "reader": _NAME,
    "reranker": _NAME,
    "engine": _NAME,
    "uri": _Rule("an address", _is_name),
    "token": _Rule("a text", _is_name),
    "threshold": _Rule("a number from 0 to 1", _is_probability, lambda v: float(str(v))),
    "k": _COUNT,
    "max_bytes": _COUNT,
    "theme": _NAME,
    "keymap": _Rule("a table of binding names and keys", _is_keymap),
}


def _checked(key: str, value: object, where: str) -> object:
    rule = _RULES.get(key)
    if rule is None:
        raise UsageProblem(f"Unknown setting {key!r} in {where}.", _nearest(key))
    if not rule.accepts(value):
        raise UsageProblem(f"The setting {key} in {where} must be {rule.says}, not {value!r}.")
    return rule.convert(value)


def _nearest(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, _RULES, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(_RULES)}."
