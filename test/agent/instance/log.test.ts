import { createLogger } from "../../../agent/instance/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

test("failures by the thousand are few lines, and one that says how many more there were", () => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => void lines.push(line) });
  for (let i = 0; i < 5_000; i++) logger.warn({ reason: "connection", req_id: "r1" }, "task failed");
  logger.warn({ reason: "timeout", req_id: "r1" }, "task failed");
  logger.info("stopping");
  expect(lines).toHaveLength(62);
  vi.advanceTimersByTime(60_000);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    msg: "Log lines dropped",
    of: "task failed: connection",
    lines: 4_940,
  });
  logger.warn({ reason: "connection", req_id: "r1" }, "task failed");
  expect(lines).toHaveLength(64);
});

test("what the last minute left out is said at the end", () => {
  const lines: string[] = [];
  const before = process.listeners("exit");
  const logger = createLogger({ write: (line) => void lines.push(line) });
  for (let i = 0; i < 61; i++) logger.warn("receiving failed");
  for (const listener of process.listeners("exit")) if (!before.includes(listener)) listener.call(process, 0);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ msg: "Log lines dropped", of: "receiving failed", lines: 1 });
});
