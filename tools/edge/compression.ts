import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Encoding } from "./accept-encoding.ts";
import type { Policy } from "./behaviour.ts";
import { headerOf, type Reply } from "./reply.ts";

/** An answer in the form in which it is kept. */
export interface Formed {
  readonly reply: Reply;
  /** The encoding that the edge gave it, or `identity` if it might have been compressed and was not. */
  readonly form?: Encoding | "identity";
}

const MIN_BYTES = 1_000;
const MAX_BYTES = 10_000_000;

/**
 * Compresses an answer of the origin as CloudFront would: whole, of a type that compresses well, of a size that the
 * origin told, not yet encoded. Brotli is preferred.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */
export function compressed(reply: Reply, accepts: readonly Encoding[], { compress }: Policy): Formed {
  if (compress === false || !isCompressible(reply)) return { reply };
  const [encoding] = accepts;
  if (encoding === undefined || compress === "busy") return { reply, form: "identity" };
  const body = encoding === "br" ? brotliCompressSync(reply.body, FAST) : gzipSync(reply.body, { level: 1 });
  const varies = /accept-encoding/i.test(headerOf(reply, "vary") ?? "") ? [] : ["vary", "Accept-Encoding"];
  const headers = [...weakened(reply.headers), "content-encoding", encoding, ...varies];
  return { reply: { ...reply, headers, body, length: body.length }, form: encoding };
}

const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

function isCompressible(reply: Reply): boolean {
  const { status, length, unsized, cut } = reply;
  if (status !== 200 || unsized || cut || length < MIN_BYTES || length > MAX_BYTES) return false;
  const type = headerOf(reply, "content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return COMPRESSIBLE.has(type) && headerOf(reply, "content-encoding") === undefined;
}

/** A strong ETag is about these very bytes, so the compressed form gets a weak one. */
function weakened(headers: readonly string[]): string[] {
  return headers.map((value, at) => (headers[at - 1] === "etag" && value.startsWith('"') ? `W/${value}` : value));
}

const COMPRESSIBLE = new Set(
  [
    ...["dash+xml", "eot", "font", "font-sfnt", "javascript", "json", "opentype", "otf", "pdf", "pkcs7-mime"],
    ...["protobuf", "rss+xml", "truetype", "ttf", "vnd.apple.mpegurl", "vnd.mapbox-vector-tile", "vnd.ms-fontobject"],
    ...["wasm", "xhtml+xml", "xml", "x-font-opentype", "x-font-truetype", "x-font-ttf", "x-httpd-cgi", "x-javascript"],
    ...["x-mpegurl", "x-opentype", "x-otf", "x-perl", "x-ttf"],
  ]
    .map((subtype) => `application/${subtype}`)
    .concat(["eot", "opentype", "otf", "ttf"].map((subtype) => `font/${subtype}`))
    .concat(["image/svg+xml", "vnd.apple.mpegurl"])
    .concat(
      ["css", "csv", "html", "javascript", "js", "plain", "richtext", "tab-separated-values", "xml"]
        .concat(["x-component", "x-java-source", "x-script"])
        .map((subtype) => `text/${subtype}`),
    ),
);
