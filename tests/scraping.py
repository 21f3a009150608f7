"""Read what `GET /metrics` says."""

from __future__ import annotations

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

Labels = tuple[tuple[str, str], ...]
Samples = dict[tuple[str, Labels], float]


async def scrape(url: str) -> Samples:
    """Return every number, by name and labels, once the answer was read as Prometheus reads it.

    Args:
        url: where the app listens.
    """
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        assert 200 == answer.status
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        text = await answer.text()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(samples: Samples, name: str, **labels: str) -> float:
    """Return one number; 0 where it was never counted."""
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


def grown(before: Samples, after: Samples, name: str, **labels: str) -> float:
    """Return by how much a number has grown."""
    return number(after, name, **labels) - number(before, name, **labels)
