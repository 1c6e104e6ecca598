"""Why a server is not reached, in words."""

from __future__ import annotations

import os
import socket


def unreached(host: str, error: OSError) -> str:
    """Return "HOST is not known to the name service", or "HOST cannot be connected (Connection refused)"."""
    if isinstance(error, socket.gaierror):
        return f"{host} is not known to the name service"
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or type(error).__name__
    return f"{host} cannot be connected ({why})"
