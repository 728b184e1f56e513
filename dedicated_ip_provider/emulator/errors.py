"""What can go wrong at the emulator.

EmulatorError        a command to the emulator (in process, or at its control API) that cannot be obeyed; nothing changed
├─ BadCommand    the command itself is wrong, or makes no sense in the state the world is in
└─ NotHere       it names a case or an address that is not here
ApiError         what AWS answers to a client that it refuses
"""

from __future__ import annotations

from http import HTTPStatus


class EmulatorError(Exception):
    """A command that the emulator cannot obey; nothing was changed."""


class BadCommand(EmulatorError):
    """The command is wrong in itself, or impossible as things stand."""


class NotHere(EmulatorError):
    """The command names something that is not here."""


class ApiError(Exception):
    """AWS's refusal of one call: the code that clients match on, and a sentence."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        """Take AWS's own code, its sentence, and the HTTP status that goes with the code."""
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = int(status)
