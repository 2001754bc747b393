"""The key in the keyring that signs the audit log's checkpoints."""

from __future__ import annotations

from rapport.host.vault import Vault


class VaultAuditKey:
    """An :class:`~rapport.domain.ports.AuditKey`: Ed25519, made at the first signature."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def sign(self, content: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._vault.audit_key()).sign(content)

    def verified(self, content: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = self._vault.known_audit_key()
        if key is None:
            return False
        try:
            Ed25519PrivateKey.from_private_bytes(key).public_key().verify(signature, content)
        except InvalidSignature:
            return False
        return True
