"""`/metrics`: what this process has done, in Prometheus' text format.

The engine counts in plain numbers; they are read when somebody asks. Each application has a registry of its
own, so two in one process share nothing. Labels are names of our schema and codes of our errors: nothing of
a client, nothing of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from secrets import compare_digest

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from ..graph.counts import BOUNDS, Seconds
from ..graph.engine import Engine
from ..graph.live import Hub
from ..graph.unplanned import unplanned_roots
from ..programs.delivery import Delivery
from ..programs.runner import Runner
from ..programs.task_runner import TaskRunner
from ..store.jobs import JobOutcome
from .app import Metrics


class EngineCollector(Collector):
    """Reads one engine's counts, to whom events are still to be told, how jobs and tasks ended, who is
    connected.
    """

    def __init__(self, engine: Engine, delivery: Delivery, jobs: Runner, tasks: TaskRunner, hub: Hub) -> None:
        self.engine, self.delivery, self.jobs, self.tasks, self.hub = engine, delivery, jobs, tasks, hub

    def collect(self) -> Iterable[Metric]:
        counts, cold = self.engine.counts, self.engine.documents.cold
        kinds = {
            "planned": counts.planned,
            "resolved": counts.resolved,
            "mutation": counts.mutations,
            "refused": counts.refused,
        }
        documents = {"cold": cold, "hot": max(0, counts.documents - cold)}
        plans = {"found": counts.plans_found, "made": counts.plans_made}
        fields = {name: counts.unplanned[name] for name in unplanned_roots(self.engine.schema)}
        yield counter("operations", "Operations by what became of them.", "kind", kinds)
        yield counter("errors", "Errors that were answered.", "code", counts.errors)
        yield counter("documents", "Documents: read anew (cold) or known (hot).", "state", documents)
        yield counter("plans", "Plans: made, or found for an operation known by its shape.", "state", plans)
        yield counter("unplanned_fields", "Queries with a root field that no plan answers.", "field", fields)
        yield histogram(
            "statement_seconds", "Statements that read data, with the wait for them.", counts.statements
        )
        yield self._deliveries()
        connected = "WebSockets and event streams that are open now."
        yield GaugeMetricFamily("wantilan_live_connections", connected, value=len(self.hub.connections))
        followed = "Subscriptions that run now."
        yield GaugeMetricFamily("wantilan_live_subscriptions", followed, value=self.hub.subscriptions)
        yield CounterMetricFamily("wantilan_live_events", "Events sent to subscribers.", value=self.hub.sent)
        for kind, worker in (("job", self.jobs), ("task", self.tasks)):
            ended = {outcome.name.lower(): worker.ended[outcome] for outcome in JobOutcome}
            yield counter(f"{kind}_runs", f"Runs of {kind}s by how they ended.", "outcome", ended)

    def _deliveries(self) -> Metric:
        text = "Programs in villages that had something to be told when delivery last looked at everything."
        made, counted = (
            GaugeMetricFamily("wantilan_deliveries", text, labels=["state"]),
            self.delivery.counted,
        )
        made.add_metric(["waiting"], counted.waiting)
        made.add_metric(["stuck"], counted.stuck)
        return made


def counter(name: str, text: str, label: str, values: Mapping[str, int]) -> CounterMetricFamily:
    made = CounterMetricFamily(f"wantilan_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        made.add_metric([key], value)
    return made


def histogram(name: str, text: str, seconds: Seconds) -> HistogramMetricFamily:
    bounds = [*map(str, BOUNDS), "+Inf"]
    buckets = list(zip(bounds, accumulate(seconds.buckets), strict=True))
    return HistogramMetricFamily(f"wantilan_{name}", text, buckets=buckets, sum_value=seconds.sum)


def exposed(
    engine: Engine, delivery: Delivery, jobs: Runner, tasks: TaskRunner, hub: Hub, token: str
) -> Metrics:
    """Content type and text for whoever brings the token."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(EngineCollector(engine, delivery, jobs, tasks, hub))
    ProcessCollector(registry=registry)
    expected, content_type = token.encode(), CONTENT_TYPE_LATEST.encode()

    def metrics(given: str | None) -> tuple[bytes, bytes] | None:
        if given is None or not compare_digest(given.encode(), expected):
            return None
        return content_type, generate_latest(registry)

    return metrics
