import { cameUncompressed, taskResultSchema } from "../../../domain/result/task-result.ts";
import { result } from "../../lambdas/items.ts";

it("a reason that only a newer version knows is read as other, and none as none", () => {
  const stored = [undefined, "http_5xx", "too_warm", 7].map((reason) => ({ ...result("p", "u"), reason }));
  const read = stored.map((it) => taskResultSchema.parse(it).reason);
  expect(read).toEqual([undefined, "http_5xx", "other", "other"]);
});

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
])(
  "a body that was asked for compressed came without, though CloudFront could have compressed it yes: %s",
  (contentType) => {
    for (const bytes of [1_000, 10_000_000]) expect(cameUncompressed({ bytes, contentType })).toBe(true);
  },
);

it.each([
  ["compressed", { contentEncoding: "br" }],
  ["too small", { bytes: 999 }],
  ["too large", { bytes: 10_000_001 }],
  ["of a type that does not say", { contentType: undefined }],
  ["an image", { contentType: "image/avif" }],
  ["a font that is compressed already", { contentType: "font/woff2" }],
  ["a type that begins like one", { contentType: "text/cssx" }],
  ["a type of an event stream", { contentType: "text/event-stream" }],
])(
  "a body that was asked for compressed came without, though CloudFront could have compressed it: no: %s",
  (_, change) => expect(cameUncompressed({ bytes: 1_000, contentType: "text/css", ...change })).toBe(false),
);
