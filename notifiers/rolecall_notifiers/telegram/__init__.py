"""Telegram, by a bot of your own: what it sends, and what it hears when you press a button or write to it.

python-telegram-bot and aiohttp are loaded when a channel is opened: 20 MB and 0.2 s that only users of Telegram pay.
"""

from rolecall_notifiers.telegram.channel import Telegram

__all__ = ["Telegram"]
