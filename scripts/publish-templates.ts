import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { publishedFiles } from "./published-files.ts";

// `npm run publish-templates -- --bucket B [--prefix P/]`: puts both templates and their code into a bucket of one's own,
// from where each can be launched by its URL. Code and stack must be in one region: Lambda reads no other region's bucket.
const { values } = parseArgs({ options: { bucket: { type: "string" }, prefix: { type: "string", default: "" } } });
if (values.bucket === undefined) {
  console.error("Usage: npm run publish-templates -- --bucket <bucket> [--prefix <prefix/>]");
  process.exit(2);
}
const { bucket, prefix } = values;
const { context } = JSON.parse(readFileSync(new URL("../cdk.json", import.meta.url), "utf8"));
const s3 = new S3Client({ followRegionRedirects: true });
for (const { key, body, contentType } of publishedFiles(bucket, prefix, context)) {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
  const url = `https://${bucket}.s3.${await s3.config.region()}.amazonaws.com/${key}`;
  if (key.endsWith(".template.json")) console.log(url);
}
