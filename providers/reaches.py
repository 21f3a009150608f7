"""Say which addresses the chosen meeting systems are asked at, so that requests go nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from calls.meetings import ProviderKind
from providers.registry import AUTO, AUTO_KINDS, find_kind


def addresses_of(names: Iterable[str], values: Mapping[str, str]) -> frozenset[str]:
    """Return the addresses of meeting systems: those their settings hold, and those they name themselves.

    Args:
        names: as `STARTCALL_PROVIDER` takes them.
        values: the settings of meeting systems, by name.

    Raises:
        ConfigError: when a meeting system cannot be loaded.
    """
    return frozenset(address for kind in kinds_of(names) for address in _of_kind(kind, values))


def kinds_of(names: Iterable[str]) -> Sequence[ProviderKind]:
    """Return the kinds of meeting systems: for the choice that is made later, each that it may fall on.

    Raises:
        ConfigError: when a meeting system cannot be loaded.
    """
    return [kind for name in names for kind in (AUTO_KINDS if name == AUTO else (find_kind(name),))]


def _of_kind(kind: ProviderKind, values: Mapping[str, str]) -> list[str]:
    own = {setting.name: values.get(setting.name, setting.default) for setting in kind.settings}
    held = [word for value in own.values() for word in value.replace(",", " ").split() if "://" in word]
    return [*held, *kind.reaches(own)]
