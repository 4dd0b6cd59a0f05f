// CloudFront and S3 of the account whose credentials the environment has: a bundle of its own, because the AWS SDK takes long to load.

import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { DistributionSettingsReader } from "../../aws/distribution-settings.ts";
import { Distributions } from "../../aws/distributions.ts";
import type { Shell } from "../shell.ts";
import type { CloudFront } from "./account.ts";

/** Writes an object of JSON. The Region of the bucket need not be known. */
export async function putObject(
  { bucket, key, body }: { readonly bucket: string; readonly key: string; readonly body: string },
  { profile, region }: { readonly profile: string | undefined; readonly region: string | undefined },
): Promise<void> {
  hideNodeWarning();
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const s3 = new S3Client({
    region: region ?? (AWS_REGION || AWS_DEFAULT_REGION || "us-east-1"),
    followRegionRedirects: true,
    ...(profile === undefined ? {} : { profile }),
  });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }));
}

/** As in endpoint/ask-aws.ts: in a bundle, nobody can update the SDK. */
function hideNodeWarning(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

export function cloudFront({ AWS_REGION, AWS_DEFAULT_REGION }: Shell["env"]): CloudFront {
  hideNodeWarning();
  // CloudFront is one for all Regions, and the SDK wants one named all the same.
  const client = new CloudFrontClient({ region: AWS_REGION || AWS_DEFAULT_REGION || "us-east-1" });
  const waf = (region: string) => new WAFV2Client({ region });
  const reader = new DistributionSettingsReader({ cloudFront: client, waf, now: Date.now });
  return Object.assign(new Distributions(client), {
    hasCredentials: () =>
      client.config.credentials().then(
        () => true,
        () => false,
      ),
    settings: (...[query]: Parameters<CloudFront["settings"]>) => reader.read(query),
  });
}
