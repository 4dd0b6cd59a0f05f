import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ACTIVE_INDEX } from "../contracts/request-item.ts";
import { KEEP_DAYS } from "../contracts/timestamps.ts";

const STRING = dynamodb.AttributeType.STRING;

/** The three tables, whose streams drive the pipeline, and the bucket of lists and reports. */
export class Storage extends Construct {
  readonly requests: dynamodb.Table;
  readonly requestPops: dynamodb.Table;
  readonly requestTasks: dynamodb.Table;
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.requests = this.table("Request", "req_id", undefined, dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    this.requests.addGlobalSecondaryIndex({
      indexName: ACTIVE_INDEX,
      // Only active requests have the attribute, so that the index holds them alone.
      partitionKey: { name: "active", type: STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: ["status", "timeout_at", "last_update_time"],
    });
    this.requestPops = this.table("RequestPop", "req_id", "target", dynamodb.StreamViewType.NEW_IMAGE);
    this.requestTasks = this.table("RequestTask", "task_key", "pop_url", dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    this.bucket = new s3.Bucket(this, "Lists", {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(KEEP_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private table(id: string, partitionKey: string, sortKey: string | undefined, stream: dynamodb.StreamViewType) {
    return new dynamodb.Table(this, id, {
      partitionKey: { name: partitionKey, type: STRING },
      ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: STRING } }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream,
      timeToLiveAttribute: "expire_at",
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
