import type { Header } from "./headers.ts";

/** The encodings that CloudFront knows, the best first. */
const ENCODINGS = ["br", "gzip"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * Which of them headers ask for, the best first, as CloudFront normalises Accept-Encoding:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects
 */
export function acceptedEncodings(headers: readonly Header[]): Encoding[] {
  const values = headers.filter(([name]) => name === "accept-encoding").flatMap(([, value]) => value.split(","));
  const wanted = new Set(values.filter((it) => !NOT_WANTED.test(it)).map(nameOf));
  return ENCODINGS.filter((encoding) => wanted.has(encoding));
}

const NOT_WANTED = /;\s*q=0(?:\.0*)?\s*$/i;

function nameOf(one: string): string {
  return (one.split(";", 1)[0] ?? "").trim().toLowerCase();
}
