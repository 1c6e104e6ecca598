"""Write docs/hostile.md: `python -m tests.hostile`."""

from tests.hostile.document import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
