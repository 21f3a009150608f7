"""Say what an administrator of the organization can do about an error."""

from __future__ import annotations

from calls.errors import ProviderDown, ProviderError


def trouble(error: ProviderError) -> str:
    """Return a sentence.

    Source: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
    """
    cures = {
        "invalid_client": "Microsoft does not accept the client secret: it is wrong, or has expired.",
        "unauthorized_client": "Microsoft does not know the client id in this tenant.",
        "invalid_request": "Microsoft does not know the tenant.",
    }
    if error.detail in cures:
        return cures[error.detail]
    if error.code == "not_permitted":
        return (
            "Microsoft Graph does not allow it: see whether OnlineMeetings.ReadWrite.All has admin consent, and "
            "whether an application access policy is granted to the organizer."
        )
    if isinstance(error, ProviderDown):
        return f"Microsoft does not answer as it should ({error.detail or error.code})."
    return f"Microsoft refuses it ({error.detail or error.code})."
