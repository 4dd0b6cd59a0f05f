import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { App, CliCredentialsStackSynthesizer } from "aws-cdk-lib";
import { type Zippable, zipSync } from "fflate";
import * as z from "zod";
import { PrewarmExistingVpcStack } from "../lib/prewarm-existing-vpc-stack.ts";
import { PrewarmStack } from "../lib/prewarm-stack.ts";

/** An object to be put into the bucket. */
export interface PublishedFile {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

const manifestSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.enum(["zip", "file"]) }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/**
 * Both templates, to be launched by their URLs, and the code that they name in the bucket. They want no bootstrap: the
 * code is fetched from that bucket, with the credentials of whoever launches.
 */
export function publishedFiles(bucket: string, prefix: string, context: Record<string, unknown>): PublishedFile[] {
  const app = new App({ context });
  const synthesizer = () =>
    new CliCredentialsStackSynthesizer({ fileAssetsBucketName: bucket, bucketPrefix: prefix, qualifier: "prewarm" });
  const stacks = [
    new PrewarmStack(app, "PrewarmStack", { synthesizer: synthesizer() }),
    new PrewarmExistingVpcStack(app, "PrewarmExistingVpcStack", { synthesizer: synthesizer() }),
  ];
  const { directory } = app.synth();
  const files = new Map<string, PublishedFile>();
  for (const { stackName, artifactId, templateFile } of stacks) {
    const manifest = readFileSync(join(directory, `${artifactId}.assets.json`), "utf8");
    for (const { source, destinations } of Object.values(manifestSchema.parse(JSON.parse(manifest)).files)) {
      // The template is there too, under a name that nobody could guess.
      if (source.path === templateFile) continue;
      const path = join(directory, source.path);
      const body = source.packaging === "zip" ? zipSync(contentOf(path), { mtime: EPOCH }) : readFileSync(path);
      for (const { objectKey: key } of Object.values(destinations))
        files.set(key, { key, body, contentType: "application/zip" });
    }
    const key = `${prefix}${stackName}.template.json`;
    files.set(key, { key, body: readFileSync(join(directory, templateFile)), contentType: "application/json" });
  }
  return [...files.values()];
}

/** The same content is the same zip, whenever it is made. */
const EPOCH = new Date("1980-01-01T12:00:00Z");

function contentOf(folder: string): Zippable {
  const entries = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return [name, statSync(path).isDirectory() ? contentOf(path) : new Uint8Array(readFileSync(path))] as const;
  });
  return Object.fromEntries(entries);
}
