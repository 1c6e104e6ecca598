from __future__ import annotations
from rolecall.model import *
from rolecall.normalise.text import Doc

def read_closing(doc: Doc, *more: object) -> Fact[Closing]:
    return Fact()
