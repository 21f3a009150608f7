"""What whoever runs the app should know of the settings of the meeting systems, though they can be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from providers.reaches import kinds_of


def weaknesses(names: Iterable[str], values: Mapping[str, str]) -> Sequence[str]:
    """Return a sentence for every setting of some meeting systems that is weaker than it could be.

    Args:
        names: as `STARTCALL_PROVIDER` takes them.
        values: the settings of meeting systems, by name.

    Raises:
        ConfigError: when a meeting system cannot be loaded.
    """
    settings = {one.name: one for kind in kinds_of(names) for one in kind.settings if one.name in values}
    found = {name: setting.find_weakness(values[name]) for name, setting in settings.items()}
    return [f"{name} {weakness}." for name, weakness in found.items() if weakness is not None]
