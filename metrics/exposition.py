"""The text that Prometheus reads, with the name of the process on every line."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from metrics.instruments import REGISTRY

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's
ProcessCollector(registry=REGISTRY)

INSTANCE_LABEL: Final = "instance"


def render(*, instance: str, accept: str) -> tuple[bytes, str]:
    """Return all numbers of this process in the form that was asked for, and its media type."""
    encode, content_type = choose_encoder(accept)
    return encode(_Named(REGISTRY, instance)), content_type


class _Named(Collector):
    """Another registry's numbers, each with the name of the process.

    The name is added when somebody reads, so that counting does not pay for it.
    """

    def __init__(self, registry: CollectorRegistry, instance: str) -> None:
        self._of = registry
        self._instance = instance

    def collect(self) -> Iterator[Metric]:
        for metric in self._of.collect():
            named = Metric(metric.name, metric.documentation, metric.type, metric.unit)
            named.samples = [self._named(sample) for sample in metric.samples]
            yield named

    def _named(self, sample: Sample) -> Sample:
        return sample._replace(labels={INSTANCE_LABEL: self._instance, **sample.labels})
