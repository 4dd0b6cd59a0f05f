import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/**
 * The parts of ASN.1's DER that a certificate needs. They are written out here, because the libraries for it bring a
 * dozen packages and a global polyfill.
 */
type Der = Buffer;

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

function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const septets = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) septets.unshift(0x80 | (rest & 0x7f));
  return septets;
}

export interface Certificate {
  /** Self-signed authority, PEM. What a client must trust (`NODE_EXTRA_CA_CERTS`). */
  readonly caPem: string;
  /** The server's certificate, PEM. */
  readonly certPem: string;
  /** The server's private key, PKCS #8 PEM. The authority's own key is thrown away. */
  readonly keyPem: string;
}

const CA_NAME = "Prewarm local edge, throwaway CA";
const DAY_MS = 24 * 3600 * 1000;
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const KEY_CERT_SIGN = bits(Buffer.from([0b0000_0100]), 2);
const DIGITAL_SIGNATURE = bits(Buffer.from([0b1000_0000]), 7);
const SERVER_AUTH = oid("1.3.6.1.5.5.7.3.1");

/**
 * A throwaway authority and one server certificate (ECDSA P-256) for `dnsNames`, wildcards such as `*.cloudfront.net`
 * allowed. Made anew for each run, so that nothing on disk is worth stealing and nothing expires.
 */
export function createCertificate(dnsNames: readonly string[]): Certificate {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issue = (subject: string, publicKey: KeyObject, extensions: readonly Der[]) =>
    pem(signed(toBeSigned(subject, publicKey, authority.publicKey, extensions), authority.privateKey));
  return {
    caPem: issue(CA_NAME, authority.publicKey, [
      extension("2.5.29.19", sequence(yes(), integer(0)), "critical"),
      extension("2.5.29.15", KEY_CERT_SIGN, "critical"),
    ]),
    certPem: issue("Prewarm local edge", server.publicKey, [
      extension("2.5.29.19", sequence(), "critical"),
      extension("2.5.29.15", DIGITAL_SIGNATURE, "critical"),
      extension("2.5.29.37", sequence(SERVER_AUTH)),
      extension("2.5.29.17", sequence(...dnsNames.map((name) => implicit(2, Buffer.from(name))))),
    ]),
    keyPem: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** TBSCertificate of RFC 5280, version 3. */
function toBeSigned(subject: string, publicKey: KeyObject, issuerKey: KeyObject, extensions: readonly Der[]): Der {
  // A clock that runs a little behind must not refuse what was signed a moment ago.
  const validity = sequence(time(new Date(Date.now() - DAY_MS)), time(new Date(Date.now() + 30 * DAY_MS)));
  const keyIds = [
    extension("2.5.29.14", octets(keyId(publicKey))),
    extension("2.5.29.35", sequence(implicit(0, keyId(issuerKey)))),
  ];
  return sequence(
    explicit(0, integer(2)),
    integer(1, ...randomBytes(15)), // A 1 in front: neither negative nor with zeros to strip.
    ECDSA_WITH_SHA256,
    commonName(CA_NAME),
    validity,
    commonName(subject),
    spki(publicKey),
    explicit(3, sequence(...keyIds, ...extensions)),
  );
}

function signed(content: Der, key: KeyObject): Der {
  return sequence(content, ECDSA_WITH_SHA256, bits(sign("sha256", content, key)));
}

function extension(id: string, value: Der, critical?: "critical"): Der {
  return critical ? sequence(oid(id), yes(), octets(value)) : sequence(oid(id), octets(value));
}

function commonName(name: string): Der {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
}

function spki(key: KeyObject): Der {
  return key.export({ type: "spki", format: "der" });
}

function keyId(key: KeyObject): Buffer {
  return createHash("sha1").update(spki(key)).digest();
}

function pem(certificate: Der): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
