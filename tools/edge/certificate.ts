import { randomUUID } from "node:crypto";
import { generate } from "selfsigned";

export interface Certificate {
  /** Self-signed authority, PEM. What a client must trust (`NODE_EXTRA_CA_CERTS`). */
  readonly caPem: string;
  /** The server's certificate, PEM. */
  readonly certPem: string;
  /** The server's private key, PKCS #8 PEM. The authority's own key is thrown away. */
  readonly keyPem: string;
}

const DAY_MS = 24 * 3600 * 1000;
type Options = NonNullable<Parameters<typeof generate>[1]>;

/**
 * A throwaway authority and one server certificate (ECDSA P-256) for `dnsNames`, wildcards such as `*.cloudfront.net`
 * allowed. Made anew for each run, so that nothing on disk is worth stealing and nothing expires.
 */
export async function createCertificate(dnsNames: readonly string[]): Promise<Certificate> {
  // A client that trusts several authorities finds the right one by its name.
  const authority = await issue(`Prewarm local edge throwaway CA ${randomUUID()}`, {
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const server = await issue("Prewarm local edge", {
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: dnsNames.map((value) => ({ type: 2, value })) },
    ],
  });
  return { caPem: authority.cert, certPem: server.cert, keyPem: server.private };
}

function issue(commonName: string, options: Options): ReturnType<typeof generate> {
  return generate([{ name: "commonName", value: commonName }], {
    ...options,
    keyType: "ec",
    algorithm: "sha256",
    // A clock that runs a little behind must not refuse what was signed a moment ago.
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
  });
}
