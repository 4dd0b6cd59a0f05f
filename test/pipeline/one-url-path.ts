// `npx tsx test/pipeline/one-url-path.ts`: the source files of which a function runs while one URL is warmed at one POP, from POST to
// the report. Entry points (index.ts, main.ts, env.ts) and what runs while a module loads do not count.

import { existsSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { buildSync } from "esbuild";
import { buildPublished } from "../e2e/prepare.ts";
import { HOST, Pipeline, TOKYO } from "./pipeline.ts";

const ROOMS = /^(domain|aws|lambdas|agent|probe|lib)\//;
const ENTRY_POINTS = /(^|\/)(index|main|env)\.ts$/;

function readableBundle(entryPoint: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entryPoint],
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    logLevel: "error",
    loader: { ".json": "json" },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return (outputFiles[0]?.text ?? "").replace(/export \{\s*([^}]*?)\s*\};/, "export{$1};");
}

const kebab = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

await buildPublished();
const pipeline = await Pipeline.start();
for (const fn of pipeline.deployment.functions.values()) {
  const entryPoint = `lambdas/${kebab(fn.name)}/index.ts`;
  // Those of custom resources have other names, and take no part in a request.
  if (existsSync(entryPoint)) Object.assign(fn, { code: readableBundle(entryPoint) });
}
Object.assign(pipeline.deployment.agent, { code: readableBundle("agent/main.ts") });
pipeline.edge.addObject("/a.bin", { size: 10_000 });

const session = new Session();
session.connect();
await session.post("Debugger.enable");
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
const body = {
  url_list: [`https://${HOST}/a.bin`],
  cf_domain: HOST,
  pops: TOKYO.slice(0, 1),
  timeout: 30,
  instance_count: 1,
};
const started = await pipeline.api("POST", "prewarm", body);
const reqId = String(started.json["request_id"]);
await pipeline.untilClosed(reqId);
await pipeline.api("GET", `prewarm?req_id=${reqId}`);
await pipeline.api("GET", `summary?req_id=${reqId}`);
const { result } = await session.post("Profiler.takePreciseCoverage");

const ran = new Set<string>();
for (const { url, scriptId, functions } of result) {
  if (url !== "bundle.mjs") continue;
  const { scriptSource } = await session.post("Debugger.getScriptSource", { scriptId });
  const modules = [...scriptSource.matchAll(/^\/\/ (\S+\.(?:ts|js|mjs|cjs|json))$/gm)].map(({ index, [1]: path }) => ({
    index,
    path,
  }));
  for (const { functionName, ranges } of functions) {
    const [range] = ranges;
    if (range === undefined || range.count === 0 || functionName === "") continue;
    const path = modules.findLast(({ index }) => index <= range.startOffset)?.path;
    if (path && ROOMS.test(path) && !ENTRY_POINTS.test(path)) ran.add(path);
  }
}
console.log([...ran].toSorted().join("\n"));
console.log(`${ran.size} files`);
await pipeline.close();
process.exit(0);
