import { Aws, CfnCondition, type CfnParameter, CustomResource, Duration, Fn, RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ACTIVE_INDEX, CLOSING_INDEX, LISTED_ATTRIBUTES, NEWEST_INDEX } from "../domain/request/request-item.ts";
import { KEEP_DAYS } from "../domain/timestamps.ts";
import { NEW_TABLE_WRITES, type Parameters } from "./parameters.ts";
import { allow } from "./permissions.ts";
import { PipelineFunction } from "./pipeline-function.ts";

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

const EMPTYING = Duration.minutes(15);

/**
 * A private bucket that is deleted with its stack. CloudFormation does not delete a bucket that holds objects, so a
 * function empties it first. CDK's `autoDeleteObjects` does the same, but with another architecture and runtime than
 * ours.
 */
export class DisposableBucket extends s3.Bucket {
  /** Deleted right before the bucket. Every writer of the bucket depends on this, so it is deleted even earlier. */
  readonly emptied: CustomResource;

  constructor(scope: Construct, id: string, props: Pick<s3.BucketProps, "lifecycleRules">) {
    super(scope, id, {
      ...props,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const emptying = new PipelineFunction(scope, "Emptying", {
      name: "empty-bucket",
      timeout: EMPTYING,
      environment: { BUCKET: this.bucketName },
    });
    allow(emptying, ["s3:ListBucketVersions"], this.bucketArn);
    allow(emptying, ["s3:DeleteObjectVersion"], this.arnForObjects("*"));
    this.emptied = new CustomResource(scope, "Emptied", {
      resourceType: "Custom::EmptiedBucket",
      serviceToken: emptying.functionArn,
      serviceTimeout: EMPTYING.plus(Duration.minutes(1)),
    });
  }
}

/**
 * How much the table of results takes at once. More than a new table does is paid for once, and AWS never takes it back:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
 */
export function warmWrites(table: dynamodb.Table, writesPerSecond: CfnParameter): void {
  const asNew = new CfnCondition(table, "TakesAsNew", {
    expression: Fn.conditionEquals(writesPerSecond.valueAsString, String(NEW_TABLE_WRITES)),
  });
  if (!(table.node.defaultChild instanceof dynamodb.CfnTable))
    throw new Error(`${table} has no table of CloudFormation`);
  const warm = { WriteUnitsPerSecond: writesPerSecond.valueAsNumber };
  table.node.defaultChild.warmThroughput = Fn.conditionIf(asNew.logicalId, Aws.NO_VALUE, warm);
}
