from __future__ import annotations
from rolecall.model import *
from rolecall.normalise.text import Doc

def read_agency(doc: Doc, *more: object) -> Fact[bool]:
    return Fact()
