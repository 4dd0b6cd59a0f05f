// Provides the event of an upload, as EventBridge hands it to a function.
import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";

export function uploaded(bucket: string, key: string): S3ObjectCreatedNotificationEvent {
  const object = { key, size: 5, etag: "b1946ac9", "version-id": "1", sequencer: "00617F08299329D189" };
  return {
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "123456789012",
    time: "2026-11-12T00:00:00Z",
    region: "eu-central-1",
    resources: [],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object,
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      "source-ip-address": "192.0.2.1",
      reason: "PutObject",
    },
  };
}
