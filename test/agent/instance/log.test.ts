import { expect, test } from "vitest";
import { createLogger } from "../../../agent/instance/log.ts";

test("a log line has neither queries of URLs nor what clients hang onto their errors", () => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => void lines.push(line) });
  const err = Object.assign(new Error("reset"), { code: "ECONNRESET", request: { headers: ["cookie", "s3cr3t"] } });
  logger.warn({ err, req_id: "r1" }, "receiving failed");
  logger.info(
    { url: "https://a.example/b?Signature=s3cr3t", error: "HTTP 301: redirects to /c?t=s3cr3t" },
    "task failed",
  );
  expect(lines.join("")).not.toContain("s3cr3t");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { name: "prewarm-agent", msg: "receiving failed", req_id: "r1", err: { message: "reset", code: "ECONNRESET" } },
    { url: "https://a.example/b?…", error: "HTTP 301: redirects to /c?…" },
  ]);
});
