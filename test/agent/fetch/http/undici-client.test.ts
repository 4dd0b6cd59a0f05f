// The interface of the HTTP client is narrow: undici implements it, too, and tasks end alike with both.
import { expect, onTestFinished, test } from "vitest";
import { PooledHttpClient } from "../../../../agent/fetch/http/pooled-client.ts";
import type { TaskResult } from "../../../../domain/result/task-result.ts";
import { PooledHttpClient as UndiciClient } from "../../../../tools/bench/undici-client.ts";
import { download, edge, object, SIZE, useEdge } from "../edge-world.ts";

useEdge();

/** What does not depend on the time, or on the edge's ids. */
const compared = ({ ok, outcome, bytes, http_status, reason, attempts, rounds, tier, x_cache }: TaskResult) => ({
  ok,
  outcome,
  bytes,
  http_status,
  reason,
  attempts,
  rounds,
  tier,
  x_cache,
});

test.each([
  ["a good one", "good", []],
  ["one that the edge has not", "missing", [{ kind: "status", status: 404 } as const]],
  ["one that fails once", "failing", [{ kind: "reset", after: 0 } as const]],
])("a download with undici ends as one with the agent's client: %s", async (_, name, faults) => {
  const clients = [PooledHttpClient, UndiciClient].map(
    (Client) => new Client({ ca: edge.caPem, allowPrivateAddresses: true }),
  );
  onTestFinished(async () => {
    for (const client of clients) await client.destroy();
  });
  const results: TaskResult[] = [];
  for (const [n, http] of clients.entries())
    results.push(await download({ url: object(`/${name}-${n}.bin`, faults), options: { http } }));
  const [ours, theirs] = results.map(compared);
  expect(theirs).toEqual(ours);
  expect(ours).toMatchObject(name === "missing" ? { ok: false, http_status: 404 } : { ok: true, bytes: SIZE });
});
