"""Shares of the root key by SLIP-39: lists of words, of which two bring the key back."""

from __future__ import annotations

from collections.abc import Iterable

from models.keys.root_keys import KEY_BYTES

SHARES, ENOUGH = 3, 2
_MOST_WORK = 2
"""Ours say 1. A stranger's may ask for hours of computing before they are found wrong."""


class UnfitShares(Exception):
    """These words are no shares, or not of one key."""


def split(root: bytes) -> list[str]:
    """Three lists of words."""
    import shamir_mnemonic

    (words,) = shamir_mnemonic.generate_mnemonics(1, [(ENOUGH, SHARES)], root)
    return list(words)


def joined(typed: Iterable[str]) -> bytes:
    """The root key of two shares as people type them. Raises UnfitShares."""
    import shamir_mnemonic  # loaded here: a process that answers callers does without

    words = [" ".join(each.split()).lower() for each in typed]
    try:
        shares = [shamir_mnemonic.Share.from_mnemonic(each) for each in words]
        if any(share.iteration_exponent > _MOST_WORK for share in shares):
            raise UnfitShares("they are shares of something else")
        key = shamir_mnemonic.combine_mnemonics(words)
    except shamir_mnemonic.MnemonicError as error:
        raise UnfitShares(str(error)) from error
    if len(key) != KEY_BYTES:
        raise UnfitShares("they are shares of something else")
    return bytes(key)
