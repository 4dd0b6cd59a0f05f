/**
 * The parts of ASN.1's DER that a certificate needs. They are written out here, because the libraries for it bring a
 * dozen packages and a global polyfill.
 */
export type Der = Buffer;

function element(tag: number, ...contents: readonly Uint8Array[]): Der {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...items: readonly Der[]): Der => element(0x30, ...items);
export const set = (...items: readonly Der[]): Der => element(0x31, ...items);
export const octets = (content: Uint8Array): Der => element(0x04, content);
export const bits = (content: Uint8Array, unused = 0): Der => element(0x03, Buffer.from([unused]), content);
export const utf8 = (text: string): Der => element(0x0c, Buffer.from(text));
export const yes = (): Der => element(0x01, Buffer.from([0xff]));
/** `[tag]` around whole elements. */
export const explicit = (tag: number, ...items: readonly Der[]): Der => element(0xa0 | tag, ...items);
/** `[tag]` in the place of a primitive element's own tag. */
export const implicit = (tag: number, content: Uint8Array): Der => element(0x80 | tag, content);

/** A positive integer, most significant octet first. */
export function integer(...magnitude: readonly number[]): Der {
  const sign = (magnitude[0] ?? 0) >= 0x80 ? [0] : [];
  return element(0x02, Buffer.from([...sign, ...magnitude]));
}

/** UTCTime, as RFC 5280 wants it until the end of 2049. */
export function time(date: Date): Der {
  const digits = date.toISOString().replace(/\D/g, "").slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const septets = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) septets.unshift(0x80 | (rest & 0x7f));
  return septets;
}
