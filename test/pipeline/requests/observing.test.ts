// What an operator sees of a request while it runs: samples of its progress, and logs without secrets.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { API_KEY } from "../pipeline.ts";
import { pipelineStack } from "./stack.ts";

/** Secrets that a caller puts into a request. */
const SECRETS = {
  authorization: "Bearer s3cr3t-token",
  cookie: "session=s3cr3t-cookie",
  signature: "s3cr3t-signature",
};

const stack = pipelineStack();

describe("the samples of a slow download", () => {
  const SLOW = "/slow-before-its-first-result.bin";
  const SIZE = 600_000;
  const samplesSchema = z
    .array(
      z.object({ at: z.string(), received_size: z.number(), download_count: z.number(), download_size: z.number() }),
    )
    .min(2);

  it("rise before its first result, and stay when it has ended", async () => {
    stack.standIn.edge.addObject(SLOW, { size: SIZE });
    // Agents send a heartbeat every ten seconds.
    stack.setFaults(({ method, path }) =>
      method === "GET" && path === SLOW ? { kind: "drip", bytesPerSecond: SIZE / 80 } : undefined,
    );
    const reqId = await stack.start(body({ url_list: urls(SLOW), pops: ["SIN2-C1"] }));
    const samples = async () => {
      const { json } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=samples`);
      return samplesSchema.parse(json["samples"]);
    };
    const seen = new Set<number>();
    while (seen.size < 3) {
      const last = (await samples()).at(-1);
      // Else there is nothing left to see before the first result.
      expect(last?.download_count).toBe(0);
      if (last !== undefined && last.received_size > 0) seen.add(last.received_size);
      await sleep(2_000);
    }
    expect([...seen]).toEqual([...seen].sort((one, other) => one - other));

    stack.setFaults(undefined);
    const { created_at, last_update_time } = await stack.until(reqId, "FINISHED");
    await stack.untilAgents(0);
    // The agent has noted its last bytes by then, or its last heartbeat tells them.
    expect((await samples()).at(-1)?.received_size).toBeGreaterThanOrEqual(SIZE);
    const [first, last] = [(await samples())[0], (await samples()).at(-1)];
    expect(first).toEqual({ at: created_at, received_size: 0, download_count: 0, download_size: 0 });
    expect(last).toMatchObject({ at: last_update_time, download_count: 1, download_size: SIZE });
  });
});

describe("secrets of a request", () => {
  it("reach neither the logs of the functions nor those of the agents", async () => {
    const query = `?Signature=${SECRETS.signature}&Key-Pair-Id=K1`;
    const seen: string[] = [];
    // What Get Size finds, the agents are refused: each task fails, and that is logged.
    stack.setFaults(({ headers, method, path }) => {
      seen.push(`${method} ${headers["authorization"]} ${headers["cookie"]}`);
      if (path.startsWith("/gone")) return { kind: "status", status: 404 };
      return { kind: "status", status: method === "HEAD" ? 200 : 403 };
    });
    const reqId = await stack.start(
      body({
        url_list: [`https://${HOST}/index.html${query}`, `https://${HOST}/gone.html${query}`],
        header: [`Authorization: ${SECRETS.authorization}`, `Cookie: ${SECRETS.cookie}`],
      }),
    );
    await stack.until(reqId, "FINISHED");
    // They were sent, and there was something to log.
    for (const method of ["HEAD", "GET"])
      expect(seen).toContain(`${method} ${SECRETS.authorization} ${SECRETS.cookie}`);
    const logs = stack.pipeline.log();
    expect(logs).toContain(reqId);
    expect(logs).toContain("Task failed");
    for (const secret of [...Object.values(SECRETS), API_KEY]) expect(logs).not.toContain(secret);
  });
});
