import { createHash, randomBytes } from "node:crypto";
import { cutText } from "../../../domain/result/failure.ts";
import { EVIDENCE_HEADERS, type EvidenceHeaders } from "./evidence.ts";

/** Characters of a header that are looked at, and that are written: a server sends what it likes. */
const MAX_READ = 2_000;
const MAX_HEADER = 300;
/** CloudFront's own names tell nothing of a site, if no label of a distribution is before them. */
const PUBLIC_NAME = /^(\*\.)?cloudfront\.(net|cn)$/i;
const HOST_NAME = /(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]+/gi;

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

  /** The headers of a response that may be written, without what their values say of the site. */
  headers(headers: Readonly<Record<string, string | readonly string[] | undefined>>): EvidenceHeaders {
    const kept: EvidenceHeaders = {};
    for (const name of EVIDENCE_HEADERS) {
      const value = headers[name];
      if (value === undefined) continue;
      const text = cutText([value].flat().join(", "), MAX_READ);
      const own = name === "server-timing" ? cloudFrontMetrics(text) : text;
      if (own !== "") kept[name] = cutText(name === "content-type" ? mediaType(own) : this.text(own), MAX_HEADER);
    }
    return kept;
  }

  /** A text with each host name in it hashed. */
  private text(text: string): string {
    return text.replaceAll(HOST_NAME, (name) => this.name(name));
  }
}

/** Without its parameters: they say nothing of the edge. */
function mediaType(value: string): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(value)?.[0].toLowerCase() ?? "other";
}

/** The metrics that CloudFront writes, but for the id of the request. What an origin writes beside them stays out. */
function cloudFrontMetrics(serverTiming: string): string {
  return serverTiming
    .split(",")
    .map((metric) => metric.trim())
    .filter((metric) => /^cdn-[a-z-]+(;|$)/.test(metric) && !metric.startsWith("cdn-rid"))
    .join(",");
}
