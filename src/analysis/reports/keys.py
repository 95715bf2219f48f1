"""Keyed hashes: names that nobody can work out who does not have the key of this machine."""

import hashlib
import hmac
import os
import secrets

from analysis import paths
from analysis.errors import InputError

# Cards and scientific-use files have a key each, so that one pseudonym never gives away the other.
CARDS, SCIENTIFIC = "key", "key_scientific"
BYTES = 32


def load_key(name: str) -> bytes:
    """The key of this name; made once, from the system's random source, readable by its owner alone.

    Raises InputError for a file that is not a key, or that others can read.
    """
    file = paths.key(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as new:
            new.write(secrets.token_bytes(BYTES))
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise InputError(f"{paths.relative(file)}: others can read the key; run `chmod 600` on it.")
    found = file.read_bytes()
    if len(found) != BYTES:
        raise InputError(f"{paths.relative(file)}: this is no key of {BYTES} bytes; restore it from your copy.")
    return found


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 of the parts, a line each, as 64 hexadecimal digits. Source: RFC 2104."""
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()
