import * as z from "zod";
import { POP_CODE } from "../../../domain/pops/pop-codes.ts";
import { cutText } from "../../../domain/result/failure.ts";
import { MAX_HEADER, WAYS } from "./ask.ts";

/** Headers of a response that are recorded. The list has no cookie, and no header that only an origin defines. */
// biome-ignore format: one list
const RECEIVED = [
  "age", "cache-control", "content-encoding", "content-length", "content-range", "content-type", "date", "server-timing", "vary",
  "via", "x-amz-cf-pop", "x-amzn-waf-action", "x-cache",
] as const;
const SENT = ["accept", "accept-encoding", "pragma", "range", "user-agent"] as const;

const popSchema = z.string().regex(POP_CODE, "must be a POP such as SIN2-P1");
const header = z.string().max(MAX_HEADER);
const count = z.int().nonnegative();

const lineSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("run"), taken_at: z.iso.datetime(), edge: z.enum(["CloudFront", "stand-in"]) }),
  z.strictObject({ type: z.literal("name"), pop: popSchema, addresses: z.array(z.ipv4()) }),
  z.strictObject({
    type: z.literal("exchange"),
    /** Since the first exchange. */
    at_ms: count,
    pop: popSchema,
    address: z.ipv4(),
    /** Index of the URL among those of the run: without their query strings, two of them may read alike. */
    object: count,
    url: z.url().refine((url) => !/[?#@]/.test(url), "must have no query string and no credentials"),
    /** RANGE is a GET of one byte. ABORT is a GET whose client leaves at the head of the response. */
    way: z.enum(WAYS),
    sent: z.partialRecord(z.enum(SENT), header),
    status: z.int().optional(),
    received: z.partialRecord(z.enum(RECEIVED), header),
    first_byte_ms: count.optional(),
    /** Bytes of the body that arrived. */
    bytes: count,
    error: z.string().optional(),
  }),
]);

/** Line of a file of evidence. The first line of a file is the run. */
export type Line = Readonly<z.infer<typeof lineSchema>>;
export type Exchange = Extract<Line, { readonly type: "exchange" }>;

/** Selects the headers of a response that are recorded. */
export function recordedHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const recorded: Exchange["received"] = {};
  for (const name of RECEIVED)
    if (headers[name] !== undefined) recorded[name] = cutText([headers[name]].flat().join(", "), MAX_HEADER);
  return recorded;
}

/** Removes credentials, query string and fragment from a URL. */
export function recordedUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname.replaceAll("@", "%40")}`;
}

export function linesToText(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Reads a file of evidence. @throws Error that names the first wrong line */
export function linesOf(file: string, text: string): Line[] {
  const lines = text
    .trim()
    .split("\n")
    .map((line, index) => lineOf(`${file}: line ${index + 1}`, line));
  if (lines[0]?.type !== "run") throw new Error(`${file}: line 1 is not the run`);
  return lines;
}

function lineOf(where: string, text: string): Line {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    const says = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is not JSON";
    throw new Error(`${where} is no line of evidence: ${says}`, { cause });
  }
}
