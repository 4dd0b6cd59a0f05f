/** Sizes that CloudFront compresses, in bytes. */
const LEAST_BYTES = 1_000;
const MOST_BYTES = 10_000_000;

/** The types that it compresses, without those that are rare on the web. */
const COMPRESSED_TYPES = new RegExp(
  "^(?:text/(?:css|csv|html|javascript|js|plain|xml|x-component)" +
    "|application/(?:(?:x-)?javascript|json|xml|(?:dash|rss|xhtml)\\+xml|pdf|wasm|(?:vnd\\.apple\\.|x-)mpegurl" +
    "|vnd\\.ms-fontobject|eot|(?:x-)?(?:otf|ttf)|opentype|truetype|x-font-(?:opentype|truetype|ttf))" +
    "|font/(?:eot|opentype|otf|ttf)|image/svg\\+xml)\\s*(?:;|$)",
  "i",
);

/** What is known of a body that was asked for compressed. */
interface Body {
  readonly bytes: number;
  readonly contentEncoding?: string | undefined;
  readonly contentType?: string | undefined;
}

/**
 * Whether a body came uncompressed that CloudFront could have compressed. It compresses as far as it has the time, and keeps
 * what it did not: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */
export function cameUncompressed({ bytes, contentEncoding, contentType }: Body): boolean {
  if (contentEncoding !== undefined || contentType === undefined) return false;
  return bytes >= LEAST_BYTES && bytes <= MOST_BYTES && COMPRESSED_TYPES.test(contentType);
}
