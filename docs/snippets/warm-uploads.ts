import { fileURLToPath } from "node:url";
import { Duration, Stack } from "aws-cdk-lib";
import { Match, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { Construct } from "constructs";

export interface WarmUploadsProps {
  /** The API's address, the output `prewarmapiEndpoint`: with the slash at its end. */
  readonly api: string;
  /** Id of the API key: the last part of the output `prewarmapikeyoutput`. */
  readonly keyId: string;
  /** Host of the URLs, such as `www.example.com`. */
  readonly site: string;
  /** Name of the bucket. Its notifications must go to EventBridge. */
  readonly bucket: string;
  /** Where an upload leaves its list, such as `lists/`. */
  readonly prefix: string;
}

/** Warms what each list names that comes into a bucket. */
export class WarmUploads extends Construct {
  constructor(scope: Construct, id: string, { api, keyId, site, bucket, prefix }: WarmUploadsProps) {
    super(scope, id);
    const warm = new NodejsFunction(this, "Warm", {
      entry: fileURLToPath(new URL("warm-upload.ts", import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(60),
      environment: { API: api, KEY_ID: keyId, SITE: site },
    });
    const { partition, region } = Stack.of(this);
    const key = `arn:${partition}:apigateway:${region}::/apikeys/${keyId}`;
    warm.addToRolePolicy(new PolicyStatement({ actions: ["apigateway:GET"], resources: [key] }));
    new Rule(this, "Uploaded", {
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [bucket] }, object: { key: Match.prefix(prefix) } },
      },
      targets: [new LambdaFunction(warm)],
    });
  }
}
