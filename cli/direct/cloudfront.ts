// CloudFront of the account whose credentials the environment has: a bundle of its own, because the AWS SDK takes long to load.

import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { DistributionSettingsReader } from "../../aws/distribution-settings.ts";
import { Distributions } from "../../aws/distributions.ts";
import type { Shell } from "../shell.ts";
import type { CloudFront } from "./account.ts";

export function cloudFront({ AWS_REGION, AWS_DEFAULT_REGION }: Shell["env"]): CloudFront {
  // As in endpoint/ask-aws.ts: in a bundle, nobody can update it.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
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
