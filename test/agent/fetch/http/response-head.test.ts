import { BadResponseError, parseHead } from "../../../../agent/fetch/http/response-head.ts";

const head = (...lines: string[]) => parseHead(lines.join("\r\n"));
const OK = "HTTP/1.1 200 OK";

describe("what a head says", () => {
  it("all that is wanted, whatever the case of the names", () => {
    expect(
      head(
        OK,
        "Content-Type: text/css",
        "CONTENT-LENGTH:  10 ",
        "X-Cache: Miss from cloudfront",
        "x-amz-cf-pop: SIN2-P1",
        "X-Amz-Cf-Id: abc==",
        "Location: https://a.example/b:c",
        "X-Amzn-Waf-Action: challenge",
      ),
    ).toEqual({
      body: { kind: "LENGTH", length: 10 },
      reusable: true,
      answer: {
        bytes: 0,
        httpStatus: 200,
        contentLength: 10,
        xCache: "Miss from cloudfront",
        xAmzCfPop: "SIN2-P1",
        xAmzCfId: "abc==",
        contentType: "text/css",
        location: "https://a.example/b:c",
        wafAction: "challenge",
      },
    });
  });

  it("a header that comes twice is one with both values", () => {
    expect(head(OK, "x-cache: Miss", "x-cache: Hit").answer.xCache).toBe("Miss, Hit");
  });

  it("a reason may be absent, empty or odd", () => {
    for (const line of ["HTTP/1.1 404", "HTTP/1.1 404 ", "HTTP/1.1 404 Nicht gefunden: \xfc"])
      expect(head(line).answer.httpStatus).toBe(404);
  });
});

describe("where the body ends", () => {
  const UNTIL_CLOSE = { kind: "UNTIL_CLOSE" };
  it.each([
    [[OK, "content-length: 0"], { kind: "LENGTH", length: 0 }],
    [[OK, "transfer-encoding: x,\xa0chunked"], UNTIL_CLOSE],
    [[OK, "transfer-encoding: chunked"], { kind: "CHUNKED" }],
    [[OK, "transfer-encoding: chunked, gzip"], UNTIL_CLOSE],
    [[OK], UNTIL_CLOSE],
    [["HTTP/1.1 204 No Content"], { kind: "LENGTH", length: 0 }],
    [["HTTP/1.1 304 Not Modified", "content-length: 10"], { kind: "LENGTH", length: 0 }],
  ])("%j", (lines, body) => expect(head(...lines).body).toEqual(body));
});

describe("whether the connection is kept", () => {
  it.each([
    [[OK, "content-length: 1"], true],
    [[OK, "content-length: 1", "connection: x, close"], false],
    [["HTTP/1.0 200 OK", "content-length: 1"], false],
    [[OK], false],
  ])("%j", (lines, reusable) => expect(head(...lines).reusable).toBe(reusable));
});

describe("what is no head, or leaves its end open", () => {
  it.each([
    ["SSH-2.0-OpenSSH_9.6"],
    ["HTTP/2 200"],
    ["HTTP/1.1 099 OK"],
    [`${OK}\n`],
    [OK, "no header"],
    [OK, "na(me: value"],
    ["HTTP/1.1  200 OK"],
    [OK, "x: a\ncontent-length: 5"],
    [`HTTP/1.1 200 OK\ncontent-length: 5`, "x: a"],
    ...["\0", "\v", "\f", "\x7f", "\x1b"].map((byte) => [OK, `x: a${byte}b`]),
    ...["\v", "\f", "\xa0"].map((byte) => [OK, `content-length:${byte}5`]),
    [OK, "content-length : 5"],
    [OK, "x: a", " folded: b"],
    [OK, "content-length: -1"],
    [OK, "content-length: 0x10"],
    [OK, "content-length: 5, 5"],
    [OK, "content-length: 5", "content-length: 6"],
    [OK, "content-length: 99999999999999999"],
    [OK, "content-length: 5", "transfer-encoding: chunked"],
    ["HTTP/1.1 204 No Content", "content-length: 0", "transfer-encoding: chunked"],
    [OK, "transfer-encoding: chunked", "transfer-encoding:"],
    [OK, "transfer-encoding: chunked", "transfer-encoding: chunked"],
    [OK, "transfer-encoding: chunked, gzip, chunked"],
    ["HTTP/1.0 200 OK", "transfer-encoding: chunked"],
  ])("%j", (...lines) => expect(() => head(...lines)).toThrow(BadResponseError));
});
