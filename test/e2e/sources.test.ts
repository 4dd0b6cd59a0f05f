// Requests whose URLs come from documents: what a player or a browser would ask for is warm, and nothing else.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { HOST } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import type { Stack } from "./stack.ts";

const POP = "SIN2-C1";

describe("sources", () => {
  const running = deployedStack(undefined, { sourceBuckets: "media" });

  it("a list: its URLs beside those of url_list, each once, without those of other hosts", async () => {
    const stack = running();
    const listed = objects(stack, 200, (i) => `/list/${i}.bin`);
    const lines = [...urls(...listed), ...urls("/index.html"), "https://elsewhere.example.net/x", "# a comment"];
    serve(stack, "/lists/all.txt.gz", gzipSync(lines.join("\n")));
    const reqId = await stack.start(fromSource({ type: "list", url: `https://${HOST}/lists/all.txt.gz?sig=secret` }));
    const progress = await stack.until(reqId, "FINISHED", 120_000);
    expect(progress).toMatchObject({ total_count: 201, warm_count: 201, failed_count: 0 });
    expect(progress["sources"]).toEqual([
      {
        ...{ type: "list", from: `https://${HOST}/lists/all.txt.gz`, state: "READ", documents: 1, urls: 200 },
        left_out: { other_host: 1, duplicate: 1 },
      },
    ]);
  });
});

/** A request of one source at one POP, beside one URL of its own. */
function fromSource(source: Record<string, string>, changes: Record<string, unknown> = {}) {
  return body({ url_list: urls("/index.html"), pops: [POP], sources: [source], ...changes });
}

/** Puts small objects on the site. @returns their paths */
function objects({ standIn }: Stack, count: number, pathOf: (i: number) => string): string[] {
  const paths = Array.from({ length: count }, (_, i) => pathOf(i));
  for (const path of paths) standIn.edge.addObject(path, { size: 100 });
  return paths;
}

function serve({ standIn }: Stack, path: string, document: Buffer | string): void {
  const bytes = Buffer.from(document);
  standIn.edge.addObject(path, { size: bytes.length, body: bytes });
}
