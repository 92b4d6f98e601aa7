"""One key for each purpose, derived from the one secret by HKDF-SHA256 (RFC 5869).

A key that is given to one process, or that signs one kind of message, is of no use for any other
purpose (NIST SP 800-57 part 1, 5.2).
"""

from base64 import b32encode, urlsafe_b64encode
from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
CODE_BYTES = 10
"""80 bits, which nobody guesses through a rate limit, in 16 letters."""


class Purpose(Enum):
    """What a derived key is for. The value is HKDF's `info`, and never changes."""

    TOKENS = b"surelist tokens"
    """Signs bearer tokens (specs/tokens.md)."""

    CURSORS = b"surelist cursors"
    """Signs cursors of lists."""

    PAGE = b"surelist page"
    """The only key of the web page: cookies, links in e-mails, authorization requests."""

    FIRST_PERSON = b"surelist local list"
    """Proves the right to be the user `local`, to whoever signs up first."""


def derive(secret: str, purpose: Purpose, length: int = KEY_BYTES) -> bytes:
    """The key of `length` bytes for `purpose`."""
    return HKDF(SHA256(), length, salt=None, info=purpose.value).derive(secret.encode())


def page_secret(secret: str) -> str:
    """The key for the web page, as the text that its environment carries."""
    return urlsafe_b64encode(derive(secret, Purpose.PAGE)).rstrip(b"=").decode()


def first_person_code(secret: str) -> str:
    """The code that makes the first person the user `local`, as typed: ABCD-EFGH-IJKL-MNOP."""
    letters = b32encode(derive(secret, Purpose.FIRST_PERSON, CODE_BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
