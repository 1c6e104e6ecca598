"""Where people's presses and commands are carried out, whatever channel they came by. `FrontDesk` is a `talk.Desk`."""

from rolecall.desk.front import FrontDesk

__all__ = ["FrontDesk"]
