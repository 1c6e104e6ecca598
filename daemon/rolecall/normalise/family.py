from __future__ import annotations
from rolecall.model import *
from rolecall.normalise.text import Doc

def read_family(doc: Doc, *more: object) -> Fact[str]:
    return Fact()
