"""The data pipeline: files of sales are taken in, cleaned and added up, once for each version of each object."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmTopic, FunctionAlarmSettings, Profile
from constructs_lib.bundling import PythonCode, Target
from constructs_lib.checks import acknowledge
from constructs_lib.dead_letters import DeadLetters, QueueSource, RedriveSettings, S3Source
from constructs_lib.handlers import handler_folder
from constructs_lib.known_patterns import acknowledge_patterns
from constructs_lib.resilient_function import ResilientFunction
from stacks.config import Config
from stacks.pipeline_alarms import PipelineAlarms
from stacks.pipeline_buckets import PipelineBuckets

__all__ = ["DataPipeline"]

_HANDLERS = Path(__file__).parent.parent / "lambda_src"
_METRICS_NAMESPACE = "DataPipeline"
_ALARMS = FunctionAlarmSettings(profile=Profile.COMPLETE)
_INCOMING = "incoming/"
_CATALOGUE = "reference/products.csv"
_MOST_AT_ONCE = 5
"""Files processed at the same time: more wait in the queue, however many arrive at once."""


class DataPipeline(cdk.Stack):
    """S3 upload -> ingest_file -> SQS -> process_file -> output, manifest or quarantine.

    Attributes:
        buckets: where files arrive, where output goes, and where unusable files are kept.
        manifest: the table of what became of each file, and of the totals.
        ingest_file: takes in uploads.
        process_file: processes files.
        uploads: the source of uploads: those with the prefix ``incoming/``.
        files: the source of files to process.
        alarms: what watches the pipeline, and its dashboard.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: Config, env: cdk.Environment) -> None:
        """Make the pipeline of one Region.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            config: the settings.
            env: account and Region.
        """
        super().__init__(scope, construct_id, env=env, description="Files of sales, each processed once")
        keep = config.removal_policy
        self.buckets = PipelineBuckets.make(self, keep)
        self.manifest = dynamodb.TableV2(
            self,
            "Manifest",
            partition_key=dynamodb.Attribute(name="file_id", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=config.keeps_data,
            removal_policy=keep,
        )
        self.process_file = self._function(
            "ProcessFile",
            "process_file",
            config,
            description="Processes files of sales",
            # A third of a core would do with the memory; the time is what processing takes.
            memory_size=1769,
            timeout=cdk.Duration.minutes(1 if config.local else 15),
            environment={
                "OUTPUT_BUCKET_NAME": self.buckets.output.bucket_name,
                "QUARANTINE_BUCKET_NAME": self.buckets.quarantine.bucket_name,
            },
        )
        acknowledge(
            self.process_file.function,
            {"Serverless::Serverless-LambdaDLQ": "A queue invokes it, which keeps what it fails on."},
        )
        self.files = QueueSource(
            self,
            "Files",
            function=self.process_file.alias,
            batch_size=1,  # a file may take an invocation's whole time
            max_concurrency=_MOST_AT_ONCE,
            alarm_route=AlarmRoute.silent(),  # the pipeline's alarm covers them
            removal_policy=keep,
        )
        self.ingest_file = self._function(
            "IngestFile",
            "ingest_file",
            config,
            description="Takes in uploaded files",
            timeout=cdk.Duration.seconds(20),
            environment={"FILES_QUEUE_URL": self.files.queue.queue_url},
            dead_letters=DeadLetters(redrive=RedriveSettings()),
        )
        self.uploads = S3Source(
            self,
            "Arrivals",
            function=self.ingest_file.alias,
            bucket=self.buckets.uploads,
            prefix=_INCOMING,
            alarm_route=AlarmRoute.silent(),
            removal_policy=keep,
        )
        self._grant()
        self.alarms = PipelineAlarms(
            self,
            "Alarms",
            pipeline=self,
            quarantined=self._counted("FilesQuarantined"),
            failed=self._counted("RecordsFailed"),
        )
        if config.alarm_email is not None:
            AlarmTopic.of(self).add_email(config.alarm_email)
        self._outputs()

    def _function(
        self,
        construct_id: str,
        name: str,
        config: Config,
        *,
        description: str,
        timeout: cdk.Duration,
        environment: dict[str, str],
        memory_size: int | None = None,
        dead_letters: DeadLetters | None = None,
    ) -> ResilientFunction:
        return ResilientFunction(
            self,
            construct_id,
            code=PythonCode.from_folder(
                _HANDLERS / name,
                extra_folders=[handler_folder("handler_toolkit")],
                # The local cloud runs handlers on this machine; Lambda's own runtime decides otherwise.
                target=Target.host() if config.local else None,
            ),
            handler=f"{name}.handler.handler",
            description=description,
            memory_size=memory_size,
            timeout=timeout,
            dead_letters=dead_letters,
            alarms=_ALARMS,
            alarm_route=AlarmRoute.silent(),
            environment={
                "MANIFEST_TABLE_NAME": self.manifest.table_name,
                "UPLOADS_BUCKET_NAME": self.buckets.uploads.bucket_name,
                "POWERTOOLS_METRICS_NAMESPACE": _METRICS_NAMESPACE,
                **environment,
            },
            removal_policy=config.removal_policy,
        )

    def _grant(self) -> None:
        ingest, process = self.ingest_file, self.process_file
        uploads, catalogue = self.buckets.uploads, self.buckets.uploads.arn_for_objects(_CATALOGUE)
        self.manifest.grant(ingest, "dynamodb:PutItem")
        self.manifest.grant(process, "dynamodb:GetItem", "dynamodb:UpdateItem")
        self.files.grant_send_messages(ingest)
        # Without the right to list, S3 says of what is not there that it is forbidden.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        self._allow(ingest, ["s3:ListBucket"], uploads.bucket_arn)
        self._allow(ingest, ["s3:GetObject"], catalogue)
        self._allow(process, ["s3:GetObjectVersion"], catalogue)
        objects = {
            "Incoming": (["s3:GetObjectVersion"], uploads, f"{_INCOMING}*"),
            "Output": (["s3:AbortMultipartUpload", "s3:PutObject"], self.buckets.output, "*"),
            "Quarantine": (["s3:AbortMultipartUpload", "s3:PutObject"], self.buckets.quarantine, "*"),
        }
        for name, (actions, bucket, keys) in objects.items():
            self._allow_objects(name, process, actions, bucket, keys)

    def _allow(self, function: ResilientFunction, actions: list[str], arn: str) -> None:
        function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[arn]))

    def _allow_objects(
        self, name: str, function: ResilientFunction, actions: list[str], bucket: s3.Bucket, keys: str
    ) -> None:
        policy = iam.Policy(
            self,
            f"{name}Objects",
            statements=[iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(keys)])],
            roles=[function.role],
        )
        reason = "The keys of files are known only once they are there; the bucket holds nothing else."
        acknowledge_patterns(policy, [bucket.arn_for_objects(keys)], reason)

    def _counted(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=_METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self.process_file.node.id},
            statistic="Sum",
            period=cdk.Duration.minutes(5),
        )

    def _outputs(self) -> None:
        outputs = {
            "UploadsBucket": self.buckets.uploads.bucket_name,
            "OutputBucket": self.buckets.output.bucket_name,
            "QuarantineBucket": self.buckets.quarantine.bucket_name,
            "ManifestTable": self.manifest.table_name,
            "FilesQueueUrl": self.files.queue.queue_url,
            "FilesDeadLetterQueueUrl": self.files.dead_letter_queue.queue_url,
            "PipelineAlarm": self.alarms.pipeline.alarm_name,
            "AlarmTopicArn": AlarmTopic.of(self).topic.topic_arn,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)
