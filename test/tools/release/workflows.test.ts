import { readdirSync, readFileSync } from "node:fs";
import { parseYaml } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const FOLDER = new URL("../../../.github/workflows/", import.meta.url);

const permissions = z.union([z.string(), z.record(z.string(), z.string())]).optional();
const workflowSchema = z.object({
  permissions,
  jobs: z.record(
    z.string(),
    z.object({
      permissions,
      needs: z.union([z.string(), z.array(z.string())]).optional(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })).default([]),
    }),
  ),
});

/** Actions that run nothing of this repository or of its packages. */
const RUNS_NO_CODE = /^actions\/(attest-build-provenance|download-artifact|upload-artifact)@[0-9a-f]{40}$/;
/** Comparing checksums is all that a job may run that can sign. */
const COMPARES = /^echo "\$CHECKSUMS" \| sha256sum --check --strict$/;

const jobs = readdirSync(FOLDER).flatMap((file) => {
  const { jobs, permissions: all } = workflowSchema.parse(parseYaml(readFileSync(new URL(file, FOLDER), "utf8")));
  return Object.entries(jobs).map(([name, job]) => ({
    name: `${file} ${name}`,
    steps: job.steps,
    needs: [job.needs ?? []].flat(),
    // A job's own list replaces that of the workflow.
    permissions: job.permissions ?? all,
  }));
});

/** Whether a token of GitHub's identity provider can be had, with which somebody signs as this repository. */
const canSign = (given: z.infer<typeof permissions>) =>
  given === undefined || given === "write-all" || (typeof given === "object" && given["id-token"] === "write");

describe("a job of a workflow that can sign", () => {
  const signing = jobs.filter((job) => canSign(job.permissions));

  it("is the one that signs a release", () => {
    expect(signing.map(({ name }) => name)).toEqual(["release.yml sign"]);
  });

  it("runs no code of the repository or of its packages, and checks what it signs", () => {
    for (const { steps, needs } of signing) {
      for (const { uses, run } of steps)
        expect(uses ?? run?.trim()).toMatch(run === undefined ? RUNS_NO_CODE : COMPARES);
      const kinds = steps.map(({ uses, run }) => uses?.replace(/@.*/, "") ?? run?.split(" | ")[1]?.split(" ")[0]);
      expect(kinds).toEqual(["actions/download-artifact", "sha256sum", "actions/attest-build-provenance"]);
      expect(needs).not.toEqual([]);
    }
  });
});
