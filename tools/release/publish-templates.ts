import { readFileSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { UsageError } from "../command-line.ts";
import { consoleUrl, createStackCommand, requiredParameters, templateUrl } from "./launch-links.ts";
import { publishOptions, USAGE } from "./publish-options.ts";
import { type PublishedTemplate, publishedFiles } from "./published-files.ts";
import { PublishError, TargetBucket } from "./target-bucket.ts";

// `npm run publish-templates -- --bucket B [--prefix P]`: puts both templates and their code into a bucket of one's
// own, from where each can be launched by its URL. It exits with 2 when it is called wrongly, with 1 when it cannot
// publish.

async function publish(args: readonly string[]): Promise<void> {
  const options = publishOptions(args);
  if (options === undefined) return console.log(USAGE);
  const bucket = await TargetBucket.open(client(options.bucket), options.bucket);
  const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
  const { code, templates } = publishedFiles(bucket.name, options.prefix, context);
  // The code first: a published template never names code that is not there yet.
  for (const file of [...code, ...templates]) await bucket.put(file);
  console.log(`Published to s3://${bucket.name}/${options.prefix} in ${bucket.region}, where the stacks must be too.`);
  for (const template of templates) console.log(`\n${launching(bucket, template)}`);
}

function client(bucket: string): S3Client {
  // The SDK warns about Node 20, which is enough here. AWS runs Node 24.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // The AWS command line reads the second one, the SDK does not.
  const region = process.env["AWS_REGION"] || process.env["AWS_DEFAULT_REGION"];
  // S3's certificate does not cover a bucket's name with dots in front of the host.
  return new S3Client({ forcePathStyle: bucket.includes("."), ...(region ? { region } : {}) });
}

function launching({ name, region }: TargetBucket, { stackName, key, body }: PublishedTemplate): string {
  const template = { bucket: name, region, key, stackName, required: requiredParameters(body) };
  return [
    stackName,
    `  template: ${templateUrl(template)}`,
    `  console:  ${consoleUrl(template)}`,
    `  command:  ${createStackCommand(template)}`,
  ].join("\n");
}

try {
  await publish(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PublishError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
