import { statSync } from "node:fs";
import { table } from "../markdown-table.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { runPinned } from "./pinned.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

/** Any values are good enough: nothing is called while a bundle is imported. */
const ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

interface Import {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Imports each Lambda's bundle in a fresh Node, and counts what comes on top of starting Node itself. */
export async function benchImports({ rounds, say }: Bench): Promise<Findings> {
  const { lambdas, environments } = synthesize();
  const runs = new Map([...lambdas.keys()].map((name) => [name, [] as Import[]]));
  for (let round = 0; round < Math.max(7, rounds); round++) {
    for (const [name, file] of lambdas) runs.get(name)?.push(await importOnce(file, environments.get(name) ?? {}));
  }
  const medians = [...runs].map(([name, its]) => ({
    name,
    kilobytes: statSync(lambdas.get(name) ?? "").size / 1_000,
    ms: median(its.map(({ ms }) => ms)),
    cpuMs: median(its.map(({ cpuMs }) => cpuMs)),
  }));
  for (const { name, ms } of medians) say(`  ${name}: ${readable(ms)} ms`);
  const slowest = medians.reduce((a, b) => (b.ms > a.ms ? b : a));
  return {
    title: "Imports",
    rows: [
      {
        what: "import of each Lambda's bundle in a fresh Node process",
        atLeast: "150 ms",
        aim: "80 ms",
        measured: `${readable(slowest.ms)} ms (${slowest.name}, the slowest)`,
        verdict: verdict(slowest.ms, 150, 80, "less"),
      },
    ],
    notes: [
      "The bundles as deployed, with their environment, on one core; what Node itself takes to start is not in it:",
      table(
        ["bundle", "kB", "import, ms", "CPU, ms"],
        medians.map(({ name, kilobytes, ms, cpuMs }) => [name, readable(kilobytes), readable(ms), readable(cpuMs)]),
      ),
    ],
    units: { importMs: slowest.ms },
  };
}

async function importOnce(file: string, environment: NodeJS.ProcessEnv): Promise<Import> {
  const script = `const b=process.cpuUsage(),t=performance.now();await import("${file}");const c=process.cpuUsage(b);
console.log(JSON.stringify({ms:performance.now()-t,cpuMs:(c.user+c.system)/1000}));process.exit(0)`;
  const { stdout } = await runPinned(`${process.execPath} --input-type=module -e '${script}'`, {
    ...environment,
    ...ENVIRONMENT,
  });
  return JSON.parse(stdout) as Import;
}
