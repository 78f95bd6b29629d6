"""Files by content: a name is the SHA-256 of what is inside, so a name never changes meaning."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

_NAME = re.compile(r"^[0-9a-f]{64}(-[a-z0-9]{1,12})?\.[a-z0-9]{2,5}$")


class Storage:
    """Files under one folder, written once, spread over 256 sub-folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes, suffix: str) -> str:
        """Keep ``content``, return its name ``<sha256>.<suffix>``. Keeping it twice is harmless."""
        name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        self.put_as(name, content)
        return name

    def put_as(self, name: str, content: bytes) -> None:
        """Keep a derived file such as ``<sha256 of the original>-800.webp``.

        Raises ValueError when the name is not one of ours.
        """
        target = self.path(name)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).chmod(0o644)
        Path(handle.name).replace(target)

    def drop(self, name: str) -> None:
        """Take a file away; only for names that nothing else can point to. Raises ValueError."""
        self.path(name).unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Where ``name`` is or would be. Raises ValueError when the name is not one of ours."""
        if not _NAME.match(name):
            raise ValueError(f"not a stored file's name: {name!r}")
        return self.root / name[:2] / name

    def read(self, name: str) -> bytes:
        """The content. Raises FileNotFoundError, ValueError."""
        return self.path(name).read_bytes()

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return bool(_NAME.match(name)) and self.path(name).exists()

    def delete(self, name: str) -> None:
        """Let a file go that nothing refers to any more; one that is gone already is no fault."""
        self.path(name).unlink(missing_ok=True)
