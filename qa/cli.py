"""The command line: arguments in, exit code out; stdout is answers, stderr is talk."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from index.problems import Problem
from qa.exits import MEANINGS, Exit


@dataclass(frozen=True, slots=True)
class _Lazy:
    """A sub-command that is imported when it is called."""

    module: str
    help: str


COMMANDS = {
    "open": _Lazy(
        "qa.commands.open", "Open texts in the terminal app (as pullquote ARTICLE… does)."
    ),
    "ask": _Lazy("qa.commands.ask", "Answer a question about texts."),
    "index": _Lazy("qa.commands.index", "Keep texts indexed on disk, so that asking is instant."),
    "sample": _Lazy("qa.commands.sample", "Try it on an article that comes with Pullquote."),
    "serve": _Lazy("qa.commands.serve", "Open the app in a browser on this machine."),
    "chat": _Lazy("qa.commands.chat", "Ask in turns, line by line, without the app."),
    "conversation": _Lazy(
        "qa.commands.conversation", "List, show, search and export what was asked before."
    ),
    "verify": _Lazy("qa.commands.verify", "Check exported quotes against their files."),
    "eval": _Lazy("qa.commands.eval", "Measure answers on questions with known answers."),
    "calibrate": _Lazy("qa.commands.calibrate", "Fit the confidence to your own questions."),
}
_OWN_OPTIONS = ("--help", "-h", "--version")
_EXITS = "\n".join(f"  {code:>3}  {MEANINGS[code]}" for code in Exit)
_EPILOG = f"""\b
Examples:
  pullquote article.txt                           open it in the app
  pullquote ask "Who led the talks?" article.txt  print the answer
  pullquote sample                                try it on a bundled article

\b
Exit codes:
{_EXITS}
"""


class _Commands(click.Group):
    """Sub-commands by name; whatever else comes first is an article to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``open`` before arguments that begin with neither a command nor an own option."""
        if not args or args[0] not in (*COMMANDS, *_OWN_OPTIONS):
            if args:
                _refuse_misspelt(args[0])
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of those that are installed, in the order of use."""
        return [name for name, lazy in COMMANDS.items() if _is_there(lazy.module)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command's file, and only that."""
        lazy = COMMANDS.get(name)
        if lazy is None or not _is_there(lazy.module):
            return None
        command: click.Command = import_module(lazy.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _is_there(module: str) -> bool:
    return (Path(__file__).parent / "commands" / f"{module.rpartition('.')[2]}.py").is_file()


def _refuse_misspelt(word: str) -> None:
    """Stop at a first word that is neither an option nor anything like a path.

    Raises:
        click.UsageError: with the likely correction.
    """
    if word.startswith("-") or Path(word).suffix or os.sep in word or os.path.lexists(word):
        return
    from difflib import get_close_matches

    here = sorted(path.name for path in Path.cwd().iterdir())[:1000]
    near = get_close_matches(word, [*COMMANDS, *here, *(Path(name).stem for name in here)], n=1)
    named = {Path(name).stem: name for name in reversed(here)} | {name: name for name in COMMANDS}
    hint = f"Did you mean {named.get(near[0], near[0])}?" if near else "See: pullquote --help"
    raise click.UsageError(f"There is no command or file {word!r}. {hint}")


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"pullquote {version('pullquote')}")
        except PackageNotFoundError:
            click.echo("pullquote (a checkout that is not installed)")
        ctx.exit()


@click.group(
    cls=_Commands,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="ARTICLE... | COMMAND [ARGS]...",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def pullquote() -> None:
    """Answer questions about articles with the articles' own words, offline.

    The first word is a command of the list below; otherwise it names an article (a file, a folder,
    or - for standard input) to open in the terminal app. A file that is called like a command is
    given as ./ask.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name; None for those of the process.

    Returns:
        The exit code; see ``qa.exits``.
    """
    _make_streams_forgiving()
    try:
        code = _run(argv)
        _flush()
    except BrokenPipeError:
        _silence_stdout()
        return Exit.PIPE
    except OSError as error:
        _silence_stdout()
        return _talk(f"The output cannot be written: {error.strerror or error}.", Exit.OTHER)
    return code


def _run(argv: Sequence[str] | None) -> int:
    from qa.render import clean

    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        # Not pullquote.main(): it ends the process with 1 when the output's reader goes away.
        with pullquote.make_context("pullquote", arguments) as ctx:
            code = pullquote.invoke(ctx)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except Problem as problem:
        return _talk(clean(str(problem)), problem.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        return _talk(error.format_message(), Exit.USAGE)
    except click.UsageError as error:
        usage = error.ctx.get_usage() + "\n" if error.ctx else ""
        return _talk(usage + clean(error.format_message()), Exit.USAGE)
    except click.ClickException as error:
        return _talk(clean(error.format_message()), Exit.OTHER)
    except (click.Abort, KeyboardInterrupt):
        return _talk("Interrupted.", Exit.INTERRUPTED)
    return code if isinstance(code, int) else Exit.ANSWERED


def _talk(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code


def _make_streams_forgiving() -> None:
    """Let a stream that cannot encode a character show a substitute instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _flush() -> None:
    """Write what is buffered now, so that its failure is ours to report."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _silence_stdout() -> None:
    """Keep the interpreter from failing again at exit on what could not be written."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        sys.stdout = None
