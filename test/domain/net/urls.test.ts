import fc from "fast-check";
import { MAX_URL_LENGTH } from "../../../domain/limits.ts";
import { asciiHost, hostOf, normalizeUrl, parseUrl, urlPrefix } from "../../../domain/net/urls.ts";
import { fuzz } from "../../fuzz.ts";

const HOST = "https://cdn.example.com";
const longest = `${HOST}/${"a".repeat(MAX_URL_LENGTH - HOST.length - 1)}`;

it.each([
  ["trimmed", ` \t${HOST}/a.js \n`, `${HOST}/a.js`],
  ["space encoded", `${HOST}/my file.js?q=a b`, `${HOST}/my%20file.js?q=a%20b`],
  ["parentheses and stars stay", `${HOST}/a(1)*.js?f=(x)*`, `${HOST}/a(1)*.js?f=(x)*`],
  ["a question mark without a query goes", `${HOST}/x?`, `${HOST}/x`],
  ["a query with nothing but a name stays", `${HOST}/x?a`, `${HOST}/x?a`],
  ["no fragment", `${HOST}/a.js?v=1#top`, `${HOST}/a.js?v=1`],
  ["scheme and host in lower case, path not", "HTTPS://CDN.Example.COM/Path", `${HOST}/Path`],
  ["a path at least", HOST, `${HOST}/`],
  ["the scheme's own port goes", `${HOST}:443/a`, `${HOST}/a`],
  ["a unicode host becomes punycode", "https://münchen.example/ä.js", "https://xn--mnchen-3ya.example/%C3%A4.js"],
  ["a host that is percent-encoded too", "https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"],
  ["in any spelling of Unicode", "https://BU\u0308CHER。example/", "https://xn--bcher-kva.example/"],
  ["a letter that only IDNA 2008 has", "https://faß.example/", "https://xn--fa-hia.example/"],
  ["an emoji, which registries sell", "https://i❤.example/", "https://xn--i-7iq.example/"],
  ["a unicode path is encoded", `${HOST}/日本.js?ü`, `${HOST}/%E6%97%A5%E6%9C%AC.js?%C3%BC`],
  ["the longest that CloudFront takes", longest, longest],
])("the one spelling of a URL: %s", (_, text, url) => expect(normalizeUrl(text)).toEqual({ url }));

it.each([
  ["", "is empty"],
  [" \n ", "is empty"],
  ["/a.js", "is not an absolute URL"],
  ["cdn.example.com/a.js", "is not an absolute URL"],
  ["https:/cdn.example.com/a.js", "is not an absolute URL"],
  ["https://cdn example.com/a.js", "is not an absolute URL"],
  ["https://cdn.example.com:99999/", "is not an absolute URL"],
  ["ftp://cdn.example.com/a.js", "has the scheme ftp"],
  ["https://user:secret@cdn.example.com/a.js", "has a user name or password"],
  ["https://cdn.example.com/a\tb.js", "has a control character"],
  ["https://cdn.example.com/a\r\nX-Injected: 1", "has a control character"],
  ["https://cdn.example.com/\ud83d", "has a character that is not valid in Unicode"],
  ["https://bü\u2060 cher.example/", "is not an absolute URL"],
  [`https://${"一".repeat(64)}.example.com/`, "has a host that is too long"],
  [`${longest}a`, `is longer than ${MAX_URL_LENGTH} characters`],
  [`${HOST}:8443/a`, "has the port 8443; CloudFront serves http only on port 80 and https only on port 443"],
  [
    "https://cdn.example.com:80/a",
    "has the port 80; CloudFront serves http only on port 80 and https only on port 443",
  ],
  // Each of these is three characters once it is encoded.
  [`${HOST}/${"<".repeat(3_000)}`, `is longer than ${MAX_URL_LENGTH} characters`],
])("the one spelling of a URL: %j is refused: %s", (text, problem) => expect(normalizeUrl(text)).toEqual({ problem }));

it("a host in Unicode is a URL however many URLs were parsed before", () => {
  for (let i = 0; i < 30_000; i++) normalizeUrl(`https://cdn.example.com/${i}`);
  for (let i = 0; i < 30_000; i++)
    expect(normalizeUrl("https://bücher.example/ü")).toEqual({ url: "https://xn--bcher-kva.example/%C3%BC" });
});

it.each([
  ["bücher.example", "xn--bcher-kva.example"],
  ["WWW.Example.com", "www.example.com"],
  ["user@bücher.example", undefined],
  ["bücher.example:8443", undefined],
  ["bücher.example?x", undefined],
  ["bücher.example\\x", undefined],
  ["xn--a.example", undefined],
  ["bü cher.example", undefined],
  ["", undefined],
])("the name %j is %s in the DNS", (name, ascii) => expect(asciiHost(name)).toBe(ascii));

describe("whatever is written", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: "binary" }).map((tail) => `${HOST}/${tail}`),
    fc.tuple(fc.string(), fc.string()).map(([host, path]) => ` http://${host}/${path} `),
  );

  it("never throws, and gives visible ASCII that a request line can carry", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = normalizeUrl(text);
        if ("problem" in result) return;
        expect(result.url).toMatch(/^https?:\/\/[!-~]+$/);
        expect(new URL(result.url).pathname).not.toContain(" ");
        expect(result.url).not.toContain("#");
        expect(result.url).not.toBe(`${result.url.split("?", 1)[0]}?`);
        expect(new URL(result.url).port).toBe("");
        expect(hostOf(result.url)).toBe(new URL(result.url).hostname);
      }),
      fuzz(500),
    );
  });

  it("is parsed as the platform parses it", () => {
    const parsed = (text: string, base?: string) => {
      try {
        return new URL(text, base).href;
      } catch {
        return undefined;
      }
    };
    const letters = fc.string({ unit: fc.constantFrom(..."aü日\u3002😀%C3BC/?#:@.[]\\ -\u00ad\u007f") });
    const written = fc.oneof(
      texts,
      letters,
      letters.map((it) => `https://${it}`),
      letters.map((it) => `//${it}`),
    );
    fc.assert(
      fc.property(written, fc.constantFrom(undefined, HOST, "https://bücher.example/ü/"), (text, base) => {
        fc.pre(!/\p{Surrogate}/u.test(text));
        expect(parseUrl(text, base)?.href).toBe(parsed(text, base));
      }),
      fuzz(2_000),
    );
  });
});

it.each([
  [[], ""],
  [["https://a.example/x"], "https://a.example/x"],
  [["https://a.example/x/1", "https://a.example/x/2", "https://a.example/x"], "https://a.example/x"],
  [["https://a.example/x?key=1", "https://a.example/x?key=2"], "https://a.example/x"],
  [["http://a.example/", "https://a.example/"], "http"],
])("%j have in common: %s", (urls, prefix) => expect(urlPrefix(urls)).toBe(prefix));
