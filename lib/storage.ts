import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { LISTED_ATTRIBUTES } from "../domain/request/listed-request.ts";
import { ACTIVE_INDEX, CLOSING_INDEX, NEWEST_INDEX } from "../domain/request/request-item.ts";
import { KEEP_DAYS } from "../domain/request/timestamps.ts";
import { DisposableBucket } from "./disposable-bucket.ts";
import type { Parameters } from "./parameters.ts";
import { warmWrites } from "./warm-writes.ts";

const STRING = dynamodb.AttributeType.STRING;

/** The three tables whose streams drive the pipeline, the one that has no stream, and the bucket of lists and reports. */
export class Storage extends Construct {
  readonly requests: dynamodb.Table;
  readonly requestPops: dynamodb.Table;
  readonly requestTasks: dynamodb.Table;
  /** Counters and beats: small items that change often, which nothing follows. */
  readonly progress: dynamodb.Table;
  readonly bucket: DisposableBucket;
  /** ARN that a query for active requests needs permission for. */
  readonly activeIndexArn: string;
  /** The same for those that have ended and were not closed. */
  readonly closingIndexArn: string;
  /** The same for all of them. */
  readonly newestIndexArn: string;

  constructor(scope: Construct, id: string, { warmWritesPerSecond }: Pick<Parameters, "warmWritesPerSecond">) {
    super(scope, id);
    this.requests = this.table("Request", "req_id", undefined, dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    this.requests.addGlobalSecondaryIndex({
      indexName: ACTIVE_INDEX,
      // Only active requests have the attribute, so the index holds no others.
      partitionKey: { name: "active", type: STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: ["status", "timeout_at", "last_update_time"],
    });
    this.requests.addGlobalSecondaryIndex({
      indexName: CLOSING_INDEX,
      partitionKey: { name: "closing", type: STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: ["last_update_time"],
    });
    this.requests.addGlobalSecondaryIndex({
      indexName: NEWEST_INDEX,
      partitionKey: { name: "listed", type: STRING },
      sortKey: { name: "created_at", type: STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: [...LISTED_ATTRIBUTES],
    });
    this.newestIndexArn = `${this.requests.tableArn}/index/${NEWEST_INDEX}`;
    this.closingIndexArn = `${this.requests.tableArn}/index/${CLOSING_INDEX}`;
    this.activeIndexArn = `${this.requests.tableArn}/index/${ACTIVE_INDEX}`;
    this.requestPops = this.table("RequestPop", "req_id", "target", dynamodb.StreamViewType.NEW_IMAGE);
    this.requestTasks = this.table("RequestTask", "task_key", "pop_url", dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    warmWrites(this.requestTasks, warmWritesPerSecond);
    this.progress = this.table("Progress", "key", "part");
    this.bucket = new DisposableBucket(this, "Lists", {
      lifecycleRules: [{ expiration: Duration.days(KEEP_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }

  private table(id: string, partitionKey: string, sortKey: string | undefined, stream?: dynamodb.StreamViewType) {
    return new dynamodb.Table(this, id, {
      partitionKey: { name: partitionKey, type: STRING },
      ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: STRING } }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...(stream === undefined ? {} : { stream }),
      timeToLiveAttribute: "expire_at",
      // Encrypted at rest with a key that AWS owns, the default. A key of our own would cost, and keep nobody else out.
      // No point-in-time recovery: items expire after 30 days, and a request can be sent again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
