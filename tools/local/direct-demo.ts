// The first part of the demo: the built command warms a stand-in edge without a stack.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Edge, edgeEnvironment, startEdge } from "../edge/edge.ts";
import { closeAll } from "./local-prewarm.ts";
import { closeRunFolder, openRunFolder, ROOT, RUN } from "./paths.ts";
import { run } from "./processes.ts";
import { askAgain, unmet } from "./results.ts";
import { FILES, HOST, popsNamed, world } from "./world.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";
/** Larger ones would take more than ten seconds. */
const MAX_BYTES = 1_000_000;
const URLS = Object.entries(FILES).flatMap(([path, bytes]) => (bytes > MAX_BYTES ? [] : [`https://${HOST}${path}`]));

/** Warms by `prewarm warm --direct`, and prints what it says. @returns what is not as expected */
export async function demoDirect(pops: readonly string[], say: (line: string) => void): Promise<string[]> {
  openRunFolder();
  const closers: (() => Promise<unknown>)[] = [async () => closeRunFolder()];
  try {
    const distributions = [{ domain: DOMAIN, aliases: [HOST] }];
    const edge = await startEdge({ pops: popsNamed(pops), site: world.site, distributions });
    closers.push(edge.close);
    const words = ["warm", "--direct", "--cf-domain", HOST, "--pop", pops.join(), ...URLS];
    say(`\nprewarm ${words.slice(0, -URLS.length).join(" ")} … (${URLS.length} URLs, without a stack)`);
    const said = await command(edge, words);
    for (const line of said.trim().split("\n")) say(`  ${line}`);
    const tasks = URLS.length * pops.length;
    const recs = new Set(popsNamed(pops).map(({ rec }) => rec)).size;
    const downloads = edge.originRequests().filter(({ probe }) => !probe).length;
    const cold = await askAgain({ edge }, URLS, pops);
    return unmet([
      ["direct: the verdict", said.includes(`all ${tasks} tasks are warm`), true],
      ["direct: fetches the origin saw", downloads, URLS.length * recs],
      ["direct: URLs that are not warm", cold.join("; "), ""],
    ]);
  } finally {
    await closeAll(closers.reverse());
  }
}

async function command(edge: Edge, words: readonly string[]): Promise<string> {
  await run(process.execPath, [join(ROOT, "tools/release/build-command.js")]);
  const folder = join(RUN, "direct");
  mkdirSync(folder);
  const caFile = join(folder, "edge-ca.pem");
  writeFileSync(caFile, edge.caPem);
  const env = { ...process.env, ...edgeEnvironment(edge, caFile), XDG_STATE_HOME: folder };
  return run(process.execPath, [join(ROOT, "cli/dist/prewarm.cjs"), ...words], env, folder);
}
