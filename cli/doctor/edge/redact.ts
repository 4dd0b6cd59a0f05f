import { createHash, randomBytes } from "node:crypto";
import { POP_CODE } from "../../../domain/pops/pop-codes.ts";
import { cutText } from "../../../domain/result/failure.ts";
import { EVIDENCE_HEADERS, type EvidenceHeader, type EvidenceHeaders } from "./evidence.ts";

/** Characters of a header that are looked at: a server sends what it likes. */
const MAX_READ = 2_000;
/** CloudFront's own names tell nothing of a site, if no label of a distribution is before them. */
const PUBLIC_NAME = /^(\*\.)?cloudfront\.(net|cn)$/i;

/**
 * Takes out of a file whose site it is about. A host stands there as a hash: the same host has the same one in this file, and another one
 * in each other file, because the salt is thrown away. So nobody can try names.
 */
export class Redactor {
  private readonly salt = randomBytes(16);

  host(name: string): string {
    const digest = createHash("sha256").update(this.salt).update(name.toLowerCase()).digest("hex");
    return `host-${digest.slice(0, 12)}`;
  }

  /** A name of a certificate. */
  name(name: string): string {
    return PUBLIC_NAME.test(name) ? name.toLowerCase() : this.host(name);
  }
}

/**
 * The headers of a response that may be written, and of their values what CloudFront or a standard defines: an origin may write the name of
 * a site into each of them. What else there was is `other`.
 */
export function allowedHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): EvidenceHeaders {
  const allowed: EvidenceHeaders = {};
  for (const name of EVIDENCE_HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    const text = allowedValue(name, cutText([value].flat().join(", "), MAX_READ));
    if (text !== "") allowed[name] = text;
  }
  return allowed;
}

/** Headers that are lists, of which some elements may be written. */
const LISTS: Partial<Record<EvidenceHeader, RegExp>> = {
  "cache-control":
    /^(public|private|no-store|no-cache|no-transform|must-revalidate|proxy-revalidate|must-understand|immutable|(max-age|s-maxage|stale-while-revalidate|stale-if-error)="?\d{1,12}"?)$/i,
  "content-encoding": /^(br|gzip|deflate|zstd|compress|identity)$/i,
  // Not cdn-rid, the id of the request.
  "server-timing":
    /^cdn-(cache-(hit|miss|refresh)|pop|hit-layer|upstream-[a-z]+|downstream-[a-z]+)(;(desc="?[A-Za-z0-9 -]{1,40}"?|dur=[\d.]{1,12}))*$/,
  vary: /^(\*|accept|accept-encoding|accept-language|cookie|origin|user-agent|referer|authorization|access-control-request-(headers|method)|cloudfront-[a-z-]+)$/i,
};

/** All others. */
const SINGLE: Partial<Record<EvidenceHeader, RegExp>> = {
  age: /^\d{1,12}$/,
  "content-length": /^\d{1,15}$/,
  "content-range": /^bytes (\d{1,15}-\d{1,15}|\*)\/(\d{1,15}|\*)$/,
  "content-type": /^(application|audio|font|image|model|text|video)\/[a-z0-9+-]{1,30}$/i,
  "x-amz-cf-pop": POP_CODE,
  "x-amzn-waf-action": /^[a-z]{1,20}$/,
  "x-cache": /^[A-Za-z]{1,30} from cloudfront$/i,
};

/** @returns empty: nothing of it may be written */
function allowedValue(name: EvidenceHeader, text: string): string {
  const elements = LISTS[name];
  if (elements === undefined) {
    const [value = ""] = name === "content-type" ? text.split(";", 1) : [text];
    return SINGLE[name]?.test(value.trim()) === true ? value.trim() : "other";
  }
  const all = text.split(",").map((element) => element.trim());
  const own = all.filter((element) => elements.test(element));
  // Metrics of an origin tell nothing of the edge.
  if (own.length < all.length && name !== "server-timing") own.push("other");
  return own.join(name === "server-timing" ? "," : ", ");
}
