import { describe, expect, it } from "vitest";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { errorBody } from "../../../lambdas/api/handler.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ANSWER_BYTES = 6_000_000;

/** What Lambda is handed: the body is a string in it. */
const answerBytes = (body: object) =>
  Buffer.byteLength(JSON.stringify({ statusCode: 400, headers: {}, body: JSON.stringify(body) }));
const refusal = (urls: readonly string[]) =>
  errorBody("POST /prewarm", new ApiError(400, "url_list: bad", urls), "now");

describe("the bad URLs of a refusal", () => {
  it("are told all, as long as there is room", () => {
    const urls = Array.from({ length: 60_000 }, (_, i) => `ftp://cdn.example.com/${i}`);
    expect(refusal(urls)).toMatchObject({ error_message: "url_list: bad", error_urls: urls });
  });

  it.each([
    ["long ones", "x".repeat(8_000)],
    ["quotes and line breaks, which are escaped twice", '"\n'.repeat(4_000)],
    ["control characters", "\u0001".repeat(8_000)],
    ["other scripts", "\u65e5".repeat(8_000)],
  ])("are cut to what an answer holds, which says so: %s", (_, filler) => {
    const urls = Array.from({ length: 5_000 }, (_, i) => `${i} ${filler}`);
    const body = refusal(urls);
    const told = body["error_urls"] as string[];
    expect(answerBytes(body)).toBeLessThan(MAX_ANSWER_BYTES);
    expect(answerBytes(body)).toBeGreaterThan(MAX_ANSWER_BYTES * 0.8);
    expect(told).toEqual(urls.slice(0, told.length));
    expect(body["error_message"]).toBe(
      `url_list: bad; error_urls lists the first ${told.length} of 5000 invalid URLs, because a response is limited in size`,
    );
  });
});
