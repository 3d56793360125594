"""The event of an upload, and the record and message that it becomes."""

import hashlib

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Arrival", "ObjectCreated"]


class _Model(BaseModel):
    # An error must not repeat the event: it ends up in logs.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Bucket(_Model):
    name: str = Field(min_length=1)


class _Object(_Model):
    key: str = Field(min_length=1)
    size: int = Field(ge=0)
    # Only versioned buckets send it. Without it, "the same file" would mean nothing.
    version_id: str = Field(min_length=1, alias="version-id")


class _Detail(_Model):
    bucket: _Bucket
    object: _Object


class ObjectCreated(_Model):
    """The event that S3 sends through EventBridge.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """

    id: str = Field(min_length=1)
    detail: _Detail


class Arrival(_Model):
    """One version of one object: the record in the manifest, and the message to process it."""

    file_id: str
    bucket: str
    key: str
    version_id: str
    size: int
    catalogue_version: str | None
    correlation_id: str

    @classmethod
    def of(cls, event: ObjectCreated, catalogue_version: str | None) -> "Arrival":
        """What `event` tells; whoever tells of the same version tells of the same file."""
        upload = event.detail.object
        name = f"{event.detail.bucket.name}\n{upload.key}\n{upload.version_id}"
        return cls(
            file_id=hashlib.sha256(name.encode()).hexdigest(),
            bucket=event.detail.bucket.name,
            key=upload.key,
            version_id=upload.version_id,
            size=upload.size,
            catalogue_version=catalogue_version,
            correlation_id=event.id,
        )
