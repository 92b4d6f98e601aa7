"""One key for each purpose."""

import hashlib
import hmac

from surelist.machine.derived_keys import Purpose, derive, first_person_code, page_secret

SECRET = "s" * 32


def test_a_key_is_that_of_rfc_5869() -> None:
    extracted = hmac.digest(bytes(32), SECRET.encode(), hashlib.sha256)
    expected = hmac.digest(extracted, b"surelist tokens\x01", hashlib.sha256)
    assert derive(SECRET, Purpose.TOKENS) == expected


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derive(SECRET, purpose) for purpose in Purpose} | {SECRET.encode()}
    assert len(keys) == len(Purpose) + 1


def test_the_texts_of_keys_never_change() -> None:
    # Every session would end, and every written-down code fail.
    assert (page_secret(SECRET), first_person_code(SECRET)) == (
        "rOsCx4MXQQRfnjIpulvscHPwwMm47qvZ-nIDT6NmLzk",
        "ZULQ-DYVE-ZVSG-ZHEW",
    )
