"""Keys: whom a copy is encrypted to, and by whom it was signed.

An export goes to the municipality alone. A backup goes to the installation's own backup key as well, so that it
can be proved and restored without asking anybody; that key is a file beside the other secrets.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from pyrage import IdentityError, RecipientError, x25519

from kernel.tenancy import HUB, use_shared
from tenants.models import Municipality
from tenants.portability.errors import KeyStands, NoKey, NotAKey
from tenants.portability.models import Key
from tenants.staging import NoSuchMunicipality


def make_key(schema: str, *, anew: bool = False) -> str:
    """Give the municipality a key and return its private half, which is kept nowhere. Refuses `KeyStands`."""
    identity = x25519.Identity.generate()
    register_key(schema, str(identity.to_public()), anew=anew)
    return str(identity)


def register_key(schema: str, public: str, *, anew: bool = False) -> None:
    """Take the public half of a key that the municipality made itself. Refuses `NotAKey` and `KeyStands`."""
    _recipient(public)
    with use_shared(), transaction.atomic():
        town = Municipality.objects.exclude(schema_name=HUB).filter(schema_name=schema).first()
        if town is None:
            raise NoSuchMunicipality(schema=schema)
        if not anew and Key.objects.filter(municipality=town).exists():
            raise KeyStands(schema=schema)
        Key.objects.filter(municipality=town).delete()
        Key.objects.create(municipality=town, public=public)


def public_key(schema: str) -> str:
    """The municipality's public key. Refuses `NoKey`."""
    found = public_key_or_none(schema)
    if found is None:
        raise NoKey(schema=schema)
    return found


def public_key_or_none(schema: str) -> str | None:
    with use_shared():
        return (
            Key.objects.filter(municipality__schema_name=schema)
            .values_list("public", flat=True)
            .first()
        )


def read_identity(text: str) -> x25519.Identity:
    """A private key as age writes it: the line itself or a key file with remarks. Refuses `NotAKey`."""
    lines = [line.strip() for line in text.splitlines()]
    secret = next((line for line in lines if line.upper().startswith("AGE-SECRET-KEY-")), "")
    try:
        return x25519.Identity.from_str(secret)
    except IdentityError as error:
        raise NotAKey() from error


def backup_identity() -> x25519.Identity:
    """The installation's own key for backups, made when it is first needed."""
    place = Path(settings.BACKUP_IDENTITY_FILE)
    if not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(place, str(x25519.Identity.generate()))
    return read_identity(place.read_text())


def _write_once(place: Path, text: str) -> None:
    """The first of several processes wins; a half-written key is never seen under its name."""
    part = place.with_name(f".{place.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, place)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def recipients(publics: list[str]) -> list[x25519.Recipient]:
    return [_recipient(one) for one in publics]


def _recipient(public: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(public)
    except RecipientError as error:
        raise NotAKey() from error


def sign(content: bytes) -> dict[str, str]:
    """This installation's signature (Ed25519, derived from its secret)."""
    private = _signer(settings.SECRET_KEY)
    return {
        "algorithm": "ed25519",
        "public_key": _public_text(private.public_key()),
        "signature": base64.b64encode(private.sign(content)).decode(),
    }


def is_signed(content: bytes, signature: dict[str, str]) -> bool:
    """Whether the content is as it was signed. By whom, `is_ours` says."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
        key.verify(base64.b64decode(signature["signature"]), content)
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


def is_ours(signature: dict[str, str]) -> bool:
    """Whether this installation signed it, with its secret of today or a retired one."""
    known = {
        _public_text(_signer(secret).public_key())
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    }
    return signature.get("public_key") in known


def _signer(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"baladiyat export signature")
    return Ed25519PrivateKey.from_private_bytes(seed.derive(secret.encode()))


def _public_text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()
