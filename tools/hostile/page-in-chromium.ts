import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { LabRow } from "../lab/part.ts";
import { chromiumOnPath } from "../local/chromium-on-path.ts";
import { addressOf } from "../local/ports.ts";
import { start, stop } from "../local/processes.ts";
import { page } from "./foreign-page.ts";
import type { PageTarget } from "./page-attack.ts";

const PATIENCE_MS = 60_000;
const WHAT = "a page in Chromium";

const seenSchema = z.object({ tried: z.number(), read: z.array(z.string()), version: z.string() });

/** Opens a foreign page in a real browser, if there is one. The page tries what pages can, and reports what it could read. */
export async function pageInChromium({ aws }: PageTarget): Promise<LabRow> {
  const browser = chromiumOnPath();
  if (browser === undefined)
    return {
      what: WHAT,
      tried: 0,
      wrong: 0,
      saw: "there is no Chromium here: the requests above, by hand, stand for it",
    };
  const profile = mkdtempSync(join(tmpdir(), "prewarm-page-"));
  const site = await openSite([aws.origin, `http://localhost:${aws.port}`, `http://rebound.example:${aws.port}`]);
  const names = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP rebound.example 127.0.0.1";
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    names,
  ];
  const url = `http://evil.example:${site.port}/`;
  const child = start(browser, [...flags, url], process.env, join(profile, "log"));
  try {
    const report = await site.report;
    if (report === undefined)
      return { what: WHAT, tried: 0, wrong: 1, saw: `no report of the page within ${PATIENCE_MS / 1_000} s` };
    const { tried, read, version } = seenSchema.parse(JSON.parse(report));
    return {
      what: WHAT,
      tried,
      wrong: read.length,
      saw: `${version}: ${couldRead(read)}`,
    };
  } finally {
    await stop(child);
    site.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function couldRead([first, ...others]: readonly string[]): string {
  return first === undefined ? "no answer could be read" : `it read ${first}, and ${others.length} others`;
}

/** A foreign site with one page. `report` is what the page posts, or undefined after a minute. */
async function openSite(targets: readonly string[]) {
  let resolve: (report: string | undefined) => void = () => undefined;
  const report = new Promise<string | undefined>((it) => (resolve = it));
  const server = createServer(async (from, to) => {
    if (from.method !== "POST") return void to.writeHead(200, { "content-type": "text/html" }).end(page(targets));
    const chunks = await from.toArray();
    resolve(Buffer.concat(chunks).toString("utf8"));
    to.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  const close = () => {
    clearTimeout(timer);
    server.closeAllConnections();
    server.close();
  };
  return { port: addressOf(server).port, report, close };
}
