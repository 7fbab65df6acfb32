"""What a person who records the metrics of a replay can rely on: the replay is the same."""

from detectors.negativity import NegativityModel
from streams.offline.recorded_metrics import RecordedMetrics
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.settings.config import Config
from tests.helpers.measured import messages
from tests.helpers.records import crisis


def test_recording_metrics_changes_no_event_and_no_summary() -> None:
    model = NegativityModel.load()
    lines = messages(crisis())
    pipeline = Pipeline(Config(), model)
    recorded = replay(lines, pipeline, runner=RecordedMetrics(pipeline))
    assert recorded == replay(lines, Pipeline(Config(), model))
