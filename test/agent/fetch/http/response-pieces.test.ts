// The verdict on an answer depends on its bytes alone, not on the pieces in which the network hands them over.
import fc from "fast-check";
import { ResponseReader } from "../../../../agent/fetch/http/response-reader.ts";
import { MAX_ANSWER_HEAD_BYTES } from "../../../../domain/limits.ts";
import { FUZZ_TIMEOUT_MS, fuzz } from "../../../fuzz.ts";
import { rawAnswer } from "./raw-answers.ts";

/** What is made of an answer whose connection the server closes behind it. */
function verdict(text: string, pieceLengths: (left: number) => number) {
  const bytes = Buffer.from(text, "latin1");
  const reader = new ResponseReader({ onBytes: () => {} });
  for (let from = 0; from < bytes.length && !reader.ended; ) {
    const length = Math.min(pieceLengths(bytes.length - from), bytes.length - from);
    reader.read(bytes.subarray(from, from + length), length);
    from += length;
  }
  reader.close();
  const { failure, firstByteMs: _, ...answer } = reader.answer;
  return { ...answer, reason: failure?.reason, code: failure?.code, ended: reader.ended };
}

const inOne = (left: number) => left;
const byteByByte = () => 1;
/** Long heads in pieces of 97 bytes: each piece has the whole head read again. */
const bitByBit = (text: string) => (text.length < 5_000 ? byteByByte : () => 97);
/** A first piece of this length, and the rest. */
const inTwo = (first: number) => {
  let next = first;
  return (left: number) => {
    const length = next;
    next = left;
    return Math.max(1, length);
  };
};

const head = (length: number, behind = "") => {
  const [begin, end] = ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: ", "\r\n\r\n"];
  return `${begin}${"x".repeat(length - begin.length - end.length)}${end}${behind}`;
};

const chunked = (trailers: string) =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${trailers}\r\n`;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const GOOD = { bytes: 2, httpStatus: 200, reason: undefined, ended: true };
const NO_HEAD = { bytes: 0, reason: "connection", code: "BAD_ANSWER", ended: true };
const NO_BODY = { httpStatus: 200, reason: "incomplete", code: "BAD_ANSWER", ended: true };

describe.each([
  ["in one piece", () => inOne],
  ["in two, the second a byte", (text: string) => inTwo(text.length - 1)],
  ["bit by bit", bitByBit],
])("%s", (_, pieces) => {
  it.each([
    ["a head of the greatest length", head(MAX_ANSWER_HEAD_BYTES, "ok"), GOOD],
    ["a head one byte longer", head(MAX_ANSWER_HEAD_BYTES + 1, "ok"), NO_HEAD],
    ["a hint that is too long", `HTTP/1.1 103 Hints\r\nX: ${"x".repeat(70_000)}\r\n\r\n${OK}`, NO_HEAD],
    [
      "two heads that are not too long each",
      head(60_000)
        .replace("200", "103")
        .replace(/Content-Length: 2\r\n/, "") + head(60_000, "ok"),
      GOOD,
    ],
    ["Content-Length as a trailer", chunked("Content-Length: 2\r\n"), NO_BODY],
    ["Transfer-Encoding as a trailer", chunked("X: 1\r\nTRANSFER-ENCODING: chunked\r\n"), NO_BODY],
    ["a 204 that promises a body", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", NO_HEAD],
    [
      "a 304 with the length of what it stands for",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
      { httpStatus: 304, reason: undefined, ended: true },
    ],
    ["a hint", `HTTP/1.1 103 Hints\r\n\r\n${OK}`, GOOD],
    ["a hint that closes the connection", `HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n${OK}`, NO_HEAD],
    ["a hint that promises a body", `HTTP/1.1 103 Hints\r\nContent-Length: 2\r\n\r\n${OK}`, NO_HEAD],
  ])("%s", (__, text, expected) => {
    expect(verdict(text, pieces(text))).toMatchObject(expected);
  });
});

it(
  "every generated answer is judged the same in one piece, in two and byte by byte",
  () => {
    fc.assert(
      fc.property(rawAnswer, fc.nat(), (text, cut) => {
        const whole = verdict(text, inOne);
        for (const first of [cut % text.length, text.length - 1 - (cut % 10)])
          expect(verdict(text, inTwo(first))).toEqual(whole);
        if (text.length < 5_000) expect(verdict(text, byteByByte)).toEqual(whole);
      }),
      fuzz(1_200),
    );
  },
  FUZZ_TIMEOUT_MS,
);
