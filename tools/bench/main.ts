import { parseArgs } from "node:util";
import { closeRunFolder, openRunFolder } from "../local/paths.ts";
import { INTERRUPTED } from "../local/signals.ts";
import { benchAgent } from "./agent.ts";
import { BASELINE, benchAgentAgainst } from "./agent-against.ts";
import { type Bench, findTools, MissingToolsError } from "./bench.ts";
import { benchDirect } from "./direct.ts";
import { benchDownload } from "./download.ts";
import { benchAggregation } from "./lambdas.ts";
import { benchLargeRequest } from "./large-request.ts";
import { benchEndToEnd } from "./local-stack.ts";
import { type Server, startNginx } from "./nginx.ts";
import { type Findings, keepFindings, printed } from "./report.ts";

/** In the order of docs/benchmarks.md. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Findings>>> = {
  download: benchDownload,
  agent: benchAgent,
  "agent-against": (bench) => benchAgentAgainst(bench, values.against ?? BASELINE),
  aggregation: benchAggregation,
  large: benchLargeRequest,
  "end-to-end": benchEndToEnd,
  direct: benchDirect,
};

const say = (line: string) => console.log(line);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const { values, positionals: wanted } = parseArgs({ options: { against: { type: "string" } }, allowPositionals: true });
/** `agent --against COMMIT` compares the agent alone. */
const parts = values.against === undefined ? wanted : wanted.map((name) => (name === "agent" ? "agent-against" : name));
const unknown = wanted.filter((name) => !(name in PARTS));

// What this process has started ends with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(INTERRUPTED));
process.once("exit", closeRunFolder);

if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
  process.exitCode = 1;
} else {
  await measure().catch((error: unknown) => {
    if (!(error instanceof MissingToolsError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
}

/** Runs the wanted parts, each after the other, and keeps what they found. @throws MissingToolsError */
async function measure(): Promise<void> {
  const { tools, missing } = findTools(say);
  openRunFolder();
  let running: Promise<Server> | undefined;
  const server = async () => {
    if (missing.length > 0) throw new MissingToolsError(missing);
    running ??= startNginx();
    return running;
  };
  const found = new Map<string, Findings>();
  try {
    for (const [name, run] of Object.entries(PARTS)) {
      if (wanted.length > 0 && !parts.includes(name)) continue;
      say(`\n${name}`);
      const findings = await run({ rounds, server, tools, say });
      found.set(name, findings);
      say(`\n${printed(findings)}`);
    }
  } finally {
    await (await running)?.close();
  }
  keepFindings(found, Object.keys(PARTS), tools);
  say("\nKept in tools/bench/findings.json. `npm run gen docs` writes the measured part of docs/benchmarks.md of it.");
  if ([...found.values()].some(({ rows }) => rows.some((row) => row.verdict === "MISSED"))) process.exitCode = 1;
}
