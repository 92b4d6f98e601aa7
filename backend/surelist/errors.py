"""Everything that Surelist refuses, as exceptions that carry their own answer.

Each message is written for whoever reads it, often a model: it says what was wrong, ends with
what to do next, and never suggests deleting anything.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ConfigurationError(Exception):
    """The server cannot start as it is configured; one clear line that says what to do."""


class SurelistError(Exception):
    """A refusal: `status` is its HTTP status, `kind` its problem type.

    `current`, where given, is the task as it stands, so that the caller can decide without
    another call. `details` are for a client to read.
    """

    status: ClassVar[int]
    kind: str

    def __init__(
        self,
        message: str,
        *,
        current: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.current = current
        self.details = details or {}


class Unauthenticated(SurelistError):
    """No token, or one that proves nothing; `details` may hold `error` for WWW-Authenticate."""

    status = 401
    kind = "unauthorized"


class BeingErased(Unauthenticated):
    """The account is being erased, and until that is done every token is refused."""

    def __init__(self) -> None:
        super().__init__(
            "The bearer token was refused: the account is being erased. Nothing was done. Ask the "
            "person for a new token.",
            details={"error": "invalid_token"},
        )


RECENT_SECONDS = 600
"""How old a sign-in may be where a recent one is needed."""


class SignInNeeded(Unauthenticated):
    """The token is good, but the person has not signed in recently enough (RFC 9470)."""

    kind = "insufficient_user_authentication"

    def __init__(self) -> None:
        super().__init__(
            f"This needs a sign-in that is not older than {RECENT_SECONDS // 60} minutes. Nothing "
            f"was changed. Ask the person to sign in again, then call with a new token.",
            details={"error": self.kind},
        )


class Forbidden(SurelistError):
    """The token is good, but not for this."""

    status = 403
    kind = "forbidden"


class InsufficientScope(Forbidden):
    """The token lacks `scope`."""

    kind = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This token does not carry the scope {scope}. Ask the person for one that does."
        )
        self.scope = scope


class NotFound(SurelistError):
    """Absent or somebody else's: the same answer for both."""

    status = 404
    kind = "not_found"


class Conflict(SurelistError):
    """The state of things forbids it."""

    status = 409
    kind = "conflict"


class Gone(SurelistError):
    """It was here and has been removed for good."""

    status = 410
    kind = "gone"


class VersionMismatch(SurelistError):
    """The task has changed since the version that the caller named."""

    status = 412
    kind = "precondition_failed"


class TooLarge(SurelistError):
    """The request body is larger than the server reads."""

    status = 413
    kind = "too_large"


class UnsupportedMediaType(SurelistError):
    """The request body is not of a type that the server reads."""

    status = 415
    kind = "unsupported_media_type"


class UnsupportedEncoding(UnsupportedMediaType):
    """The request body is compressed, or otherwise encoded."""


class Invalid(SurelistError):
    """An argument is wrong; the message names it."""

    status = 422
    kind = "invalid"


class TooManyRequests(SurelistError):
    """The user's allowance is spent; `retry_after` seconds bring some of it back."""

    status = 429
    kind = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotSetUp(SurelistError):
    """The chat has no model to run on; the message says how to give it one."""

    status = 503
    kind = "chat_not_set_up"


class Unavailable(SurelistError):
    """The database is away or too busy; nothing was changed, try again in `retry_after` seconds."""

    status = 503
    kind = "unavailable"
    retry_after = 1
