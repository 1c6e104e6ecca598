"""What is done once in a while: exchange rates, the texts of adverts that are long gone, a word that all is well."""

from __future__ import annotations

from rolecall import rates, retention
from rolecall.house import House
from rolecall.life.bells import Bells
from rolecall.life.pulse import Pulse
from rolecall.observe import ping

RATES_EVERY = 24 * 3600.0
SWITCH_EVERY = 60.0  # seconds between two looks whether the user wants a dead man's switch
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


async def reassure(house: House, bells: Bells, pulse: Pulse) -> None:
    """Tell the dead man's switch how we are, where the user has one."""
    while bells.going_on():
        switch = house.config.deadman
        if switch is not None:
            await ping(switch.url.reveal(), house.fetcher, pulse.troubles)
        await bells.pause(SWITCH_EVERY if switch is None else switch.every.total_seconds())
