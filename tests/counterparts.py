"""What gives credentials on a real machine, at one port of this one: STS, IAM Identity Center, sign-in, EC2, ECS.

Whatever key it gives leads to `ACCOUNT`, as the emulator reads keys. It keeps what was asked of it, a word each.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT: Final = "444455556666"
KEY: Final = f"ASIA{ACCOUNT}00000000"
GOOD: Final = "good"
"""The one token, of whatever kind, that is accepted."""


def expiry(hours: float) -> str:
    """Return a time as AWS writes it, so many hours from now."""
    return f"{datetime.now(timezone.utc) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


class Counterparts:
    """The counterparts, and how long what they give lasts."""

    def __init__(self, url: str) -> None:
        """Take where they are."""
        self.url = url
        self.hours = 1.0
        self.asked: list[str] = []
        self.regions: list[str] = []
        """The Regions for which STS was asked."""

    def forget(self) -> None:
        """Forget what was asked."""
        self.asked.clear()
        self.regions.clear()

    @property
    def environment(self) -> dict[str, str]:
        """What leads botocore's sources of credentials here, but for those that a profile names itself."""
        services = ("SSO", "SSO_OIDC", "SIGNIN", "STS")
        return {
            **{f"AWS_ENDPOINT_URL_{service}": self.url for service in services},
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url,
        }

    def keys(self, name_of_token: str = "SessionToken") -> dict[str, str]:  # noqa: S107 - a name
        """Return temporary keys."""
        return {"AccessKeyId": KEY, "SecretAccessKey": "s", name_of_token: GOOD, "Expiration": expiry(self.hours)}


@contextmanager
def counterparts() -> Iterator[Counterparts]:
    """Serve them for the length of a `with` block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.here = Counterparts(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]  # for its handlers
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.here  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers each of them by its path."""

    def do_GET(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path, here = urllib.parse.urlsplit(self.path).path, self.here
        if path == "/federation/credentials":
            self._portal(here)
        elif path == "/latest/api/token":
            self._say(200, "text/plain", GOOD)
        elif path.startswith("/latest/meta-data/iam/security-credentials/"):
            here.asked.append("instance")
            self._say(200, "text/plain", "role") if path.endswith("/") else self._json(here.keys("Token"))
        elif path == "/container":
            here.asked.append("container")
            self._json(here.keys("Token"))
        elif path == "/v1/token":
            here.asked.append("signin")
            self._json({"error": "TOKEN_EXPIRED", "message": "over"}, 400, "AccessDeniedException")
        elif path == "/token":
            here.asked.append("oidc")
            self._json({"error": "invalid_grant"}, 400, "InvalidGrantException")
        else:
            self._sts(dict(urllib.parse.parse_qsl(body)))

    do_POST = do_GET  # noqa: N815 - as http.server calls it
    do_PUT = do_GET  # noqa: N815 - as http.server calls it

    @property
    def here(self) -> Counterparts:
        """The counterparts' own state."""
        here: Counterparts = self.server.here  # type: ignore[attr-defined]
        return here

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _portal(self, here: Counterparts) -> None:
        here.asked.append("portal")
        if self.headers["x-amz-sso_bearer_token"] != GOOD:
            self._json({"message": "Session token not found or invalid"}, 401, "UnauthorizedException")
            return
        expiration = (datetime.now(timezone.utc) + timedelta(hours=here.hours)).timestamp() * 1000
        keys = {"accessKeyId": KEY, "secretAccessKey": "s", "sessionToken": GOOD, "expiration": int(expiration)}
        self._json({"roleCredentials": keys})

    def _sts(self, given: dict[str, str]) -> None:
        action, here = given.get("Action", "?"), self.here
        here.asked.append(action)
        signed = re.search(r"Credential=(?:ASIA)?(\d{12})", self.headers.get("Authorization", ""))
        account = signed[1] if signed else "?"
        here.regions += re.findall("/([a-z0-9-]+)/sts/", self.headers.get("Authorization", ""))
        if action == "GetCallerIdentity":
            self._xml(action, f"<Arn>arn:aws:iam::{account}:user/x</Arn><UserId>x</UserId><Account>{account}</Account>")
        elif given.get("WebIdentityToken", GOOD) != GOOD:
            error = "<Error><Code>ExpiredTokenException</Code><Message>Token expired</Message></Error>"
            self._say(400, "text/xml", f"<ErrorResponse>{error}</ErrorResponse>")
        else:
            keys = "".join(f"<{name}>{value}</{name}>" for name, value in here.keys().items())
            self._xml(action, f"<Credentials>{keys}</Credentials>")

    def _xml(self, action: str, result: str) -> None:
        self._say(200, "text/xml", f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>")

    def _json(self, answer: dict[str, Any], status: int = 200, error: str = "") -> None:
        self._say(status, "application/json", json.dumps(answer), error)

    def _say(self, status: int, kind: str, text: str, error: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("x-aws-ec2-metadata-token-ttl-seconds", "60")
        self.end_headers()
        self.wfile.write(text.encode())
