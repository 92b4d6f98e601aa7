"""Everything that Surelist refuses, as exceptions that carry a code and values.

    ConfigurationError

    SurelistError
      Unauthenticated            401  unauthorized
        InvalidToken             401  unauthorized
          BeingErased            401  unauthorized
        SignInNeeded             401  insufficient_user_authentication
      Forbidden                  403  forbidden
        InsufficientScope        403  insufficient_scope
      NotFound                   404  not_found
      Conflict                   409  conflict
      Gone                       410  gone
      VersionMismatch            412  precondition_failed
      TooLarge                   413  too_large
      UnsupportedMediaType       415  unsupported_media_type
        UnsupportedEncoding      415  unsupported_media_type
      Invalid                    422  invalid
      TooManyRequests            429  too_many_requests
      Fault                      500  internal_server_error
      NotSetUp                   503  chat_not_set_up
      Unavailable                503  unavailable

The code is stable: specs/errors.md lists each. The sentences are in doors/messages.py.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, LiteralString

from pydantic_core import PydanticCustomError


class ConfigurationError(Exception):
    """The server cannot start as it is configured; one clear line that says what to do."""


class SurelistError(Exception):
    """A refusal: `status` is its HTTP status, `kind` its problem type, `code` its exact reason.

    `values` are what the sentences of the code are filled with. `current`, where given, is the task
    as it stands, so that the caller can decide without another call. `details` are for a client to
    read.
    """

    status: ClassVar[int]
    kind: str

    def __init__(
        self,
        code: str,
        *,
        current: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
        self.current = current
        self.details = details or {}

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({values})" if values else self.code


class Unauthenticated(SurelistError):
    """No token, or one that proves nothing; `details` may hold `error` for WWW-Authenticate."""

    status = 401
    kind = "unauthorized"


class InvalidToken(Unauthenticated):
    """A token was sent and is refused."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, details={"error": "invalid_token"}, **values)


class BeingErased(InvalidToken):
    """The account is being erased, and until that is done every token is refused."""

    def __init__(self) -> None:
        super().__init__("account_being_erased")


RECENT_SECONDS = 600
"""How old a sign-in may be where a recent one is needed."""


class SignInNeeded(Unauthenticated):
    """The token is good, but the person has not signed in recently enough (RFC 9470)."""

    kind = "insufficient_user_authentication"

    def __init__(self) -> None:
        super().__init__(
            "recent_sign_in_needed",
            details={"error": self.kind},
            minutes=RECENT_SECONDS // 60,
        )


class Forbidden(SurelistError):
    """The token is good, but not for this."""

    status = 403
    kind = "forbidden"


class InsufficientScope(Forbidden):
    """The token lacks `scope`."""

    kind = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__("insufficient_scope", scope=scope)
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
    """An argument is wrong; the values name it."""

    status = 422
    kind = "invalid"


class TooManyRequests(SurelistError):
    """The user's allowance is spent; `retry_after` seconds bring some of it back."""

    status = 429
    kind = "too_many_requests"

    def __init__(self, code: str, *, retry_after: int, **values: Any) -> None:
        super().__init__(code, retry_after=retry_after, **values)
        self.retry_after = retry_after


class Fault(SurelistError):
    """Something is wrong in the server itself: the answer to any other exception, never raised."""

    status = 500
    kind = "internal_server_error"


class NotSetUp(SurelistError):
    """The chat has no model to run on."""

    status = 503
    kind = "chat_not_set_up"


class Unavailable(SurelistError):
    """The database is away or too busy; nothing was changed, try again in `retry_after` seconds."""

    status = 503
    kind = "unavailable"
    retry_after = 1

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, retry_after=self.retry_after, **values)


def wrong_value(code: LiteralString, **values: Any) -> PydanticCustomError:
    """A ValueError that says by a code why a value is wrong, for Pydantic to collect."""
    return PydanticCustomError(code, code, values)
