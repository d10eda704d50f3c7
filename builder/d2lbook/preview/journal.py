"""What the terminal is told: each complaint once, as long as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from d2lbook.preview.outcome import Complaint, Outcome

FEW = 3
"""So many pages are named."""

Say = Callable[[str], None]


class Journal:
    """Tells how the preview goes on: ``say`` takes what is news, ``complain`` what is wrong."""

    def __init__(self, say: Say, complain: Say) -> None:
        self.say = say
        self._complain = complain
        self._standing: set[str] = set()
        self._was_good = True
        self._note = ""

    def stand(self, complaints: Iterable[Complaint]) -> None:
        """Tell of these what has not been said: they are all that is wrong now."""
        lines = dict.fromkeys(each["line"] for each in complaints)
        for line in lines:
            if line not in self._standing:
                self._complain(line)
        self._standing = set(lines)

    def built(self, outcome: Outcome) -> None:
        """Tell what came of a build."""
        anew, is_good = outcome["anew"], not outcome["errors"]
        if not is_good:
            self.say("the pages stay as they were")
        elif anew:
            what = ", ".join(anew) if len(anew) <= FEW else f"{len(anew)} pages"
            self.say(f"{what}: {outcome['seconds']:.2f} s")
        elif not self._was_good:
            self.say("mended")
        self._was_good = is_good

    def note(self, text: str) -> None:
        """Tell this unless it was the last that was told so; empty where there is nothing to."""
        if text and text != self._note:
            self.say(text)
        self._note = text
