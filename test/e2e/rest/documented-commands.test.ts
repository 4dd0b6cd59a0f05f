// The commands that documents show, as they stand there, each against the deployed stack: calls of the API by curl, the command.
// Ids of examples are replaced by that of a request of the kind that the command is about. test/docs/commands.ts says which are run here.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { StandInOptions } from "../../../tools/local/stand-in-edge.ts";
import { DEAD_POP, HOST, world } from "../../../tools/local/world.ts";
import { blocksOf, inlineCommandsOf, triedIn, wayOf } from "../../docs/commands.ts";
import { DOCUMENTS, ROOT } from "../../docs/read-documents.ts";
import { ran } from "../../spawned.ts";
import { body, urls } from "../bodies.ts";
import { buildCommand } from "../command-line.ts";
import { deployedStackWithoutRest } from "../deployed-stack.ts";
import { addDocument } from "../media.ts";
import { jsonOf } from "../recipes.ts";
import { resetStack } from "../reset-stack.ts";
import type { Stack } from "../stack.ts";

const BUCKET = "my-bucket";
/** Some commands warm at the POPs of all regions, and are good where each of them resolves; one names a cache tag. */
const WHOLE: StandInOptions = {
  ...world,
  distribution: "tags",
  pops: [...world.pops, { pop: DEAD_POP, rec: "Seoul" }],
  deadPops: [],
};

const commands = [...DOCUMENTS]
  .flatMap(([document, text]) => [...blocksOf(document, text).flatMap(triedIn), ...inlineCommandsOf(text)])
  .filter((command) => wayOf(command) === "run");

const folder = mkdtempSync(join(tmpdir(), "prewarm-documents-"));

describe("the commands of the documents", () => {
  const running = deployedStackWithoutRest({ edge: WHOLE, parameters: { sourceBuckets: `${BUCKET}/static/*` } });
  beforeAll(async () => {
    await publish(running());
    writeTools();
    const shown = jsonOf(DOCUMENTS.get("docs/api.md") ?? "")[0] ?? "";
    for (const name of ["prewarmlist.json", "request.json"]) writeFileSync(join(folder, name), shown);
    writeFileSync(join(folder, "urls.txt"), urls("/index.html", "/css/site.css").join("\n"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await resetStack(running());
  });

  it.each([...new Set(commands)])("%s", async (command) => {
    const stack = running();
    const id = await requestFor(stack, command);
    const { code, stdout, stderr } = await run(stack, withId(command, id), id);
    expect(code, stdout + stderr).toBe(0);
  });
});

/** The request that a command is about: one that fails and can be tried again, one that runs, or one that has ended well. */
async function requestFor(stack: Stack, command: string) {
  const { edge } = stack.standIn;
  if (/retry/.test(command)) {
    edge.setFaults(({ method }) => (method === "GET" ? { kind: "status", status: 403 } : undefined));
    // Its size is read by HEAD: the size of text, which the edge compresses, is read by GET.
    return ended(stack, body({ url_list: urls("/video/poster.jpg"), pops: ["SIN2-C1"] })).finally(() =>
      edge.setFaults(undefined),
    );
  }
  if (/stop(?! --key)/.test(command)) {
    edge.setFaults(({ method, path }) => (method === "GET" && path === "/hangs.bin" ? { kind: "stall" } : undefined));
    return stack.start(body({ url_list: urls("/hangs.bin"), pops: ["SIN2-C1"] }));
  }
  const isAboutTheNewest = /status( --[a-z]+)*$/.test(command);
  if (isAboutTheNewest) good = undefined;
  good ??= await ended(stack, body());
  return good;
}

let good: string | undefined;

async function ended(stack: Stack, request: Record<string, unknown>) {
  const reqId = await stack.start(request);
  await stack.until(reqId, "FINISHED", 240_000);
  return reqId;
}

/** The ids that the documents' examples have: whole ones, and the beginnings that the command takes. */
function withId(command: string, id: string) {
  return command
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, id)
    .replaceAll(/\b(23c2c2a1|684153cc|e059b77b)\b/g, id.slice(0, 8));
}

function run({ prewarm }: Stack, command: string, id: string) {
  const { apiUrl: API, apiKey: KEY } = prewarm;
  const PATH = `${join(folder, "bin")}:${process.env["PATH"]}`;
  // A cursor of GET /requests, as a page before it returns.
  const NEXT = Buffer.from(JSON.stringify(["2026-11-30T00:00:00.000Z", id])).toString("base64url");
  const env = {
    ...process.env,
    API,
    KEY,
    REQ: id,
    NEXT,
    CI_KEY: "a1b2c3d4e5",
    PREWARM_ENDPOINT: API,
    PREWARM_API_KEY: KEY,
    PATH,
  };
  return ran("bash", ["-euo", "pipefail", "-c", command], { cwd: folder, env }, urls("/index.html").join("\n"));
}

/** The programs that the commands name: the command's bundle, a browser that is none, and a curl that fails if the API refuses. */
function writeTools() {
  buildCommand();
  const curl = spawnSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).stdout.trim();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(join(ROOT, "docs"), join(folder, "docs"));
  const tools = {
    prewarm: `exec '${process.execPath}' '${ROOT}cli/dist/prewarm.cjs' "$@"`,
    npx: 'name=$1; shift; [ "$name" = prewarm ] && exec prewarm "$@"; exit 127',
    curl: `exec '${curl}' --silent --show-error --fail-with-body "$@"`,
    "xdg-open": "exit 0",
  };
  for (const [name, line] of Object.entries(tools)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
}

/** Puts onto the site, and into the bucket, what the commands name. */
async function publish({ prewarm, standIn: { edge } }: Stack) {
  for (const path of ["/app.css", "/hangs.bin", "/a.js", "/live/1.ts", "/vod/init.mp4", "/vod/1.m4s", "/vod/2.m4s"])
    edge.addObject(path, { size: 1_000 });
  const sitemap = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://${HOST}/index.html</loc><lastmod>2026-11-20</lastmod></url></urlset>`;
  const documents = {
    "/sitemap.xml": sitemap,
    "/pages.xml": sitemap,
    "/live/main.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n",
    "/vod/main.mpd": `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S"><Period><AdaptationSet mimeType="video/mp4"><SegmentTemplate timescale="1" duration="4" startNumber="1" initialization="init.mp4" media="$Number$.m4s"/><Representation id="v" bandwidth="1"/></AdaptationSet></Period></MPD>`,
  };
  for (const [path, text] of Object.entries(documents)) addDocument(edge, path, text);
  const { s3 } = prewarm.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "static/a.js", Body: "x" }));
}
