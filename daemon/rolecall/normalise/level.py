from rolecall.model import *
def read_level(doc, family, salary):
    return Fact(), Fact()
