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

/** Names of attributes. */
type Keys = readonly [partition: string, sort?: string];

/** The three tables whose streams drive the pipeline, the one that has no stream, and the bucket of lists and reports. */
export class Storage extends Construct {
  readonly requests: dynamodb.Table;
  readonly requestPops: dynamodb.Table;
  readonly requestTasks: dynamodb.Table;
  /** Counters and heartbeats: small items that change often; no stream. */
  readonly progress: dynamodb.Table;
  readonly bucket: DisposableBucket;
  /** Active requests. */
  readonly activeIndexArn: string;
  /** Requests that have ended and were not closed. */
  readonly closingIndexArn: string;
  /** All requests by time. */
  readonly newestIndexArn: string;

  constructor(scope: Construct, id: string, { warmWritesPerSecond }: Parameters) {
    super(scope, id);
    this.requests = this.table("Request", ["req_id"], dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    // Only active requests have the attribute, so the index holds no others.
    this.activeIndexArn = this.index(ACTIVE_INDEX, ["active"], ["timeout_at"]);
    this.closingIndexArn = this.index(CLOSING_INDEX, ["closing"], ["last_update_time"]);
    this.newestIndexArn = this.index(NEWEST_INDEX, ["listed", "created_at"], LISTED_ATTRIBUTES);
    this.requestPops = this.table("RequestPop", ["req_id", "target"], dynamodb.StreamViewType.NEW_IMAGE);
    this.requestTasks = this.table("RequestTask", ["task_key", "pop_url"], dynamodb.StreamViewType.NEW_AND_OLD_IMAGES);
    warmWrites(this.requestTasks, warmWritesPerSecond);
    this.progress = this.table("Progress", ["key", "part"]);
    this.bucket = new DisposableBucket(this, "Lists");
  }

  /** The variables by which functions and agents know the tables. */
  get variables() {
    return {
      REQUEST_TABLE: this.requests.tableName,
      REQUEST_POP_TABLE: this.requestPops.tableName,
      REQUEST_TASK_TABLE: this.requestTasks.tableName,
      PROGRESS_TABLE: this.progress.tableName,
    };
  }

  /** Adds an index to the requests. @returns its ARN */
  private index(indexName: string, keys: Keys, attributes: readonly string[]): string {
    this.requests.addGlobalSecondaryIndex({
      indexName,
      ...schemaOf(keys),
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: [...attributes],
    });
    return `${this.requests.tableArn}/index/${indexName}`;
  }

  private table(id: string, keys: Keys, stream?: dynamodb.StreamViewType): dynamodb.Table {
    return new dynamodb.Table(this, id, {
      ...schemaOf(keys),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream,
      timeToLiveAttribute: "expire_at",
      // Encrypted at rest with a key that AWS owns, the default. A key of our own would cost, and keep nobody else out.
      // No point-in-time recovery: items expire after 30 days, and a request can be sent again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

function schemaOf([partition, sort]: Keys) {
  return {
    partitionKey: { name: partition, type: STRING },
    sortKey: sort === undefined ? undefined : { name: sort, type: STRING },
  };
}

const EMPTYING = Duration.minutes(15);

/**
 * A private bucket that is deleted with its stack. CloudFormation does not delete a bucket that holds objects, so a
 * function empties it first. CDK's `autoDeleteObjects` does the same, but with another architecture and runtime than
 * ours.
 */
class DisposableBucket extends s3.Bucket {
  /** Deleted right before the bucket. Every writer of the bucket depends on this, so it is deleted even earlier. */
  readonly emptied: CustomResource;

  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ expiration: Duration.days(KEEP_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
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
 * Sets the warm throughput of the results table. A value above a new table's is billed once, and AWS never lowers it:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
 */
function warmWrites(table: dynamodb.Table, writesPerSecond: CfnParameter): void {
  const isDefault = new CfnCondition(table, "TakesAsNew", {
    expression: Fn.conditionEquals(writesPerSecond.valueAsString, String(NEW_TABLE_WRITES)),
  });
  if (!(table.node.defaultChild instanceof dynamodb.CfnTable))
    throw new Error(`${table} has no table of CloudFormation`);
  const warm = { WriteUnitsPerSecond: writesPerSecond.valueAsNumber };
  table.node.defaultChild.warmThroughput = Fn.conditionIf(isDefault.logicalId, Aws.NO_VALUE, warm);
}
