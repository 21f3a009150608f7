"""What a provider of a hosted meeting system does when its vendor fails, beside the contract every provider keeps."""

from __future__ import annotations

import asyncio

import pytest

from calls.errors import CallsError, ProviderAuth, ProviderDown, ProviderError
from tests.contract.provider_kit import SPEC, Make
from tests.vendor import RETRY_AFTER_S, VendorDouble

ENDINGS: dict[str, type[CallsError] | None] = {
    "unauthorized_once": None,
    "retired": ProviderAuth,
    "rate_limited": ProviderDown,
    "server_error": ProviderDown,
    "truncated": ProviderDown,
    "html": ProviderDown,
    "unknown_fields": None,
    "missing_fields": ProviderError,
    "redirect": ProviderError,
}
"""How making a room ends under each fault; None is well."""


async def check_vendor(make: Make, vendor: VendorDouble) -> None:
    """Check every fault, each with a new provider, and that the next try after it works."""
    for fault, error in ENDINGS.items():
        await _check_fault(make, vendor, fault, error)
    await _check_slow(make, vendor)
    assert not vendor.evil, "no redirect is followed"


async def _check_fault(make: Make, vendor: VendorDouble, fault: str, error: type[CallsError] | None) -> None:
    provider, vendor.fault = make(), fault
    try:
        if error is None:
            await provider.create_room(SPEC)
        else:
            with pytest.raises(error) as caught:
                await provider.create_room(SPEC)
            if fault == "rate_limited":
                assert getattr(caught.value, "retry_after_s", None) == RETRY_AFTER_S, "the vendor's time is kept"
        vendor.fault = ""
        await provider.create_room(SPEC)
    finally:
        vendor.fault = ""
        await provider.aclose()


async def _check_slow(make: Make, vendor: VendorDouble) -> None:
    """A request that is given up leaves nothing behind that would hold up the next one."""
    provider, vendor.fault = make(), "slow"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(provider.create_room(SPEC), 0.3)
    vendor.fault = ""
    await asyncio.wait_for(provider.create_room(SPEC), 5)
    await provider.aclose()
