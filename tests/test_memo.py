"""A memo says what its function says, and holds no more than it may."""

from rolecall.memo import Memo


def test_the_first_short_texts_are_read_once_and_all_others_anew() -> None:
    read: list[str] = []

    def shout(text: str) -> str:
        read.append(text)
        return text.upper()

    memo = Memo(shout, most=2, longest=3)
    asked = ["long one", "a", "b", "c"]
    for _ in range(2):
        assert [memo[text] for text in asked] == [text.upper() for text in asked]
    assert read == ["long one", "a", "b", "c", "long one", "c"]
    assert len(memo) == 2
