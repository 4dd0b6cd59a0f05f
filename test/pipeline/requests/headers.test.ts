// The URLs and headers of a request: no secret in them is logged, and at their longest they arrive.
import { MAX_HEADER_BYTES, MAX_URL_LENGTH } from "../../../domain/limits.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { API_KEY } from "../pipeline.ts";
import { pipelineStack } from "./stack.ts";

const SECRETS = {
  authorization: "Bearer s3cr3t-token",
  cookie: "session=s3cr3t-cookie",
  signature: "s3cr3t-signature",
};

const stack = pipelineStack();

it("secrets of a request reach neither the logs of the functions nor those of the agents", async () => {
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
  for (const method of ["HEAD", "GET"]) expect(seen).toContain(`${method} ${SECRETS.authorization} ${SECRETS.cookie}`);
  const logs = stack.pipeline.log();
  expect(logs).toContain(reqId);
  expect(logs).toContain("Task failed");
  for (const secret of [...Object.values(SECRETS), API_KEY]) expect(logs).not.toContain(secret);
});

it("the longest URL and headers are warmed, and nothing longer is taken", async () => {
  const [home = ""] = urls("/");
  const path = `/${"x".repeat(MAX_URL_LENGTH - home.length)}`;
  stack.standIn.edge.addObject(path, { size: 77 });
  // The edge's own bound on all headers together, Node's default of 16 KiB, includes the path.
  const header = [`X-Long: ${"y".repeat(MAX_HEADER_BYTES - 1_000)}`];
  const done = await stack.warm(body({ url_list: urls(path), header, pops: ["SIN2-C1", "ATL56-C1"] }));
  expect(done).toMatchObject({ total_count: 2, download_count: 2, failed_count: 0, download_size: 154 });
  expect((await stack.post("prewarm", body({ url_list: urls(`${path}x`) }))).status).toBe(400);
});
