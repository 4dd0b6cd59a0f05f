import type { Bugs } from "../bug.ts";

export default {
  "accepted-counts-as-downloaded": {
    invariant: "A 202 without the object is a failed download.",
    description: "A 202 of the origin counts as a success.",
    test: "test/agent/fetch/downloader-attempts.test.ts",
    changes: [
      {
        file: "domain/result/failure.ts",
        find: "if (status >= 200 && status < 300 && status !== ACCEPTED) return undefined;",
        replace: "if (status >= 200 && status < 300) return undefined;",
      },
    ],
  },
  "certificate-name-not-verified": {
    invariant: "The certificate of a POP must be valid for the name of the distribution.",
    description: "The TLS client accepts a certificate for any name.",
    test: "test/agent/fetch/http/pop-pool-tls.test.ts",
    changes: [
      {
        file: "agent/fetch/http/connection.ts",
        find: 'ALPNProtocols: ["http/1.1"],',
        replace: 'ALPNProtocols: ["http/1.1"],\n      checkServerIdentity: () => undefined,',
      },
    ],
  },
  "head-limit-by-piece": {
    invariant: "The verdict on a response depends on its bytes, not on the pieces in which they arrive.",
    description: "The limit of a response head is applied only while a part of the head is missing.",
    test: "test/agent/fetch/http/response-pieces.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: "if ((whole ? end + HEAD_END.length : to) - from > MAX_ANSWER_HEAD_BYTES)",
        replace: "if (!whole && to - from > MAX_ANSWER_HEAD_BYTES)",
      },
    ],
  },
  "kept-error-asked-for-at-next-address": {
    invariant: "After a 5xx, no address of the POP is asked before a cache can have dropped the error.",
    description: "After a 5xx, the POP's next address is asked at once, and returns the error that the REC keeps.",
    test: "test/agent/fetch/next-attempt.test.ts",
    changes: [
      {
        file: "agent/fetch/next-attempt.ts",
        find: "return httpStatus >= 500 || ",
        replace: "return ",
      },
    ],
  },
  "redirect-followed": {
    invariant: "A redirect is a failed download, and its target is not requested.",
    description: "The downloader requests the location of a redirect from the same POP and reports that response.",
    test: "test/agent/fetch/downloader-attempts.test.ts",
    changes: [
      {
        file: "agent/fetch/downloader.ts",
        find: ".finally(ended);",
        replace:
          ".then(async (first) =>\n        first.location === undefined\n          ? first\n          : await this.deps.http.get(this.endpointOf(addressIndex), new URL(first.location, this.url).pathname, this.headers.lines, this.onBytes, { cancellation: hooks.cancellation, maxBytes: maxBytesOf(null), pop: message.pop }),\n      )\n      .finally(ended);",
      },
    ],
  },
  "responding-pop-not-compared": {
    invariant: "A response that names another POP than the requested one does not count for the requested one.",
    description: "The POP that a response names is not compared with the POP that was asked.",
    test: "test/agent/fetch/downloader-attempts.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: "xAmzCfPop !== undefined && xAmzCfPop !== this.pop",
        replace: 'xAmzCfPop === ""',
      },
    ],
  },
  "truncated-body-accepted": {
    invariant: "A body that ends before its last chunk is incomplete.",
    description: "A connection that is closed in the middle of a chunked body ends the body as if it were whole.",
    test: "test/agent/fetch/http/response-reader.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: 'this.head?.body.kind !== "UNTIL_CLOSE"',
        replace: 'this.head === undefined || this.head.body.kind === "LENGTH"',
      },
    ],
  },
  "unsolicited-response-accepted": {
    invariant: "Bytes that arrive before the request is sent are not its response.",
    description: "A response that arrives on a connection before the request is sent is read as the response.",
    test: "test/agent/fetch/http/pop-pool-unasked.test.ts",
    changes: [
      {
        file: "agent/fetch/http/connection.ts",
        find: "exchange === undefined || !this.isSent",
        replace: "exchange === undefined",
      },
    ],
  },
  "waf-answer-decides-for-followers": {
    invariant: "A response of AWS WAF at a lead does not decide for the other POPs of its REC.",
    description: "A challenge of AWS WAF counts as a failure of the origin.",
    test: "test/domain/plan/followers.test.ts",
    changes: [
      {
        file: "domain/result/failure.ts",
        find: 'waf: "pop",',
        replace: 'waf: "origin",',
      },
    ],
  },
  "waf-answer-has-a-size": {
    invariant: "A size probe that AWS WAF answers makes the URL unreadable, and its reason names AWS WAF.",
    description: "The size probe takes the response of AWS WAF for that of the object.",
    test: "test/probe/size/size-probe.test.ts",
    changes: [
      {
        file: "probe/size/size-answer.ts",
        find: "wafAction: field(WAF_ACTION_HEADER)",
        replace: 'wafAction: field("x-waf")',
      },
    ],
  },
  "waf-answer-proves-not-kept": {
    invariant: "A response of AWS WAF to a verification request says nothing of the cache.",
    description: "A challenge of AWS WAF after a good download counts as a lost check, and is repeated.",
    test: "test/agent/fetch/proof.test.ts",
    changes: [
      {
        file: "agent/fetch/proof.ts",
        find: 'failure.reason === "waf" || isCancelled()',
        replace: "isCancelled()",
      },
    ],
  },
  "waf-answer-read-as-document": {
    invariant: "A document of a source that AWS WAF answers ends the request, and the reason names AWS WAF.",
    description: "The page of a challenge is read as a list of URLs if its status is 200.",
    test: "test/probe/sources/web.test.ts",
    changes: [
      {
        file: "probe/sources/web.ts",
        find: "if (action !== undefined) throw",
        replace: "if (action !== undefined && statusCode !== 200) throw",
      },
    ],
  },
  "waf-answer-retried": {
    invariant: "A response of AWS WAF is final: no further attempt follows.",
    description: "A challenge of AWS WAF is tried again at the POP's other addresses.",
    test: "test/agent/fetch/attempt-verdict.test.ts",
    changes: [
      {
        file: "agent/fetch/attempt-verdict.ts",
        find: 'if (refusal?.reason === "waf") return { kind: "FINAL", failure: refusal };',
        replace: 'if (refusal?.reason === "waf") return { kind: "RETRY", failure: refusal };',
      },
    ],
  },
  "waf-challenge-accepted": {
    invariant: "A response with x-amzn-waf-action is a failed download, whatever its status.",
    description: "A challenge of AWS WAF, an empty 202, counts as a success.",
    test: "test/agent/fetch/downloader-attempts.test.ts",
    changes: [
      {
        file: "agent/fetch/attempt-verdict.ts",
        find: 'if (refusal?.reason === "waf") return { kind: "FINAL", failure: refusal };',
        replace: 'if (refusal?.reason === "waf") return GOOD;',
      },
    ],
  },
  "length-and-chunks-accepted": {
    invariant: "A response that says in two ways where its body ends is refused.",
    description: "A response with both Content-Length and Transfer-Encoding is read by its chunks.",
    test: "test/agent/fetch/http/pop-pool-and-undici.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-head.ts",
        find: "if (contentLength !== undefined)\n      throw",
        replace: "if (Number.isNaN(contentLength))\n      throw",
      },
    ],
  },
  "cut-body-without-length-accepted": {
    invariant: "A body over TLS without a length is not whole: nothing tells its end.",
    description: "The end of the connection ends such a body, over TLS, too.",
    test: "test/agent/fetch/http/pop-pool-tls.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: "else if (secure) this.fail(OPEN_END);",
        replace: "else if (secure && this.answer.bytes === 0) this.fail(OPEN_END);",
      },
    ],
  },
  "refusal-keeps-its-connection": {
    invariant: "Nothing that comes behind a refusal is taken for the next response.",
    description: "A connection is used again after a refusal.",
    test: "test/agent/fetch/http/pop-pool-unasked.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: "nothingBehind && head.answer.httpStatus < 300",
        replace: "nothingBehind && head.answer.httpStatus < 500",
      },
    ],
  },
  "hopeless-head-waited-for": {
    invariant: "A response head that cannot become valid fails at once.",
    description: "A partial head is only checked when its end has come, or its time is up.",
    test: "test/agent/fetch/http/pop-pool-timeouts.test.ts",
    changes: [
      {
        file: "agent/fetch/http/response-reader.ts",
        find: "checkPartialHead(this.partial, seen);",
        replace: "if (seen < 0) checkPartialHead(this.partial, seen);",
      },
    ],
  },
  "dripping-body-waited-for": {
    invariant: "A body that comes byte by byte is given up after a minute.",
    description: "A body is given up only when its whole time is over.",
    test: "test/agent/fetch/http/pop-pool-timeouts.test.ts",
    changes: [
      {
        file: "agent/fetch/http/body-limits.ts",
        find: "return this.tooLong(now, bytes) ?? this.tooSlow(now, bytes);",
        replace: "return this.tooLong(now, bytes) ?? (bytes < 0 ? this.tooSlow(now, bytes) : undefined);",
      },
    ],
  },
} satisfies Bugs;
