"""What is done once in a while: exchange rates, the texts of adverts that are long gone."""

from __future__ import annotations

from rolecall import rates, retention
from rolecall.house import House
from rolecall.life.bells import Bells

RATES_EVERY = 24 * 3600.0
PRUNE_EVERY = 3600.0  # seconds between two looks whether a day has passed


async def refresh_rates(house: House, bells: Bells) -> None:
    """Refresh the exchange rates once a day, where the user asks for it."""
    while bells.going_on():
        if house.config.pay.fx_refresh:
            await rates.refresh(house)
        await bells.pause(RATES_EVERY)


async def prune(house: House, bells: Bells) -> None:
    """Drop the texts of adverts that are long gone."""
    while bells.going_on():
        async with bells.patience():
            await retention.prune(house, bells.stop)
        await bells.pause(PRUNE_EVERY)
