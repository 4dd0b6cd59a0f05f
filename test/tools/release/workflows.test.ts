import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseYaml } from "@redocly/openapi-core";
import * as z from "zod";
import { folderWith } from "../../folder-with.ts";

const FOLDER = new URL("../../../.github/workflows/", import.meta.url);
const CHANGESETS = new URL("../../../.changeset/", import.meta.url);

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

/** Whether the job's token may change the repository. */
const canWrite = (given: z.infer<typeof permissions>) =>
  given === undefined || given === "write-all" || (typeof given === "object" && given["contents"] === "write");

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
      // What is signed is compared before.
      const kinds = steps.map(({ uses }) => uses?.replace(/@.*/, "") ?? "compare");
      expect(kinds).toEqual(["actions/download-artifact", "compare", "actions/attest-build-provenance"]);
      expect(needs).not.toEqual([]);
    }
  });
});

describe("a job of a workflow that can write to the repository", () => {
  it("runs no package of npm and no script of the repository", () => {
    const writing = jobs.filter((job) => canWrite(job.permissions));
    expect(writing.map(({ name }) => name)).toEqual(["release.yml propose", "release.yml publish"]);
    for (const { steps } of writing)
      for (const { run, uses } of steps)
        expect(run ?? uses).not.toMatch(/\b(npm|npx|node|tsx|bash)\b|\.sh\b|setup-node/);
  });
});

describe("the job that asks the live edge", () => {
  const job = jobs.find(({ name }) => name === "live.yml evidence");
  const record = job?.steps.flatMap(({ run }) => (run?.includes("prewarm doctor") ? [run] : [])) ?? [];

  it("requests new objects: it adds a query string to each URL", () => {
    const folder = folderWith({ npx: '#!/bin/sh\nprintf "%s\\n" "$@"\n' });
    chmodSync(join(folder, "npx"), 0o755);
    const env = {
      PATH: `${folder}:${process.env["PATH"]}`,
      URLS: "https://a.example/1 https://a.example/2",
      CF_DOMAIN: "d1.cloudfront.net",
      POPS: "SIN2-P1",
      NEW: "7-1-0",
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
    };
    const words = execFileSync("bash", ["-eo", "pipefail", "-c", record.join("\n")], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(words.trim().split("\n").slice(-3)).toEqual([
      "--url",
      "https://a.example/1?prewarm=7-1-0",
      "https://a.example/2?prewarm=7-1-0",
    ]);
  });
});

describe("what others publish", () => {
  const root = new URL("../../../", import.meta.url);

  it.each(["docs/command.md", "docs/recipes.md"])(
    "is pinned by commit in the jobs of %s, and runs no install script",
    (file) => {
      const blocks = readFileSync(new URL(file, root), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
      const lines = [...blocks].flatMap(([, block = ""]) => block.split("\n"));
      const fetched = lines.filter((line) => /\buses: |git clone|npm (ci|install)/.test(line));
      expect(fetched).not.toEqual([]);
      for (const line of fetched)
        expect(line).toMatch(/@(COMMIT|[0-9a-f]{40}) # v|git checkout --quiet COMMIT # v|--ignore-scripts/);
    },
  );
});

describe("a push to main", () => {
  const STEP = fileURLToPath(new URL("../../../.github/release-step.sh", import.meta.url));

  /** A repository with an origin, and the commits of these versions. */
  function repository(versions: readonly string[], { changesets = 0, tags = [] as readonly string[] } = {}) {
    const pending = Array.from({ length: changesets }, (_, n) => [`.changeset/${n}.md`, ""]);
    const folder = folderWith({ ".changeset/README.md": "", ...Object.fromEntries(pending) });
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder });
    git("init", "-q", "--initial-branch=main");
    git("init", "-q", "--bare", "origin.git");
    git("remote", "add", "origin", join(folder, "origin.git"));
    for (const version of versions) {
      writeFileSync(join(folder, "package.json"), JSON.stringify({ version, type: "module" }));
      git("add", "package.json", ".changeset");
      git("commit", "-q", "--allow-empty", "-m", version);
    }
    for (const tag of tags) git("push", "-q", "origin", `HEAD:refs/tags/${tag}`);
    return folder;
  }

  it.each([
    [
      "proposes the next version while changesets are pending",
      ["0.1.0", "0.1.0"],
      { changesets: 2 },
      "push",
      "propose",
    ],
    ["releases a version that is new", ["0.1.0", "0.2.0"], {}, "push", "release"],
    ["does nothing where the version is as before", ["0.1.0", "0.1.0"], {}, "push", undefined],
    [
      "releases the first version when the workflow is started by hand",
      ["0.1.0", "0.1.0"],
      {},
      "workflow_dispatch",
      "release",
    ],
    ["releases no version twice", ["0.1.0", "0.2.0"], { tags: ["v0.2.0"] }, "push", undefined],
  ] as const)("%s", (_, versions, state, event, then) => {
    const cwd = repository(versions, state);
    const env = { ...process.env, GITHUB_EVENT_NAME: event };
    const outputs = execFileSync(STEP, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect(outputs.trim().split("\n")).toEqual([
      `version=${versions[1]}`,
      ...(then === undefined ? [] : [`${then}=true`]),
    ]);
  });
});

it("each changeset names the package and the kind of change, as changesets reads it", () => {
  const files = readdirSync(CHANGESETS).filter((name) => name.endsWith(".md") && name !== "README.md");
  for (const name of files)
    expect(readFileSync(new URL(name, CHANGESETS), "utf8")).toMatch(/^---\n"prewarm": (patch|minor|major)\n---\n\n./);
});
