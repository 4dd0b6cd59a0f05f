import type { HttpResult } from "../../../../agent/fetch/http/http-client.ts";
import { ResponseReader } from "../../../../agent/fetch/http/response-reader.ts";
import type { Failure } from "../../../../domain/result/failure.ts";

interface Read {
  readonly answer: HttpResult;
  readonly ended: boolean;
  readonly reusable: boolean;
  /** As `onBytes` was told. */
  readonly told: number;
}

/** Gives the pieces to a reader as a connection does: through one buffer, which has older bytes behind them. */
function read(pieces: readonly Buffer[]): Read {
  let told = 0;
  const reader = new ResponseReader({
    onBytes: (bytes) => {
      told += bytes;
    },
  });
  const buffer = Buffer.alloc(100_000, "\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc");
  for (const piece of pieces) {
    piece.copy(buffer);
    if (reader.read(buffer, piece.length)) break;
  }
  const { firstByteMs: _, ...answer } = reader.answer;
  return { answer, ended: reader.ended, reusable: reader.reusable, told };
}

const readText = (text: string) => read([Buffer.from(text, "latin1")]);
const badAnswer = (detail: string | RegExp) => ({
  reason: "connection",
  code: "BAD_ANSWER",
  detail: expect.stringMatching(detail),
});
const chunked = (...lines: string[]) =>
  readText(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${lines.join("\r\n")}`);

describe("an answer with a length", () => {
  const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

  it("ends with its last byte", () => {
    expect(readText(`${HEAD}12345`)).toEqual({
      answer: { bytes: 5, httpStatus: 200, contentLength: 5 },
      ended: true,
      reusable: true,
      told: 5,
    });
    expect(readText(`${HEAD}1234`)).toMatchObject({ answer: { bytes: 4 }, ended: false, reusable: false });
  });

  it("what comes behind it is not counted, and the connection is not used again", () => {
    expect(readText(`${HEAD}1234567`)).toMatchObject({ answer: { bytes: 5 }, ended: true, reusable: false, told: 5 });
  });

  const CHUNKS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  const cut = (code: string, detail: string): Failure => ({ reason: "incomplete", code, detail });
  const CLOSED: Failure = { reason: "connection", code: "CLOSED", detail: "the other side closed the connection" };
  const RESET: Failure = { reason: "connection", code: "ECONNRESET", detail: "read ECONNRESET" };

  it.each<[string, string, breaks: Failure | undefined, Partial<HttpResult>]>([
    // The POP did answer.
    ["early if the other side closes", `${HEAD}1234`, undefined, { failure: cut("CLOSED", "4 of 5 bytes arrived") }],
    ["early if the connection breaks", `${HEAD}1234`, RESET, { failure: cut("ECONNRESET", "4 of 5 bytes arrived") }],
    ["early if its chunks break", CHUNKS, RESET, { bytes: 3, failure: cut("ECONNRESET", "3 bytes arrived") }],
    ["as none if nothing has come", "", undefined, { bytes: 0, failure: CLOSED }],
  ])("ends %s", (_, text, breaks, answer) => {
    const reader = new ResponseReader({ onBytes: () => {} });
    reader.read(Buffer.from(text), text.length);
    if (breaks === undefined) reader.close();
    else reader.breakOff(breaks);
    expect(reader.answer).toMatchObject(answer);
  });
});

describe("an answer that is too large", () => {
  it("has failed with its head", () => {
    const text = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx";
    const reader = new ResponseReader({ onBytes: () => {}, maxBytes: 1_000 });
    expect(reader.read(Buffer.from(text), text.length)).toBe(true);
    expect(reader.answer).toMatchObject({
      bytes: 0,
      httpStatus: 200,
      contentLength: 1_001,
      failure: { reason: "too_large", code: "TOO_LARGE", detail: "the body is larger than 1000 bytes" },
    });
    expect(reader.restarted().maxBytes).toBe(1_000);
  });
});

describe("an answer that names a POP", () => {
  const readFrom = (xAmzCfPop: string) => {
    const text = `HTTP/1.1 200 OK\r\nX-Amz-Cf-Pop: ${xAmzCfPop}\r\nContent-Length: 3\r\n\r\nabc`;
    const reader = new ResponseReader({ onBytes: () => {}, maxBytes: 1_000, pop: "SIN2-P1" });
    expect(reader.read(Buffer.from(text), text.length)).toBe(true);
    return reader.answer;
  };

  it("is read if it is the one that was asked", () => {
    expect(readFrom("SIN2-P1")).toMatchObject({ bytes: 3, failure: undefined });
  });

  it.each(["SIN2-P10"])("has failed if it is another one, as %s, and its body is left", (pop) => {
    const failure = { reason: "other_pop", detail: `answered by ${pop} instead of SIN2-P1` };
    expect(readFrom(pop)).toMatchObject({ bytes: 0, failure });
  });

  it("is quoted up to 200 characters", () => {
    const detail = `answered by ${"x".repeat(199)}… instead of SIN2-P1`;
    expect(readFrom("x".repeat(60_000)).failure).toEqual({ reason: "other_pop", detail });
  });
});

describe("an answer without a length", () => {
  it("ends as the other side closes the connection, if it is not in chunks", () => {
    const text = "HTTP/1.1 200 OK\r\nX-Cache: Hit\r\n\r\n12345678";
    const reader = new ResponseReader({ onBytes: () => {} });
    expect(reader.read(Buffer.from(text), text.length)).toBe(false);
    reader.close();
    expect(reader.answer).toEqual({ bytes: 8, httpStatus: 200, xCache: "Hit", firstByteMs: expect.any(Number) });
    expect(reader.reusable).toBe(false);
  });

  it("ends with the last chunk, whatever comes with the chunks", () => {
    const whole = { answer: { bytes: 19, httpStatus: 200 }, ended: true, reusable: true, told: 19 };
    expect(chunked("3", "abc", "10", "0123456789abcdef", "0", "", "")).toEqual(whole);
    expect(chunked("3;a=b", "abc", '0010;c="d;\\"";e', "0123456789abcdef", "0", "X-Sum: 1", "Y: 2", "", "")).toEqual(
      whole,
    );
    expect(chunked("0", "", "")).toMatchObject({ answer: { bytes: 0 }, ended: true, reusable: true });
  });

  it.each([
    ["within a chunk", "5\r\nabc"],
    ["before the end of the trailers", "3\r\nabc\r\n0\r\nX: 1\r\n"],
  ])("is incomplete if the other side closes the connection %s", (_, body) => {
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
    const reader = new ResponseReader({ onBytes: () => {} });
    expect(reader.read(Buffer.from(text), text.length)).toBe(false);
    reader.close();
    expect(reader.answer).toMatchObject({ bytes: 3, failure: { reason: "incomplete", code: "CLOSED" } });
  });

  it.each([
    ["no size", ["", "abc"]],
    ["a size beyond all measure", ["123456789abcde", "abc"]],
    ["a chunk longer than its size, before its line ends", ["2", "abc"]],
    ["a line feed alone", ["3\nabc", "0", "", ""]],
    ["an extension whose quote is left open", ['3;a="b', "abc", "0", "", ""]],
    ["an extension with a control character", ["3;a=\0", "abc", "0", "", ""]],
    ["a trailer with a control character", ["0", "X: \v", "", ""]],
    ["extensions without end", [`3;${"x".repeat(20_000)}`, "abc"]],
    ["trailers without end", ["0", ...Array.from({ length: 2_000 }, (_, i) => `X-${i}: abc`)]],
  ])("%s", (_, lines) => {
    expect(chunked(...lines)).toMatchObject({
      answer: {
        httpStatus: 200,
        failure: { ...badAnswer(/^the (response body|answer's chunks)/), reason: "incomplete" },
      },
      ended: true,
      reusable: false,
    });
  });
});

describe("what comes before the answer", () => {
  it("hints are none", () => {
    const hints = "HTTP/1.1 103 Early Hints\r\nX-Cache: hint\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    expect(readText(`${hints}HTTP/1.1 203 Fine\r\nContent-Length: 2\r\nX-Cache: Hit\r\n\r\nok`).answer).toEqual({
      bytes: 2,
      httpStatus: 203,
      contentLength: 2,
      xCache: "Hit",
    });
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.6\r\n\r\n", "Response is not HTTP/1.1"],
    ["a change of protocol", "HTTP/1.1 101 Switching\r\n\r\n", "unexpected HTTP 101 response"],
    ["a head without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`, "the answer's head is longer"],
  ])("%s", (_, text, failure) => {
    expect(readText(text)).toMatchObject({
      answer: { bytes: 0, failure: badAnswer(failure) },
      ended: true,
      reusable: false,
    });
  });
});

describe("a head of which only a part has come is refused as soon as it cannot become good", () => {
  it.each([
    ["another protocol", "SSH-2.0", "Response is not HTTP/1.1"],
    ["lines that end in LF alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "Response is not HTTP/1.1"],
    ["behind a hint", "HTTP/1.1 103 Hint\r\n\r\nHTTP/1.1 200 OK\n", "Response is not HTTP/1.1"],
  ])("%s", (_, text, failure) => {
    const refused = { answer: { bytes: 0, failure: badAnswer(failure) }, ended: true, reusable: false };
    expect(readText(text)).toMatchObject(refused);
    expect(read([...text].map((byte) => Buffer.from(byte)))).toMatchObject(refused);
  });
});
