"""The program `dedicated-ip`: its commands, and how it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

from dedicated_ip_provider.cli.addresses import addresses
from dedicated_ip_provider.cli.confirm import confirm
from dedicated_ip_provider.cli.doctor import doctor
from dedicated_ip_provider.cli.emulator import emulator
from dedicated_ip_provider.cli.estimate import estimate
from dedicated_ip_provider.cli.exits import MEANINGS, Exit, exit_of
from dedicated_ip_provider.cli.form import form
from dedicated_ip_provider.cli.import_file import import_file
from dedicated_ip_provider.cli.install_plugin import install_plugin
from dedicated_ip_provider.cli.options import decoded
from dedicated_ip_provider.cli.output import note, set_encoding
from dedicated_ip_provider.cli.policy import policy
from dedicated_ip_provider.cli.runtime import Runtime, real
from dedicated_ip_provider.cli.status import status
from dedicated_ip_provider.cli.wait import wait
from dedicated_ip_provider.errors import LeaseError, with_place

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Program(click.Group):
    """The command group; its help lists the exit codes below the commands, wrapped to the terminal's width."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the table of exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(f"{code.value:>3}", meaning) for code, meaning in MEANINGS.items()])


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="dedicated-ip-provider", message="%(prog)s %(version)s")
def program() -> None:
    """Manage leases of Amazon's dedicated mail IP addresses in an AWS account.

    Pulumi declares the leases, and people at AWS decide about them; these commands show the status of each and help
    you answer. Credentials and Region come from the same places as for the `aws` command. `dedicated-ip COMMAND --help`
    has examples.
    """


for command in (
    estimate,
    doctor,
    status,
    addresses,
    wait,
    form,
    confirm,
    import_file,
    policy,
    install_plugin,
    emulator,
):
    program.add_command(command)


def main(arguments: Sequence[str] | None = None, runtime: Runtime | None = None) -> int:
    """Run a command line and return its exit code; any error is a sentence on stderr."""
    set_encoding(sys.stdout, "replace")
    set_encoding(sys.stderr, "backslashreplace")
    if sys.stdout is None:
        return _fail("there is no output to write to.", Exit.CANNOT_WRITE)
    try:
        return int(_run(sys.argv[1:] if arguments is None else arguments, runtime or real()))
    except SystemExit:
        # click ends like this if the reader of the output has exited. Say nothing, as other programs do.
        _give_up(sys.stdout)
        return Exit.PIPE_CLOSED
    except OSError as error:
        # An error of an output stream has no file name; one with a name is about an input file.
        if error.filename is not None:
            return _fail(_bug(error), Exit.UNFORESEEN)
        _give_up(sys.stdout)
        return _fail(f"the output cannot be written: {error.strerror}.", Exit.CANNOT_WRITE)
    except Exception as error:  # noqa: BLE001 - a person in a shell gets a sentence, never a traceback
        return _fail(_bug(error), Exit.UNFORESEEN)


def _run(arguments: Sequence[str], runtime: Runtime) -> int:
    texts = [decoded(argument) for argument in arguments]
    try:
        return program.main(texts, "dedicated-ip", standalone_mode=False, obj=runtime) or Exit.DONE
    except click.exceptions.NoArgsIsHelpError as error:
        note(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        return _fail(_usage(error), error.exit_code)
    except click.Abort:
        return _fail("interrupted.", Exit.INTERRUPTED)
    except LeaseError as error:
        return _fail(str(error), exit_of(error))


def _give_up(stream: TextIO) -> None:
    """Redirect a stream to the null device: Python would write to it again on exit, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _fail(text: str, code: int) -> int:
    # The reader of stderr may have exited as well; the exit code still tells the result.
    with contextlib.suppress(OSError):
        note(f"dedicated-ip: {text}")
    return int(code)


def _usage(error: click.ClickException) -> str:
    """Return what is wrong with a command line, and where to find help."""
    context = getattr(error, "ctx", None)
    where = f"\nSee `{context.command_path} --help`." if context else ""
    return f"{error.format_message()}{where}"


def _bug(error: Exception) -> str:
    return f"internal error: {with_place(error)}.\nPlease report it."
