import { describe, expect, it } from "vitest";
import { cameUncompressed, taskResultSchema } from "../../../domain/result/task-result.ts";

describe("a result", () => {
  const failed = {
    task_key: "r1#0",
    pop_url: "p#u",
    req_id: "r1",
    pop: "p",
    url: "u",
    ok: false,
    bytes: 0,
    ms: 1,
    attempts: 3,
    error: "HTTP 503",
    expire_at: 1,
  };

  it("of an agent that did not store reasons yet is read", () =>
    expect(taskResultSchema.parse(failed)).toEqual(failed));

  it.each([
    ["http_5xx", "http_5xx"],
    ["too_warm", "other"],
    [7, "other"],
  ])("with the reason %j has the reason %j", (stored, reason) =>
    expect(taskResultSchema.parse({ ...failed, reason: stored })).toEqual({ ...failed, reason }),
  );
});

describe("a body that was asked for compressed came without, though CloudFront could have compressed it", () => {
  it.each([
    ["text/css"],
    ["text/html; charset=utf-8"],
    ["Text/JavaScript"],
    ["application/javascript"],
    ["application/x-javascript"],
    ["application/json;charset=utf-8"],
    ["application/wasm"],
    ["application/vnd.apple.mpegurl"],
    ["application/x-mpegURL"],
    ["application/dash+xml"],
    ["image/svg+xml"],
    ["font/ttf"],
  ])("yes: %s", (contentType) => expect(cameUncompressed({ bytes: 1_000, contentType })).toBe(true));

  it("yes: the largest that CloudFront compresses", () =>
    expect(cameUncompressed({ bytes: 10_000_000, contentType: "text/css" })).toBe(true));

  it.each([
    ["compressed", { contentEncoding: "br" }],
    ["too small", { bytes: 999 }],
    ["too large", { bytes: 10_000_001 }],
    ["of a type that does not say", { contentType: undefined }],
    ["an image", { contentType: "image/avif" }],
    ["a font that is compressed already", { contentType: "font/woff2" }],
    ["a type that begins like one", { contentType: "text/cssx" }],
    ["a type of an event stream", { contentType: "text/event-stream" }],
  ])("no: %s", (_, change) =>
    expect(cameUncompressed({ bytes: 1_000, contentType: "text/css", ...change })).toBe(false),
  );
});
