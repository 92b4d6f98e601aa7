"""Keys derived from the secret with HKDF-SHA256 (RFC 5869), one for each purpose.

A key that leaks from one process is useless for any other purpose (NIST SP 800-57 part 1, 5.2).
"""

from base64 import b32encode, urlsafe_b64encode
from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
CODE_BYTES = 10
"""80 bits, or 16 letters: enough that nobody can guess a code through a rate limit."""


class Purpose(Enum):
    """The purpose of a derived key. The value is HKDF's `info` and must never change."""

    TOKENS = b"surelist tokens"
    """Signs bearer tokens (specs/tokens.md)."""

    CURSORS = b"surelist cursors"
    """Signs pagination cursors."""

    PAGE = b"surelist page"
    """The web page's only key, for cookies, links in e-mails and authorization requests."""

    WEBHOOKS = b"surelist webhooks"
    """Derives the signing secret of each webhook (specs/rest.md)."""

    FIRST_PERSON = b"surelist local list"
    """The code with which the first person becomes the user `local`."""


def derive(secret: str, purpose: Purpose, length: int = KEY_BYTES) -> bytes:
    """The key for `purpose`, `length` bytes long."""
    return HKDF(SHA256(), length, salt=None, info=purpose.value).derive(secret.encode())


def page_secret(secret: str) -> str:
    """The key of the web page in base64url, the form of SURELIST_PAGE_SECRET."""
    return urlsafe_b64encode(derive(secret, Purpose.PAGE)).rstrip(b"=").decode()


def first_person_code(secret: str) -> str:
    """The code that makes the first person the user `local`, such as ABCD-EFGH-IJKL-MNOP."""
    letters = b32encode(derive(secret, Purpose.FIRST_PERSON, CODE_BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
