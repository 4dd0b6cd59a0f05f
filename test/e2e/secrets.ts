import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LOCAL } from "../../tools/local/paths.ts";
import { readResults } from "../../tools/local/pop-report.ts";
import { HOST } from "../../tools/local/world.ts";
import { body } from "./bodies.ts";
import type { Stack } from "./stack.ts";

/** What a caller entrusts to a request, and what lets one in. */
const SECRETS = {
  authorization: "Bearer s3cr3t-token",
  cookie: "session=s3cr3t-cookie",
  signature: "s3cr3t-signature",
};

export function secrets(running: () => Stack): void {
  it("reach neither the Lambdas' log nor the agents'", async () => {
    const stack = running();
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
    const instances = (await readResults(stack.prewarm, reqId)).map(({ agent }) => agent);
    const files = ["emulator.log", ...new Set(instances.map((id) => `logs/${id}.log`))].map((name) => LOCAL + name);
    const logs = files.map((file) => (existsSync(file) ? readFileSync(file, "utf8") : "")).join("\n");
    expect(logs).toContain(reqId);
    expect(logs).toContain("task failed");
    for (const secret of [...Object.values(SECRETS), stack.prewarm.apiKey]) expect(logs).not.toContain(secret);
  });
}
