import fc from "fast-check";
import { MAX_ANSWER_HEAD_BYTES } from "../../domain/limits.ts";

/** An answer as raw bytes (Latin-1), after which the server closes the connection. */
export type RawAnswer = string;

const GOOD_LINES = ["HTTP/1.1 200 OK", "HTTP/1.1 206 Partial Content", "HTTP/1.1 404 Not Found", "HTTP/1.1 500 Oh"];
const ODD_LINES = [
  ...["HTTP/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"],
  ...[
    "HTTP/1.1 2x OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/01.1 200 OK",
    "HTTP/1.01 200 OK",
    "HTTP/2.0 200 OK",
  ],
  ...["HTTP/0.9 200 OK", "HTP/1.1 200 OK", "http/1.1 200 OK", "ICE/1.1 200 OK", "HTTP/1.1 099 OK", "HTTP/1.1 2000 OK"],
  ...[
    "HTTP/1.1 200 \xfc\xa0",
    "HTTP/1.1 200 O\0K",
    "HTTP/1.1 20",
    "HTTP/1.1 200OK",
    "\rHTTP/1.1 200 OK",
    "\r\nHTTP/1.1 200 OK",
  ],
  ...["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK"],
  ...[
    "HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK",
    "HTTP/1.0 103 Hints\r\n\r\nHTTP/1.1 200 OK",
    "HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK",
    "HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK",
  ],
  ...["HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade", "HTTP/1.1 200 OK\r", "HTTP/1.1 200 OK\r\r"],
];
const FRAMING = ["Content-Length: 5", "content-length:5", "Transfer-Encoding: chunked", "transfer-encoding:\tchunked "];
const PLAIN = [
  "Connection: close",
  "Connection: keep-alive",
  "X-Cache: Hit from cloudfront",
  "X: ",
  "X:",
  "Via: 1.1 \xe9",
];
const ODD_HEADERS = [
  ...["Content-Length: 4", "Content-Length: 0", "Content-Length: 5x", "Content-Length: 5, 5", "Content-Length: -5"],
  ...["Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length:", "Content-Length: 005"],
  ...["Content-Length:\xa05", "Content-Length:\v5", "Content-Length: 5\f", "Content-Length: 99999999999999999999"],
  ...["Content-Length : 5", "Content-Length", " Content-Length: 5", "Content\xadLength: 5", "\0Content-Length: 5"],
  ...[
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: x, chunked",
    "Transfer-Encoding: chunked, x",
    "Transfer-Encoding:",
  ],
  ...["Transfer-Encoding: chunkedchunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: x,\xa0chunked"],
  ...[
    "Transfer-Encoding: \vchunked",
    "Transfer-Encoding: x\t, chunked",
    "Transfer-Encoding : chunked",
    'Transfer-Encoding: "chunked"',
    "TE: chunked",
    "Content-Length: 5\t",
    "Transfer-Encoding: chunked\t",
  ],
  ...[" folded", "\tfolded", "X: 1\n Y: 2", "X: 1\nContent-Length: 5", "X: 1\rContent-Length: 5", "X: 1\r\rY: 2"],
  ...[
    "X: \0",
    "X: \x7f",
    "X: \x1b[1m",
    "X: \v",
    "X: \f",
    "X: \xa0",
    ": x",
    "X Y: 1",
    "X(Y): 1",
    "X\xa0: 1",
    "\xefX: 1",
    "X",
  ],
  ...["Upgrade: h2c", "Connection: upgrade", "Keep-Alive: timeout=0", "Trailer: X"],
];
const BODIES = [
  ...[
    "hello",
    "hell",
    "",
    "hello world",
    "5\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n",
    "5\r\nhell\r\n0\r\n\r\n",
    "0\r\n\r\n",
  ],
  ...["3\r\nabc\r\n2\r\nde\r\n0\r\nX: 1\r\n\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", '5;a="b;c"\r\nhello\r\n0\r\n\r\n'],
  ...[
    "5 \r\nhello\r\n0\r\n\r\n",
    "5 ;a\r\nhello\r\n0\r\n\r\n",
    "5;\r\nhello\r\n0\r\n\r\n",
    "5;a=\r\nhello\r\n0\r\n\r\n",
  ],
  ...[
    '5;a="b\r\nhello\r\n0\r\n\r\n',
    "5\nhello\n0\n\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\n",
    "5\rhello\r0\r\r",
  ],
  ...["+5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r\n0\r\nX 1\r\n\r\n"],
  ...[
    "5\r\nhello\r\n0\r\nX: \v\r\n\r\n",
    "5\r\nhello\r\n0\r\n folded\r\n\r\n",
    "000000000000000000005\r\nhello\r\n0\r\n\r\n",
  ],
  ...[
    "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
    "5\r\nhello\r\n0\r\ntransfer-encoding: chunked\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: 1\r\nCONTENT-LENGTH: 9\r\n\r\n",
    "5\r\nhello\r\n0\r\nTrailer: X\r\nConnection: close\r\n\r\n",
  ],
  ...["5\r\nhello\r\n00\r\n\r\n", "FFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nX: 1\nY: 2\r\n\r\n"],
];
/** Bytes at which readers of HTTP differ. */
const BYTES = [
  "\r",
  "\n",
  "\0",
  "\t",
  "\v",
  "\f",
  " ",
  "\x7f",
  "\x80",
  "\xa0",
  "\xff",
  ":",
  ";",
  ",",
  '"',
  "0",
  "5",
  "x",
];

/** Lengths around the limit of a head, which other bytes of it count towards too. */
const longHeader = fc
  .oneof(fc.constant(0), fc.integer({ min: -200, max: 200 }), fc.constant(5_000))
  .map((more) => `X: ${"x".repeat(MAX_ANSWER_HEAD_BYTES + more)}`);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...GOOD_LINES) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_LINES) },
);
const header = fc.oneof(
  { weight: 50, arbitrary: fc.constantFrom(...FRAMING) },
  { weight: 30, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 20, arbitrary: fc.constantFrom(...ODD_HEADERS) },
  { weight: 1, arbitrary: longHeader },
);
const lineEnd = fc.oneof(
  { weight: 30, arbitrary: fc.constant("\r\n") },
  { weight: 1, arbitrary: fc.constantFrom("\n", "\r", "\r\r\n", "\n\r", "\r\n ") },
);
const whole = fc
  .tuple(line, fc.array(fc.tuple(lineEnd, header), { maxLength: 4 }), lineEnd, lineEnd, fc.constantFrom(...BODIES))
  .map(([first, headers, end, empty, body]) => `${first}${headers.flat().join("")}${end}${empty}${body}`);
/** One byte of it is put in, replaced or taken out. */
const spoiled = fc
  .tuple(whole, fc.nat(), fc.constantFrom(...BYTES, ""), fc.boolean())
  .map(([text, place, byte, replace]) => {
    const at = place % text.length;
    return text.slice(0, at) + byte + text.slice(replace || byte === "" ? at + 1 : at);
  });

/** Answers as a hostile or broken server may give them: many are good ones with one thing wrong. None comes twice. */
export function rawAnswers(count: number, seed: number): readonly RawAnswer[] {
  const all = new Set<RawAnswer>();
  for (let round = 0; all.size < count; round++) {
    for (const text of fc.sample(fc.oneof(whole, spoiled), { numRuns: count, seed: seed + round })) {
      if (all.size < count) all.add(text);
    }
  }
  return [...all];
}
