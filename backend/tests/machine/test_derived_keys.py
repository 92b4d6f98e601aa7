"""Keys derived from the secret."""

import hashlib
import hmac

from surelist.machine.derived_keys import Purpose, derive, first_person_code, page_secret

SECRET = "s" * 32


def test_keys_are_derived_as_in_rfc_5869() -> None:
    extracted = hmac.digest(bytes(32), SECRET.encode(), hashlib.sha256)
    expected = hmac.digest(extracted, b"surelist tokens\x01", hashlib.sha256)
    assert derive(SECRET, Purpose.TOKENS) == expected


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derive(SECRET, purpose) for purpose in Purpose} | {SECRET.encode()}
    assert len(keys) == len(Purpose) + 1


def test_derived_keys_never_change() -> None:
    # A change would end every session and invalidate every code that people wrote down.
    assert (page_secret(SECRET), first_person_code(SECRET)) == (
        "rOsCx4MXQQRfnjIpulvscHPwwMm47qvZ-nIDT6NmLzk",
        "ZULQ-DYVE-ZVSG-ZHEW",
    )
