"""What watches the data pipeline, and what one looks at when it rings."""

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, CombinedAlarm, Profile, Severity, ThresholdAlarm
from constructs_lib.alarms.services import TableAlarms, TableAlarmSettings
from constructs_lib.dashboards import (
    LambdaSegment,
    QueueSegment,
    SavedQueries,
    ServiceDashboard,
    TableSegment,
)

if TYPE_CHECKING:
    from stacks.data_pipeline import DataPipeline

__all__ = ["PipelineAlarms"]


class PipelineAlarms(Construct):
    """One page for one fault of the pipeline; a file in quarantine is a note of its own.

    Attributes:
        pipeline: rings while any part of the pipeline is not well, and tells people.
        quarantined: tells of files that cannot be used.
        dashboard: what one looks at when it rings.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pipeline: "DataPipeline",
        quarantined: cloudwatch.IMetric,
        failed: cloudwatch.IMetric,
    ) -> None:
        """Watch the pipeline.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            pipeline: what is watched.
            quarantined: counts files that cannot be used.
            failed: counts messages of files whose processing failed, and is to be tried again.
        """
        super().__init__(scope, construct_id)
        table = TableAlarms(
            self,
            "Manifest",
            table=pipeline.manifest,
            settings=TableAlarmSettings(profile=Profile.STANDARD),
            route=AlarmRoute.silent(),
        )
        uploads = pipeline.uploads
        sources = [pipeline.files.alarms, uploads.alarms, uploads.dead_letter_depth]
        # The function answers which messages failed: for Lambda that is no error.
        failing = ThresholdAlarm(
            self,
            "Failing",
            metric=failed,
            threshold=1,
            means="A file could not be processed; it waits for its next attempt.",
            cause="a dependency that is down, or a catalogue that is no CSV.",
            query="the saved query of errors: the line names the file and the error.",
            route=AlarmRoute.silent(),
        )
        self.pipeline = CombinedAlarm(
            self,
            "Pipeline",
            children=[
                pipeline.ingest_file.alarms,
                pipeline.process_file.alarms,
                *(source for source in sources if source is not None),
                table,
                failing,
            ],
            means="The data pipeline is not well; the alarms that ring say where.",
            query="open the pipeline's dashboard: its first row shows which alarms ring.",
            severity=Severity.CRITICAL,
        )
        self.quarantined = ThresholdAlarm(
            self,
            "Quarantined",
            metric=quarantined,
            threshold=1,
            means="A file was uploaded that cannot be used.",
            cause="whoever sends files has changed their format.",
            query="read reason.json beside the file in the bucket of quarantine.",
        )
        functions = {"Ingest": pipeline.ingest_file, "Process": pipeline.process_file}
        self.dashboard = ServiceDashboard(
            self,
            "Dashboard",
            title="Data pipeline",
            alarms=[self.pipeline, self.quarantined],
            segments=[
                *(
                    LambdaSegment(
                        function.handle,
                        name=name,
                        dead_letter_queue=function.dead_letter_queue,
                        alarms=[function.alarms],
                    )
                    for name, function in functions.items()
                ),
                QueueSegment(pipeline.files.queue, name="Files"),
                TableSegment(pipeline.manifest, name="Manifest", alarms=[table]),
            ],
        )
        SavedQueries(
            self,
            "Queries",
            log_groups=[function.log_group for function in functions.values()],
            folder=pipeline.stack_name,
        )
