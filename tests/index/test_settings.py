from __future__ import annotations

import dataclasses
from pathlib import Path

import platformdirs
import pytest

from index.problems import UsageProblem
from index.settings import Settings, load


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_defaults_need_no_file(tmp_path: Path) -> None:
    settings = load(environ={})
    assert settings == Settings()
    assert (settings.home, settings.engine, settings.k) == (tmp_path / "data", "faiss", 8)
    assert (settings.model, settings.threshold, dict(settings.keymap)) == (None, None, {})


def test_the_usual_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "config" / "settings.toml", 'k = 3\n[keymap]\nnext_evidence = "n,right"\n')
    settings = load(environ={})
    assert settings.k == 3
    assert settings.keymap == {"next_evidence": "n,right"}


def test_a_named_file_goes_before_the_usual_one_and_the_environment_before_both(
    tmp_path: Path,
) -> None:
    write(tmp_path / "config" / "settings.toml", "k = 3\nthreshold = 0.2\n")
    named = write(tmp_path / "mine.toml", 'k = 4\nengine = "milvus"\n')
    settings = load(environ={"PULLQUOTE_CONFIG": str(named), "PULLQUOTE_K": "5"})
    assert (settings.k, settings.engine, settings.threshold) == (5, "milvus", None)
    assert load(named, {}).k == 4


def test_variables_take_every_plain_key() -> None:
    settings = load(
        environ={
            "PULLQUOTE_HOME": "~/quotes",
            "PULLQUOTE_THRESHOLD": "1",
            "PULLQUOTE_MAX_BYTES": "1000",
            "PULLQUOTE_MODEL": "some/model",
            "PULLQUOTE_READER": "",
            "HOME": "elsewhere",
        }
    )
    assert settings.home == Path("~/quotes").expanduser()
    assert (settings.threshold, settings.max_bytes, settings.model) == (1.0, 1000, "some/model")
    assert settings.reader is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PULLQUOTE_TRESHOLD", "0.5", "Did you mean threshold?"),
        ("PULLQUOTE_XYZZY", "1", "There are: home, model"),
        ("PULLQUOTE_K", "many", "must be a whole number from 1, not 'many'"),
        ("PULLQUOTE_K", "0", "must be a whole number from 1"),
        ("PULLQUOTE_THRESHOLD", "1.5", "must be a number from 0 to 1"),
        ("PULLQUOTE_THRESHOLD", "nan", "must be a number from 0 to 1"),
        ("PULLQUOTE_KEYMAP", "n=x", "must be a table"),
    ],
)
def test_useless_variables_are_named_with_a_remedy(name: str, value: str, says: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        load(environ={name: value})
    assert name in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("k = true", "must be a whole number"),
        ('threshold = "0.5"', "must be a number"),
        ("model = ''", "must be a name or a path"),
        ("keymap = 5", "must be a table"),
        ("k = ", "is not valid TOML"),
        ("modle = 'x'", "Did you mean model?"),
    ],
)
def test_useless_lines_of_a_file_are_named(tmp_path: Path, text: str, says: str) -> None:
    file = write(tmp_path / "mine.toml", text)
    with pytest.raises(UsageProblem) as caught:
        load(file, {})
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="There is no settings file"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(UsageProblem, match="cannot be read"):
        load(tmp_path, {})


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(environ={}).k = 2  # type: ignore[misc]
