"""A sealed value stays sealed, opens only for its purpose, and survives a change of keys."""

from __future__ import annotations

import pytest

from models.core.vault import Vault, VaultError

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_sealed_opens_for_its_own_purpose_only() -> None:
    vault = Vault([OLD])
    sealed = vault.seal("+12125550150", "call.number")
    assert b"2125550150" not in sealed
    assert vault.open(sealed, "call.number") == "+12125550150"
    with pytest.raises(VaultError, match="altered"):
        vault.open(sealed, "person.phone")


def test_an_altered_value_is_refused() -> None:
    vault = Vault([OLD])
    sealed = bytearray(vault.seal("secret", "note"))
    sealed[-1] ^= 1
    with pytest.raises(VaultError):
        vault.open(bytes(sealed), "note")


def test_after_a_new_key_the_old_values_open_and_are_found() -> None:
    before = Vault([OLD])
    sealed, mark = before.seal("x", "note"), before.fingerprint("x", "number")
    after = Vault([NEW, OLD])
    assert after.open(sealed, "note") == "x"
    assert mark in after.fingerprints("x", "number")
    assert after.fingerprint("x", "number") != mark
    with pytest.raises(VaultError, match="not in DATA_KEYS"):
        Vault([NEW]).open(sealed, "note")


@pytest.mark.parametrize("setting", ["", "short", "!!!", "A" * 43 + ",B"])
def test_unusable_keys_are_refused(setting: str) -> None:
    with pytest.raises(VaultError):
        Vault.from_setting(setting)
