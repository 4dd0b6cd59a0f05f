import fc from "fast-check";
import { MAX_ANSWER_HEAD_BYTES } from "../../../../domain/limits.ts";

/** The good value in most cases. */
function mostly(good: readonly string[], odd: readonly string[], weight = 40): fc.Arbitrary<string> {
  return fc.oneof({ weight, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(""));

const PROTOCOLS = ["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/01.1", "HTTP/1.01", "HTP/1.1", "http/1.1", "ICE/1.1"];
const STATUSES = ["200 OK", "206 Partial Content", "404 Not Found", "500 Oh"];
const ODD_STATUSES = [
  ...["200", "200 ", "20", "2x OK", "099 OK", "2000 OK", "200OK", "200 \xfc\xa0", "200 O\0K", "200 OK\r", "200 OK\r\r"],
  ...["204 No Content", "304 Not Modified", "101 Switching\r\nUpgrade: x\r\nConnection: upgrade"],
];
const statusLine = joined(
  mostly(["HTTP/1.1"], [...PROTOCOLS, "\rHTTP/1.1", "\r\nHTTP/1.1"]),
  mostly([" "], ["  ", "\t", ""]),
  mostly(STATUSES, ODD_STATUSES, 15),
);
/** A hint (1xx) before the answer, which some of these headers spoil. */
const hint = fc
  .tuple(
    mostly(["HTTP/1.1"], ["HTTP/1.0"]),
    mostly(["103 Hints"], ["100 Continue"]),
    fc.constantFrom(
      "",
      "Link: x\r\n",
      "Connection: close\r\n",
      "Content-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\n",
    ),
  )
  .map(([protocol, status, header]) => `${protocol} ${status}\r\n${header}\r\n`);

const FRAMING = ["Content-Length: 5", "content-length:5", "Transfer-Encoding: chunked", "transfer-encoding:\tchunked "];
const HARMLESS = [
  "Connection: close",
  "Connection: keep-alive",
  "X-Cache: Hit from cloudfront",
  "X: ",
  "X:",
  "Via: \xe9",
];
const NAMES = ["Content-Length", "Transfer-Encoding"];
const ODD_NAMES = [
  ...[" Content-Length", "\0Content-Length", "Content\xadLength", "\tTransfer-Encoding", "", "X Y", "X(Y)", "X\xa0"],
  ...["\xefX", "TE", "Upgrade", "Connection", "Keep-Alive", "Trailer"],
];
const VALUES = [
  ...["4", "0", "5x", "5, 5", "-5", "+5", "0x5", "5 5", "", "005", "\v5", "5\f", "5\t", "99999999999999999999"],
  ...["gzip", "x, chunked", "chunked, x", "chunkedchunked", "chunked, chunked", "x,\xa0chunked", "x\t, chunked"],
  ...["\vchunked", '"chunked"', "chunked\t", "\0", "\x7f", "\x1b[1m", "\xa0", "h2c", "upgrade", "timeout=0"],
  ...["1\n Y: 2", "1\nContent-Length: 5", "1\rContent-Length: 5", "1\r\rY: 2", "1\r\n folded", "1\r\n\tfolded"],
];
const header = fc.oneof(
  { weight: 50, arbitrary: fc.constantFrom(...FRAMING) },
  { weight: 30, arbitrary: fc.constantFrom(...HARMLESS) },
  {
    weight: 10,
    arbitrary: joined(
      mostly(NAMES, ODD_NAMES, 2),
      mostly([": "], [":", " : ", "\t:", ":\xa0", ":\v", ""]),
      fc.constantFrom("5", "chunked", ...VALUES),
    ),
  },
  {
    weight: 1,
    // Lengths around the limit of a head, which its other bytes count towards, too.
    arbitrary: fc.integer({ min: -200, max: 200 }).map((more) => `X: ${"x".repeat(MAX_ANSWER_HEAD_BYTES + more)}`),
  },
);

const EXTENSIONS = [";a=b", ';a="b;c"', " ", " ;a", ";", ";a=", ';a="b', ";a=\0"];
const SIZES = ["4", "6", "+5", "0x5", "000000000000000000005", "FFFFFFFFFFFFFFFFFF", ""];
const TRAILERS = [
  ...["X: 1\r\n", "X 1\r\n", "X: \v\r\n", " folded\r\n", "X: 1\nY: 2\r\n", "Trailer: X\r\nConnection: close\r\n"],
  ...["Content-Length: 5\r\n", "transfer-encoding: chunked\r\n", "X: 1\r\nCONTENT-LENGTH: 9\r\n"],
];
const lineEnd = mostly(["\r\n"], ["\n", "\r", "\r\r\n", "\n\r", "\r\n ", ""], 60);
const chunks = joined(
  mostly(["5"], SIZES),
  mostly([""], EXTENSIONS, 15),
  lineEnd,
  mostly(["hello"], ["hell"]),
  lineEnd,
  mostly(["0"], ["00", ""]),
  lineEnd,
  mostly([""], TRAILERS, 15),
  lineEnd,
);
const body = fc.oneof(fc.constantFrom("hello", "hell", "", "hello world"), chunks);

const whole = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constant("") }, { weight: 1, arbitrary: hint }),
    statusLine,
    fc.array(joined(lineEnd, header), { maxLength: 3 }),
    lineEnd,
    lineEnd,
    body,
  )
  .map(([before, line, headers, end, empty, content]) => `${before}${line}${headers.join("")}${end}${empty}${content}`);

/** Bytes at which readers of HTTP differ. */
const BYTES = [...'\r\n\0\t\v\f \x7f\x80\xa0\xff:;,"05x'];
/** One byte of it is put in, replaced or taken out. */
const spoiled = fc
  .tuple(whole, fc.nat(), fc.constantFrom(...BYTES, ""), fc.boolean())
  .map(([text, place, byte, replace]) => {
    const at = place % text.length;
    return text.slice(0, at) + byte + text.slice(replace || byte === "" ? at + 1 : at);
  });

/**
 * The raw bytes (Latin-1) of an answer as a hostile or broken server may give it, after which it closes the connection. Many
 * are good ones with one thing wrong.
 */
export const rawAnswer: fc.Arbitrary<string> = fc.oneof(whole, spoiled);
