"""A file system whose power can be cut: an ext4 image, shut down without flushing its journal."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from pathlib import Path

import pytest

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, of include/uapi/linux/ext4.h
NO_LOG_FLUSH = 2
SIZE = "96M"


class Island:
    """An ext4 image mounted at ``folder``; the test is skipped where that takes rights we do not have."""

    def __init__(self, place: Path) -> None:
        self._image = place / "image"
        self.folder = place / "island"
        self.folder.mkdir()
        self._run("truncate", "-s", SIZE, str(self._image))
        self._run("mkfs.ext4", "-q", str(self._image))
        self._mount()

    def cut_power(self) -> None:
        """Lose all that is not on the disk; end every process that uses it before ``restore_power``."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        except OSError as error:
            pytest.skip(f"this system does not cut the power of a file system: {error}")
        finally:
            os.close(folder)

    def restore_power(self) -> None:
        """Mount the image again, as the system does when it starts."""
        self._run("umount", str(self.folder))
        self._mount()

    def sink(self) -> None:
        """Unmount it for good."""
        subprocess.run(["umount", str(self.folder)], check=False, capture_output=True)

    def _mount(self) -> None:
        self._run("mount", "-o", "loop", str(self._image), str(self.folder))

    @staticmethod
    def _run(*command: str) -> None:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip(f"this system has no {command[0]}")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this system cannot {command[0]} an image: {error.stderr.strip()}")
