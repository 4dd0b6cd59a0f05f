import { acceptEncodingsOf, variantOrderWarnings } from "../../../domain/validation/check-headers.ts";

const accepting = (name: string, value: string, ...more: string[]) => ({
  name,
  header: [`Accept-Encoding: ${value}`, ...more],
});
const BR = accepting("br", "gzip, deflate, br, zstd");
const GZIP = accepting("gzip", "gzip");
const ONLY_BR = accepting("only-br", "br");
const PLAIN = accepting("plain", "identity");

it.each([
  ["best first", [BR, GZIP, PLAIN]],
  ["two that share no form", [GZIP, ONLY_BR]],
  ["what comes first is the best of both", [ONLY_BR, BR]],
  ["one alone", [PLAIN]],
  ["none", []],
  ["other headers: other objects", [accepting("m", "gzip", "User-Agent: phone"), accepting("d", "br, gzip")]],
])("the order of variants is as it should be: %s", (_, variants) =>
  expect(variantOrderWarnings([], variants)).toEqual([]),
);

it.each([
  ["gzip before br", [GZIP, BR], /^variants: put 'br' before 'gzip'\. .* stores the gzip form .* 'br' too$/],
  ["nothing before gzip", [PLAIN, GZIP], /^variants: put 'gzip' before 'plain'\. .* the uncompressed form/],
  ["nothing before br alone", [PLAIN, ONLY_BR], /^variants: put 'only-br' before 'plain'/],
  ["with one in between that is other", [GZIP, accepting("x", "br", "X: 1"), BR], /put 'br' before 'gzip'/],
  ["with a header of all", [GZIP, BR], /put 'br' before 'gzip'/, ["X-Token: 1"]],
])("the order of variants is told: %s", (_, variants, says, header: string[] = []) =>
  expect(variantOrderWarnings(header, variants)).toEqual([expect.stringMatching(says)]),
);

it("the order of variants is told once for each that comes too late", () =>
  expect(variantOrderWarnings([], [PLAIN, GZIP, BR])).toHaveLength(2));

it.each([
  [{ header: [] }, ["br,gzip"]],
  [{ header: ["Accept-Encoding: identity"] }, ["identity"]],
  [{ header: ["X-Own: 1"], variants: [ONLY_BR, GZIP, accepting("zstd", "gzip, zstd")] }, ["br", "gzip"]],
  [{ header: ["Accept-Encoding: gzip"], variants: [{ name: "phone", header: ["X-Device: phone"] }] }, ["gzip"]],
])("a request %j asks for the forms %j", (request, forms) => expect(acceptEncodingsOf(request)).toEqual(forms));
