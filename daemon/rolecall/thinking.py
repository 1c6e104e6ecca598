"""Work that only computes is done in one thread beside the loop: more of them would but quarrel over the interpreter.

Every thread that computes makes the loop wait up to 5 ms for its turn, and threads do not queue in order: with eight of
them the loop came 50 ms late time and again, with one it hardly ever does, and nothing is computed later for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="thinking")


FEW = 20  # new postings that are nothing to think about long: a change of threads would take longer


async def think(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function returns; it must be pure, and brief: others wait for the same thread."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, partial(function, *args, **kwargs))


async def think_if(much: bool, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function returns: by way of `think` when there is much to do, else at once."""
    return await think(function, *args, **kwargs) if much else function(*args, **kwargs)
