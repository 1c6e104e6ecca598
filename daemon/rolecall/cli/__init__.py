"""The commands of Rolecall."""


def main() -> None:
    raise SystemExit("not built yet")
