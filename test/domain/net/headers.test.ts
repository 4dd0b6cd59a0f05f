import fc from "fast-check";
import { MAX_HEADER_LENGTH } from "../../../domain/limits.ts";
import { acceptedEncodings, headersToSend, parseHeader } from "../../../domain/net/headers.ts";
import { fuzz } from "../../fuzz.ts";

const DEFAULTS = [
  ["user-agent", "prewarm"],
  ["accept-encoding", "gzip, deflate, br"],
];

describe("a header line", () => {
  it.each([
    ["Accept-Encoding: gzip, br", "accept-encoding", "gzip, br"],
    ["  X-Key :  value  ", "x-key", "value"],
    ["Referer: https://a.example/?b=c:d", "referer", "https://a.example/?b=c:d"],
    ["X-Empty:", "x-empty", ""],
    ["X-Tab: a\tb", "x-tab", "a\tb"],
    [`X:${"a".repeat(MAX_HEADER_LENGTH - 2)}`, "x", "a".repeat(MAX_HEADER_LENGTH - 2)],
    ["!#$%&'*+.^_`|~-09azAZ: odd", "!#$%&'*+.^_`|~-09azaz", "odd"],
    // The line break is the file's, not the header's.
    ["X-Key: value\r\n", "x-key", "value"],
  ])("%j is %s and its value", (line, name, value) => expect(parseHeader(line)).toEqual({ name, value }));

  it.each([
    ["", "is not of the form 'Name: value'"],
    ["no colon", "is not of the form 'Name: value'"],
    [":authority: pseudo", "is not of the form 'Name: value'"],
    [" : blank", "has a character that no header name may have"],
    ["a b: c", "has a character that no header name may have"],
    ["X\r\nY: c", "has a character that no header name may have"],
    ["X: a\r\nHost: evil", "has a character that no header value may have"],
    ["X: a\u0000b", "has a character that no header value may have"],
    ["X: 日本", "has a character that no header value may have"],
    [`X: ${"a".repeat(MAX_HEADER_LENGTH)}`, `is longer than ${MAX_HEADER_LENGTH} characters`],
  ])("%j is refused: %s", (line, problem) => expect(parseHeader(line)).toEqual({ problem }));

  it.each(["Host", "Content-Length", "Expect"])("%s is for the agent to set", (name) => {
    const problem = { problem: `sets ${name}, which is refused: Prewarm sets it itself, or sends none` };
    expect(parseHeader(`${name}: x`)).toEqual(problem);
  });

  it.each([
    ...["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE", "Trailer", "Upgrade"],
    ...["HTTP2-Settings", "Proxy-Authenticate", "Proxy-Authorization"],
  ])("%s is for one connection", (name) => {
    const problem = { problem: `sets ${name}, which is refused: it is for one connection only` };
    expect(parseHeader(`${name}: x`)).toEqual(problem);
  });

  it.each(["Range", "If-Range", "If-Match", "If-None-Match", "if-modified-since", "IF-UNMODIFIED-SINCE"])(
    "%s would warm nothing",
    (name) => {
      expect(parseHeader(`${name}: x`)).toEqual({
        problem: `sets ${name}, which is refused: a POP would send a part of the object or none, and the object would count as warm`,
      });
      // Not sent either, should a message of before have it.
      expect(headersToSend([`${name}: x`])).toEqual(DEFAULTS);
    },
  );

  it("that is accepted carries neither line breaks nor a name to be refused, whatever was written", () => {
    const lines = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .tuple(fc.string(), fc.string({ unit: fc.constantFrom("a", " ", "\r", "\n", ":", "\u0085") }))
        .map((p) => p.join(":")),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const parsed = parseHeader(line);
        if ("problem" in parsed) return;
        expect(parsed.name).toMatch(/^[!-9;-~]+$/);
        expect(parsed.value).toMatch(/^[\t -~]*$/);
        expect(parseHeader(`${parsed.name}: ${parsed.value}`)).toEqual(parsed);
      }),
      fuzz(300),
    );
  });
});

it("a list of lines becomes pairs, also where a name comes twice, without the lines that are refused", () =>
  expect(headersToSend(["A: 1", "Host: evil", "broken", "a: 2"])).toEqual([...DEFAULTS, ["a", "1"], ["a", "2"]]));

it("a list of lines says who asks, and asks for the form that browsers request, unless it says so itself", () => {
  const [agent, encoding] = DEFAULTS;
  expect(headersToSend([])).toEqual(DEFAULTS);
  expect(headersToSend(["User-Agent: mine"])).toEqual([encoding, ["user-agent", "mine"]]);
  expect(headersToSend(["accept-encoding: identity"])).toEqual([agent, ["accept-encoding", "identity"]]);
});

it.each([
  [[], ["br", "gzip"]],
  [["X-Accept: br"], ["br", "gzip"]],
  [["Accept-Encoding: gzip, deflate, br, zstd"], ["br", "gzip"]],
  [["accept-encoding: GZIP"], ["gzip"]],
  [["Accept-Encoding: br;q=0.5"], ["br"]],
  [["Accept-Encoding: br;q=0, gzip;q=1.0"], ["gzip"]],
  [["Accept-Encoding: gzip; q=0.0"], []],
  [["Accept-Encoding: identity, *"], []],
  [
    ["Accept-Encoding: gzip", "Accept-Encoding: br"],
    ["br", "gzip"],
  ],
])("%j asks for %j", (lines, expected) => expect(acceptedEncodings(headersToSend(lines))).toEqual(expected));
