// The layout of the whole project: the rules of .dependency-cruiser.js, each tried with imports that break it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { cruise } from "dependency-cruiser";
import { describe, expect, onTestFinished, test } from "vitest";
import layout from "../.dependency-cruiser.js";

const importOf = (from: string) => `import "${from}";`;
const importOfType = (from: string) => `import type { X } from "${from}";`;

/**
 * The names of the rules that a project breaks.
 * @param imports its files by path, each with the one thing it imports: a file's path, or a package's name
 */
async function brokenRules(imports: Readonly<Record<string, string>>, statement = importOf): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "prewarm-layout-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [file, target] of Object.entries(imports)) {
    const isFile = /\.[jt]s$/.test(target);
    if (isFile && !(target in imports)) write(target, "");
    if (!isFile && !target.startsWith("node:")) write(`node_modules/${target}/index.js`, "");
    write(file, statement(isFile ? `./${relative(dirname(file), target)}` : target));
  }
  const { forbidden = [], options } = layout;
  const { output } = await cruise(["."], { ...options, baseDir: root, validate: true, ruleSet: { forbidden } });
  if (typeof output === "string") throw new Error(output);
  return output.summary.violations.map(({ rule }) => rule.name);
}

const rows = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).flatMap(([file, targets]) => targets.map((target) => [file, target] as const));

const A_FILE_OF_EACH = [
  ...["bin/x.ts", "lib/x.ts", "domain/x.ts", "aws/x.ts", "probe/x.ts", "lambdas/x.ts", "lambdas/task/x.ts"],
  ...["agent/x.ts", "agent/work/x.ts", "cli/x.ts", "console/x.ts", "docs/x.ts", "tools/edge/x.ts", "test/lib/x.ts"],
];
const allBut = (...folders: string[]) => A_FILE_OF_EACH.filter((file) => !folders.includes(file.split("/")[0] ?? ""));

const REFUSED = {
  "bin/prewarm.ts": [...allBut("bin", "lib"), "@aws-sdk/client-s3"],
  "lib/pipeline.ts": [...allBut("lib", "domain"), "@aws-sdk/client-s3", "zod", "undici"],
  "domain/plan/totals.ts": [
    ...[...allBut("domain"), "@aws-sdk/client-s3", "@aws-sdk/lib-dynamodb", "aws-cdk-lib", "constructs"],
    ...["undici", "pino", "p-map", "csv-parse", "csv-stringify", "@types/aws-lambda", "a-package-of-tomorrow"],
  ],
  "aws/lists.ts": [...allBut("aws", "domain"), "aws-cdk-lib", "constructs", "undici", "pino"],
  "probe/size/pace.ts": [...allBut("probe", "aws", "domain"), "aws-cdk-lib", "@aws-sdk/client-s3", "pino"],
  "lambdas/task/handler.ts": [
    ...allBut("lambdas", "probe", "aws", "domain"),
    "docs/x.ts",
    "aws-cdk-lib",
    "constructs",
    "pino",
  ],
  "lambdas/capacity.ts": [...allBut("lambdas", "probe", "aws", "domain"), "aws-cdk-lib", "constructs", "pino"],
  "agent/queue/agent.ts": [...allBut("agent", "aws", "domain"), "aws-cdk-lib", "constructs", "p-map"],
  "cli/main.ts": ["console/report/x.ts", ...allBut("cli", "domain"), "@aws-sdk/client-s3", "undici", "aws-cdk-lib"],
  "console/main.ts": [...allBut("console", "domain"), "@aws-sdk/client-s3"],
  "docs/snippets/x.ts": [...allBut("docs"), "zod", "undici"],
  "tools/bench/main.ts": allBut(
    ...A_FILE_OF_EACH.map((file) => file.split("/")[0] ?? "").filter((it) => it !== "test"),
  ),
};

const ALLOWED = {
  "bin/prewarm.ts": ["lib/prewarm-stack.ts", "aws-cdk-lib", "node:fs"],
  "lib/pipeline.ts": ["lib/allow.ts", "domain/request/status.ts", "aws-cdk-lib/aws-iam", "constructs", "esbuild"],
  "domain/plan/totals.ts": ["domain/request/limits.ts", "zod", "node:crypto"],
  "aws/lists.ts": ["aws/clients.ts", "domain/request/list-keys.ts", "@aws-sdk/client-s3", "csv-parse", "p-map", "zod"],
  "probe/size/pace.ts": ["probe/size/size-answer.ts", "aws/dns.ts", "domain/retry.ts", "undici", "zod"],
  "lambdas/task/handler.ts": [
    ...[
      "lambdas/task/fan-out.ts",
      "probe/size/size-probe.ts",
      "lambdas/capacity.ts",
      "aws/lists.ts",
      "domain/plan/totals.ts",
    ],
    ...["@aws-sdk/client-s3", "@aws-lambda-powertools/logger", "@types/aws-lambda", "zod", "p-map"],
  ],
  "lambdas/task/fan-out/leads.ts": ["lambdas/task/prepare.ts", "lambdas/capacity.ts"],
  "lambdas/capacity.ts": ["lambdas/once-each.ts", "aws/fleet.ts", "domain/request/status.ts"],
  "agent/main.ts": [
    "agent/queue/agent.ts",
    "aws/clients.ts",
    "domain/retry.ts",
    "@aws-sdk/client-sqs",
    "pino",
    "undici",
  ],
  "cli/actions/report.ts": ["console/report/for-command.js"],
  "cli/main.ts": ["cli/table.ts", "domain/request/status.ts", "zod", "commander", "@aws-sdk/client-cloudformation"],
  "console/main.ts": ["console/table.ts", "domain/request/status.ts", "preact/hooks", "zod"],
  "console/report/x.ts": ["preact-render-to-string"],
  "docs/snippets/x.ts": [
    "docs/snippets/y.ts",
    "aws-cdk-lib",
    "constructs",
    "@aws-sdk/client-api-gateway",
    "@types/aws-lambda",
  ],
  "tools/local/demo.ts": ["tools/edge/edge.ts", ...allBut("test"), "@aws-sdk/client-ec2", "aws-cdk-lib"],
  "test/tools/x.test.ts": [...A_FILE_OF_EACH, "vitest", "aws-cdk-lib"],
  "vitest.config.ts": ["vitest"],
};

describe("an import is refused", () => {
  test.each(rows(REFUSED))("%s → %s", async (file, target) => {
    expect(await brokenRules({ [file]: target })).toEqual([`${file.split("/")[0]}-imports`]);
  });

  test.each([
    ["lambdas/task/handler.ts", "lambdas/shutdown/settle.ts"],
    ["lambdas/task/fan-out/leads.ts", "lambdas/shutdown/settle.ts"],
    ["lambdas/capacity.ts", "lambdas/shutdown/settle.ts"],
  ])("of another function's folder: %s → %s", async (file, target) => {
    expect(await brokenRules({ [file]: target })).toEqual(["one-lambda-imports-another"]);
  });

  test("of Node by the console, which runs in a browser", async () => {
    expect(await brokenRules({ "console/main.ts": "node:crypto" })).toEqual(["console-runs-in-a-browser"]);
  });

  test("in a folder that has no rule", async () => {
    expect(await brokenRules({ "helpers/x.ts": "zod" })).toEqual(["folder-without-a-rule"]);
  });

  test.each([
    ["import type", importOfType],
    ["a type in place", (from: string) => `export type X = import("${from}").X;`],
    ["import()", (from: string) => `await import("${from}");`],
    ["export", (from: string) => `export * from "${from}";`],
    ["export type", (from: string) => `export type { X } from "${from}";`],
  ])("however it is written: %s", async (_, statement) => {
    expect(await brokenRules({ "domain/x.ts": "aws/x.ts" }, statement)).toEqual(["domain-imports"]);
  });
});

describe("an import is allowed", () => {
  test.each(rows(ALLOWED))("%s → %s", async (file, target) => {
    expect(await brokenRules({ [file]: target })).toEqual([]);
  });
});

describe.each([
  ["two files", { "lib/a.ts": "lib/b.ts", "lib/b.ts": "lib/a.ts" }],
  ["three files", { "agent/a.ts": "agent/b/b.ts", "agent/b/b.ts": "agent/c.ts", "agent/c.ts": "agent/a.ts" }],
])("a cycle of %s is refused", (_, imports) => {
  test.each([
    ["import", importOf],
    ["import type", importOfType],
  ])("%s", async (_kind, statement) => {
    expect(new Set(await brokenRules(imports, statement))).toEqual(new Set(["cycle"]));
  });
});
