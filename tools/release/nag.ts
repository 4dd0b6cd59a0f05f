import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import * as z from "zod";
import { PrewarmExistingVpcStack, PrewarmStack } from "../../lib/stacks.ts";
import { isMain } from "../root.ts";
import { ACKNOWLEDGED, type Acknowledged } from "./acknowledged.ts";

/** A fault that cdk-nag finds. */
interface Finding {
  readonly id: string;
  /** Path of the construct, with the stack's name. */
  readonly path: string;
}

const reportSchema = z.object({
  violations: z.array(
    z.object({ ruleName: z.string(), violatingResources: z.array(z.object({ constructPath: z.string() })) }),
  ),
});

/**
 * What cdk-nag's AwsSolutions finds in both stacks, acknowledged or not. Functions are not bundled: it does not read
 * code.
 */
export function findings(): Finding[] {
  const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
  const app = new App({ context: { ...context, "aws:cdk:bundling-stacks": [] } });
  new PrewarmStack(app, "PrewarmStack");
  new PrewarmExistingVpcStack(app, "PrewarmExistingVpcStack");
  const { violations } = reportSchema.parse(new AwsSolutionsChecks().validateScope(app));
  return violations.flatMap(({ ruleName: id, violatingResources }) =>
    violatingResources.map(({ constructPath: path }) => ({ id, path })),
  );
}

/**
 * Findings without an acknowledgement, and acknowledgements without a finding. They are compared here, not by cdk-nag:
 * that applies an acknowledgement to a construct and all below it, and does not report one that is not needed.
 */
export function compare(found: readonly Finding[], acknowledged: readonly Acknowledged[]) {
  const places = acknowledged.flatMap(({ id, at }) => at.map((path) => ({ id, path })));
  const matches = (finding: Finding, place: Finding) =>
    finding.id === place.id && pattern(place.path).test(finding.path);
  return {
    open: found.filter((finding) => !places.some((place) => matches(finding, place))),
    stale: places.filter((place) => !found.some((finding) => matches(finding, place))),
  };
}

function pattern(path: string): RegExp {
  const names = path
    .split("/")
    .map((name) => (name === "*" ? "[^/]+" : name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^[^/]+/${names.join("/")}$`);
}

// `npm run test:rest nag`: checks both stacks with cdk-nag's AwsSolutions. It is not a part of the deployed app, so nobody who
// launches a template has to know it.
if (isMain(import.meta.url)) {
  const found = findings();
  const { open, stale } = compare(found, ACKNOWLEDGED);
  for (const { id, path } of open) console.error(`${path}: ${id}`);
  for (const { id, path } of stale) console.error(`${path}: ${id} is acknowledged, but not found any more`);
  if (open.length + stale.length > 0) process.exitCode = 1;
  else console.log(`cdk-nag: ${found.length} findings, all of them acknowledged for ${ACKNOWLEDGED.length} reasons`);
}
