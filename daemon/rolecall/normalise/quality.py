def read_flags(doc) -> frozenset[str]:
    return frozenset()
