import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { createCertificate } from "../../../tools/edge/certificate.ts";

test("an authority, and a server certificate that it signed", () => {
  const names = [
    "*.cloudfront.net",
    "cdn.example.com",
    ...Array.from({ length: 50 }, (_, n) => `alias${n}.example.com`),
  ];
  const { caPem, certPem, keyPem } = createCertificate(names);
  const ca = new X509Certificate(caPem);
  const leaf = new X509Certificate(certPem);
  expect(ca.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect(leaf.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(", "));
  expect(leaf.checkHost("d111111abcdef8.cloudfront.net")).toBeDefined();
  expect(leaf.checkHost("d111111abcdef8.SIN2-P1.cloudfront.net")).toBeUndefined();
  expect(new Date(leaf.validFrom).getTime()).toBeLessThan(Date.now());
  expect(new Date(leaf.validTo).getTime()).toBeGreaterThan(Date.now() + 7 * 24 * 3600 * 1000);
});

test("two runs share nothing", () => {
  const [one, other] = [createCertificate(["a.example"]), createCertificate(["a.example"])];
  expect(new X509Certificate(one.certPem).serialNumber).not.toBe(new X509Certificate(other.certPem).serialNumber);
  expect(new X509Certificate(one.certPem).verify(new X509Certificate(other.caPem).publicKey)).toBe(false);
});
