import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CliCredentialsStackSynthesizer, type Stack, Tags } from "aws-cdk-lib";
import type { Zippable } from "fflate";
import * as z from "zod";
import { zipOf } from "../../lib/bundling.ts";
import { chosenTags } from "../../lib/context.ts";
import { PrewarmExistingVpcStack, PrewarmStack } from "../../lib/stacks.ts";
import { isMain } from "../root.ts";
import type { PublishedFile } from "./target-bucket.ts";

export interface PublishedTemplate extends PublishedFile {
  readonly stackName: string;
}

export interface PublishedFiles {
  /** Zips. Their keys are made from their content, so new code never replaces what a running stack refers to. */
  readonly code: readonly PublishedFile[];
  /** They refer to the code, so they are put after it. Their keys stay the same. */
  readonly templates: readonly PublishedTemplate[];
}

const manifestSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/**
 * Both templates, to be launched by their URLs, and the code that they name in the bucket. They need no bootstrap: the
 * code is fetched from that bucket, with the credentials of whoever launches.
 */
export function publishedFiles(bucket: string, prefix: string, context: Record<string, unknown>): PublishedFiles {
  const outdir = mkdtempSync(join(tmpdir(), "prewarm-publish-"));
  try {
    const app = new App({ outdir, context });
    for (const [key, value] of Object.entries(chosenTags(context["tags"]))) Tags.of(app).add(key, value);
    const synthesizer = () =>
      new CliCredentialsStackSynthesizer({
        fileAssetsBucketName: bucket,
        // Instances may read what lies there, and nothing else in the bucket.
        bucketPrefix: `${prefix}code/`,
        qualifier: "prewarm",
      });
    const stacks = [
      new PrewarmStack(app, "PrewarmStack", { synthesizer: synthesizer() }),
      new PrewarmExistingVpcStack(app, "PrewarmExistingVpcStack", { synthesizer: synthesizer() }),
    ];
    app.synth();
    // Both stacks name the same code.
    const sources = new Map(stacks.flatMap((stack) => codeOf(outdir, stack)));
    return {
      code: [...sources].map(([key, path]) => ({ key, body: zipped(path), contentType: "application/zip" })),
      templates: stacks.map((stack) => templateOf(outdir, prefix, stack)),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function templateOf(outdir: string, prefix: string, { stackName, templateFile }: Stack): PublishedTemplate {
  return {
    stackName,
    key: `${prefix}${stackName}.template.json`,
    body: readFileSync(join(outdir, templateFile)),
    contentType: "application/json",
  };
}

/** Keys in the bucket, and the zips, or the folders that are zipped to go there. */
function codeOf(outdir: string, { artifactId, templateFile }: Stack): [key: string, path: string][] {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(outdir, `${artifactId}.assets.json`), "utf8")));
  return (
    Object.values(manifest.files)
      // Without the template, which is an asset, too, under a hash for a name.
      .filter(({ source }) => source.path !== templateFile)
      .flatMap(({ source, destinations }) =>
        Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, join(outdir, source.path)]),
      )
  );
}

function zipped(path: string): Uint8Array {
  return statSync(path).isDirectory() ? zipOf(contentOf(path)) : readFileSync(path);
}

/** What is in a folder, by name. */
function contentOf(folder: string): Zippable {
  const entries = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return [name, statSync(path).isDirectory() ? contentOf(path) : new Uint8Array(readFileSync(path))] as const;
  });
  return Object.fromEntries(entries);
}

// `write-published.ts BUCKET FOLDER`: writes into a folder what publish-templates would put into a bucket, and files.json, which says
// what goes where, by names in that folder. The end-to-end tests launch it many times.

if (isMain(import.meta.url)) {
  const [bucket = "", folder = ""] = process.argv.slice(2);
  const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
  const { code, templates } = publishedFiles(bucket, "", context);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = [...code, ...templates].map(({ key, body, contentType }, i) => {
    writeFileSync(`${folder}/${i}`, body);
    return { key, contentType, file: String(i) };
  });
  writeFileSync(`${folder}/files.json`, JSON.stringify(files));
}
