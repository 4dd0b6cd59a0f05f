// The file of `prewarm doctor --edge --save`: what was observed of the edge, and nothing that was concluded of it. docs/operations.md says
// what to do with it; `npm start -- --edge-like` makes the stand-in edge behave alike.
import * as z from "zod";
import { keysOf } from "../../../domain/collections.ts";
import { POP_CODE } from "../../../domain/pops/pop-codes.ts";

export const EVIDENCE_FORMAT = "prewarm-evidence/1";

/** So many requests are sent at most, and so many bytes of bodies are downloaded. */
export const EVIDENCE_LIMITS = { requests: 200, bytes: 20_000_000 };

/** The headers of a response that are written. All others stay out. */
export const EVIDENCE_HEADERS = [
  "age",
  "cache-control",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "server-timing",
  "vary",
  "x-amz-cf-pop",
  "x-amzn-waf-action",
  "x-cache",
] as const;
export type EvidenceHeader = (typeof EVIDENCE_HEADERS)[number];
export type EvidenceHeaders = Partial<Record<EvidenceHeader, string>>;

/**
 * Which request of a series it is. All requests of a series are for one `copy`: a URL with a query that nobody used before, so that the
 * first one finds it in no cache, if the query is in the cache key.
 */
export const EVIDENCE_STEPS = {
  first: "the whole object, which was not requested before",
  at_once: "the whole object again, as soon as the first response had ended",
  after_2_s: "the whole object, two seconds later",
  without_pragma: "the whole object, in a request without Pragma: server-timing",
  other_address: "the whole object, at another address of the POP",
  head_warm: "HEAD of an object that was downloaded before",
  range_warm: "one byte of an object that was downloaded before",
  collapsed: "the whole object, twice at the same time; it was not requested before",
  after_collapsed: "the whole object, after these two",
  head_cold: "HEAD of an object that was not requested before",
  head_again: "HEAD of the same object again",
  range_cold: "one byte of an object that was not requested before",
  range_again: "the same byte again",
  range_then_get: "the whole object, after these two",
  rec_fill: "the whole object at one POP; it was not requested before",
  rec_second: "the same object at a second POP, after that",
  error: "a path that is likely missing, repeatedly",
  other_label: "HEAD at the address to which another label resolves",
} as const;
export type EvidenceStep = keyof typeof EVIDENCE_STEPS;

/** Labels before the POP's name: the distribution's own, a random one, and one of AWS's documents that is no distribution. */
export const EVIDENCE_LABELS = ["own", "random", "documented"] as const;

const count = z.int().nonnegative();
const hashedHost = z.string().regex(/^host-[0-9a-f]{12}$/, "must be a hashed host such as host-0123456789ab");
const popCode = z.string().regex(POP_CODE, "must be a POP such as SIN2-P1");
const errorCode = z.string().regex(/^\w{1,60}$/);

const labelSchema = z.strictObject({
  label: z.enum(EVIDENCE_LABELS),
  addresses: z.array(z.ipv4()),
  /** Why there are none. */
  error: errorCode.optional(),
});

/** What the POP's first address proves of its name. The SNI is the host of the first object. */
const certificateSchema = z.strictObject({
  sni: hashedHost,
  /** Absent: the certificate is valid, for the SNI too. */
  error: errorCode.optional(),
  issuer: z.string().max(100).optional(),
  /** Names of CloudFront's own stay as they are, others are hashed. */
  names: z.array(z.string().max(100)),
  /** Whether it is valid for `<label>.<POP>.cloudfront.net`, too. */
  covers_pop_name: z.boolean(),
});

const requestSchema = z.strictObject({
  /** Since the first request. */
  at_ms: count,
  pop: popCode,
  /** Which of the addresses under the own label; of `other_label`, under the random one. */
  address: count,
  /** Which of `objects`. */
  object: count,
  /** Requests of the same number asked for the same URL, and no others did. */
  copy: count,
  step: z.enum(keysOf(EVIDENCE_STEPS)),
  /** RANGE is a GET of `bytes=0-0`. */
  method: z.enum(["GET", "HEAD", "RANGE"]),
  /** Whether it asks for Server-Timing (`Pragma: server-timing`). */
  pragma: z.boolean(),
  status: z.int().optional(),
  headers: z.partialRecord(z.enum(EVIDENCE_HEADERS), z.string().max(1_000)).default({}),
  first_byte_ms: count.optional(),
  /** Of the body that arrived. */
  bytes: count.default(0),
  error: errorCode.optional(),
});

export const evidenceSchema = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT, { error: `must be "${EVIDENCE_FORMAT}"` }),
  taken_at: z.iso.datetime(),
  /** Who answered. `synthesized`: nobody did, and `based_on` says what it was made of. */
  edge: z.enum(["CloudFront", "a stand-in", "synthesized"]),
  based_on: z.array(z.string()).optional(),
  limits: z.strictObject({ requests: count, bytes: count }),
  sent: z.strictObject({ requests: count, bytes: count }),
  /** Which limit kept requests from being sent. */
  cut_by: z.enum(["requests", "bytes"]).optional(),
  /** The `*.cloudfront.net` domain, or the name that leads to it. */
  distribution: hashedHost,
  objects: z
    .array(
      z.strictObject({
        host: hashedHost,
        scheme: z.enum(["https", "http"]),
        /** Of the path, such as `css`; empty: it has none. */
        extension: z.string().regex(/^[a-z0-9]{0,8}$/),
      }),
    )
    .min(1),
  pops: z
    .array(
      z.strictObject({ pop: popCode, labels: z.array(labelSchema).min(1), certificate: certificateSchema.optional() }),
    )
    .min(1),
  requests: z.array(requestSchema),
});

export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;
export type EvidenceRequest = Evidence["requests"][number];
export type EvidencePop = Evidence["pops"][number];

/** As it is written: short enough to be looked through, a request a line. */
export function evidenceText(evidence: Evidence): string {
  const { requests, ...others } = evidence;
  const head = JSON.stringify(others, null, 2).replace(/\n}$/, "");
  const lines = requests.map((request) => `    ${JSON.stringify(request)}`);
  return `${head},\n  "requests": [\n${lines.join(",\n")}\n  ]\n}\n`;
}
