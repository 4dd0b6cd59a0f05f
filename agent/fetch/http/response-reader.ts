import { MAX_ANSWER_HEAD_BYTES } from "../../../domain/limits.ts";
import { cutText, type Failure } from "../../../domain/result/failure.ts";
import { tooLarge } from "./body-limits.ts";
import { ChunkedBody } from "./chunked-body.ts";
import { type GetOptions, type HttpResult, MAX_HEADER_CHARACTERS, type Mutable } from "./http-client.ts";
import { BadResponseError, checkPartialHead, parseHead, type ResponseHead } from "./response-head.ts";

const HEAD_END = Buffer.from("\r\n\r\n");

const CLOSED: Failure = {
  reason: "connection",
  code: "CLOSED",
  detail: "the other side closed the connection",
};

/** Node does not tell whether a TLS connection was closed in TLS too (close_notify), or cut by somebody on the way. */
const OPEN_END: Failure = {
  reason: "incomplete",
  code: "OPEN_END",
  detail: "the answer has no length, so nothing tells whether all of it came",
};

function brokenOff({ bytes, contentLength }: HttpResult, { code }: Failure): Failure {
  const came = contentLength === undefined ? `${bytes} bytes` : `${bytes} of ${contentLength} bytes`;
  return { reason: "incomplete", code, detail: `${came} arrived` };
}

/** Expectations of an answer: those of a request that is sent again are the same. */
interface ReaderOptions {
  /** Called with the number of bytes of each piece of the body. */
  readonly onBytes: (bytes: number) => void;
  /** Of a body: an answer that promises more has failed. @default no limit */
  readonly maxBytes?: number | undefined;
  readonly maxBytesOfHit?: GetOptions["maxBytesOfHit"];
  /** An answer that names another one has failed: its body is left. @default any may answer */
  readonly pop?: string | undefined;
}

/** Reads one answer to a GET from the bytes that arrive. It drops the body, so that memory does not grow with it. */
export class ResponseReader {
  answer: Mutable<HttpResult> = { bytes: 0 };
  /** Whether the answer is complete, or cannot be read. */
  ended = false;
  /** Whether another exchange may follow on this connection; known once this one has ended. */
  reusable = false;
  /** A head of which only a part has come. */
  private partial: Buffer | undefined;
  private head: ResponseHead | undefined;
  private left = 0;
  private chunks: ChunkedBody | undefined;
  private sentAt = performance.now();

  /** Of a body, in bytes: an answer that promises more has failed. The caller checks `answer.bytes` while it reads on. */
  maxBytes: number;

  constructor(private readonly options: ReaderOptions) {
    this.maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Its request is sent now. */
  onSent(): void {
    this.sentAt = performance.now();
  }

  /** Whether its head has come; hints (1xx) do not count. */
  get hasHead(): boolean {
    return this.head !== undefined;
  }

  /**
   * Takes the first `length` bytes of a buffer, which is reused afterwards.
   * @returns whether the answer has ended; one that cannot be read has, with a failure
   */
  read(buffer: Buffer, length: number): boolean {
    try {
      this.ended =
        this.head === undefined ? this.readHead(buffer, length) : this.readBody(this.head, buffer, 0, length);
    } catch (error) {
      if (!(error instanceof BadResponseError)) throw error;
      const reason = this.hasHead ? "incomplete" : "connection";
      this.fail({ reason, code: "BAD_ANSWER", detail: error.message });
      this.ended = true;
    }
    return this.ended;
  }

  /** A new reader for the same request, which is sent again. */
  restarted(): ResponseReader {
    return new ResponseReader(this.options);
  }

  /**
   * The other side has closed the connection; for some answers, that is their end.
   * @param secure over TLS, where anybody on the way can do it: RFC 9112, 9.8
   */
  close(secure = false): void {
    if (this.ended) return;
    if (this.head?.body.kind !== "UNTIL_CLOSE") this.breakOff(CLOSED);
    else if (secure) this.fail(OPEN_END);
  }

  /** The connection is lost. From the head on the POP has answered: what is missing then is the rest of the body. */
  breakOff(failure: Failure): void {
    this.fail(this.hasHead ? brokenOff(this.answer, failure) : failure);
  }

  /** Ends the answer early, with a failure. */
  fail(failure: Failure): void {
    this.reusable = false;
    this.answer.failure ??= failure;
  }

  private readHead(buffer: Buffer, length: number): boolean {
    let seen = this.partial?.length ?? 0;
    const bytes = this.partial === undefined ? buffer : Buffer.concat([this.partial, buffer.subarray(0, length)]);
    const to = seen + length;
    let from = 0;
    for (;;) {
      // Its first bytes may have come before.
      const end = bytes.indexOf(HEAD_END, Math.max(from, from + seen - HEAD_END.length + 1));
      // The buffer may hold older bytes behind those that have just come.
      const whole = end !== -1 && end + HEAD_END.length <= to;
      if ((whole ? end + HEAD_END.length : to) - from > MAX_ANSWER_HEAD_BYTES)
        throw new BadResponseError(`the answer's head is longer than ${MAX_ANSWER_HEAD_BYTES} bytes`);
      if (!whole) {
        this.partial = Buffer.from(bytes.subarray(from, to));
        checkPartialHead(this.partial, seen);
        return false;
      }
      const head = parseHead(bytes.toString("latin1", from, end));
      from = end + HEAD_END.length;
      if (head.answer.httpStatus >= 200) return this.begin(head, bytes, from, to);
      // Hints (1xx) come before the answer that counts. Neither of these was asked for.
      if (head.answer.httpStatus <= 101)
        throw new BadResponseError(`unexpected HTTP ${head.answer.httpStatus} response`);
      // Nothing may come behind it then, and the answer would.
      if (!head.reusable)
        throw new BadResponseError(`an HTTP ${head.answer.httpStatus} ended the connection before the answer`);
      seen = 0;
    }
  }

  private begin(head: ResponseHead, bytes: Buffer, from: number, to: number): boolean {
    this.head = head;
    this.answer = head.answer;
    this.answer.firstByteMs = performance.now() - this.sentAt;
    if (head.body.kind === "LENGTH") this.left = head.body.length;
    const { xAmzCfPop } = head.answer;
    const { pop } = this.options;
    // It shows nothing of the POP that was asked.
    if (pop !== undefined && xAmzCfPop !== undefined && xAmzCfPop !== pop) {
      const named = cutText(xAmzCfPop, MAX_HEADER_CHARACTERS);
      this.fail({ reason: "other_pop", detail: `answered by ${named} instead of ${pop}` });
      return true;
    }
    this.maxBytes = this.options.maxBytesOfHit?.(head.answer) ?? this.maxBytes;
    if (this.left > this.maxBytes) {
      this.fail(tooLarge(this.maxBytes));
      return true;
    }
    if (head.body.kind === "CHUNKED") this.chunks = new ChunkedBody();
    return this.readBody(head, bytes, from, to);
  }

  private readBody(head: ResponseHead, bytes: Buffer, from: number, to: number): boolean {
    if (head.body.kind === "LENGTH") {
      const length = Math.min(this.left, to - from);
      this.left -= length;
      this.count(length);
      return this.left === 0 && this.end(head, from + length === to);
    }
    if (this.chunks === undefined) {
      this.count(to - from);
      return false;
    }
    const at = this.chunks.read(bytes, from, to, (length) => this.count(length));
    return this.chunks.ended && this.end(head, at === to);
  }

  private count(length: number): void {
    if (length === 0) return;
    this.answer.bytes += length;
    this.options.onBytes(length);
  }

  /**
   * With bytes behind an answer, the connection cannot be reused: the next request would take them for its answer. They
   * may come at any time later. Behind a refusal they would make a success of the next one, so nothing is asked there.
   */
  private end(head: ResponseHead, nothingBehind: boolean): true {
    this.reusable = head.reusable && nothingBehind && head.answer.httpStatus < 300;
    return true;
  }
}
