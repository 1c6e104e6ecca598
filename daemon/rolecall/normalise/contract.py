from __future__ import annotations
from rolecall.model import *
from rolecall.normalise.text import Doc

def read_contract(doc: Doc, *more: object) -> Fact[ContractType]:
    return Fact()

def read_ir35(doc: Doc, contract: object) -> Fact[Ir35]:
    return Fact()
