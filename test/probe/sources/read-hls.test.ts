import { hlsAttributes } from "../../../probe/sources/read-hls.ts";
import { readOne, SourceProblem, walkSite } from "./site.ts";

const OWN = "http://site.test/doc";
const vod = (...lines: string[]) => ["#EXTM3U", "#EXT-X-TARGETDURATION:6", ...lines, "#EXT-X-ENDLIST", ""].join("\n");
const segments = (...names: string[]) => vod(...names.flatMap((name) => ["#EXTINF:6,", name]));

describe("a media playlist", () => {
  it.each([
    [
      "segments, relative and not",
      segments("1.ts", "/a/2.ts?x=1", "https://a.test/3.ts"),
      ["http://site.test/1.ts", "http://site.test/a/2.ts?x=1", "https://a.test/3.ts"],
      {},
    ],
    [
      "maps and keys, each once, two keys in a row",
      vod(
        '#EXT-X-KEY:METHOD=AES-128,URI="k1",IV=0x1',
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k2",KEYFORMAT="x,URI=y"',
        '#EXT-X-MAP:URI="i.mp4"',
        "#EXTINF:6,",
        "1.m4s",
        '#EXT-X-KEY:METHOD=AES-128,URI="k1"',
        "#EXT-X-KEY:METHOD=NONE",
      ),
      ["k1", "k2", "i.mp4", "1.m4s"].map((it) => `http://site.test/${it}`),
      {},
    ],
    [
      "keys that are not fetched by a URL",
      vod(
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://a"',
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="data:text/plain;base64,AAAA"',
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="urn:x:y"',
      ),
      [],
      { not_a_url: 3 },
    ],
    [
      "what a live playlist left behind",
      vod(
        '#EXT-X-PART:DURATION=1,URI="1.1.ts"',
        "#EXTINF:6,",
        "1.ts",
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="2.1.ts"',
        '#EXT-X-RENDITION-REPORT:URI="../2.m3u8"',
      ),
      ["http://site.test/1.ts"],
      { live_only: 3 },
    ],
    [
      "segments that are not there, which a player must not ask for",
      vod(
        "#EXTINF:6,",
        "1.ts",
        "#EXT-X-GAP",
        "#EXTINF:6,",
        "2.ts",
        "#EXTINF:6,",
        "#EXT-X-GAP",
        "3.ts",
        "#EXTINF:6,",
        "4.ts",
      ),
      ["http://site.test/1.ts", "http://site.test/4.ts"],
      { gap: 2 },
    ],
    [
      "interstitials, and a tag that is not known",
      vod(
        '#EXT-X-DATERANGE:ID="1",CLASS="com.apple.hls.interstitial",X-ASSET-URI="https://ads.test/1.m3u8"',
        '#EXT-X-MINE:URI="x"',
        '#EXT-X-OURS:A=1,B-URI="x"',
      ),
      [],
      { per_viewer: 1, unknown_tag: 2 },
    ],
    [
      "variables",
      vod(
        '#EXT-X-DEFINE:NAME="cdn",VALUE="https://a.test"',
        '#EXT-X-DEFINE:NAME="path",VALUE="{$cdn}/p"',
        '#EXT-X-MAP:URI="{$path}/i.mp4"',
        "#EXTINF:6,",
        "{$path}/{$path}.ts",
      ),
      ["https://a.test/p/i.mp4", "https://a.test/p/https://a.test/p.ts"],
      {},
    ],
  ])("has %s", async (_, document, urls, leftOut) => {
    expect(await readOne("hls", document)).toEqual({ urls: [OWN, ...urls], leftOut });
  });

  it.each([
    [
      "is a live playlist (it has no EXT-X-ENDLIST): its segments expire before they are warm",
      "#EXTM3U\n#EXTINF:6,\nsecret.ts",
    ],
    [
      "is an EVENT playlist without EXT-X-ENDLIST, which may still grow; send it when the event is over",
      "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nsecret.ts",
    ],
    [
      "is a delta update (EXT-X-SKIP), which leaves out segments; give the address of the full playlist",
      vod("#EXT-X-SKIP:SKIPPED-SEGMENTS=10", "#EXTINF:6,", "secret.ts"),
    ],
    ["is not an HLS playlist", ""],
    ["has a tag in which a quote is not closed", vod('#EXT-X-KEY:METHOD=AES-128,URI="secret')],
    ["names a variable that it does not define", segments("{$secret}.ts")],
    ["has an EXT-X-DEFINE that gives no value, or one twice", vod('#EXT-X-DEFINE:QUERYPARAM="secret"')],
    [
      "has variables that expand to more than 8192 characters",
      vod(
        '#EXT-X-DEFINE:NAME="a0",VALUE="0123456789"',
        ...Array.from({ length: 9 }, (_, n) => `#EXT-X-DEFINE:NAME="a${n + 1}",VALUE="${`{$a${n}}`.repeat(10)}"`),
      ),
    ],
    [
      "has variables of more than 20000 characters",
      vod(...["a", "b", "c"].map((it) => `#EXT-X-DEFINE:NAME="${it}",VALUE="${it.repeat(8_000)}"`)),
    ],
  ])("is refused if it %s", async (problem, document) => {
    await expect(readOne("hls", document)).rejects.toThrow(new SourceProblem(`${OWN} ${problem}`));
  });

  it("reads a long line in linear time", async () => {
    const long = vod(
      `#EXT-X-KEY:${"A".repeat(900_000)}`,
      `#EXT-X-MINE:${"A-".repeat(400_000)}`,
      `#EXT-X-KEY:${'A="",'.repeat(180_000)}`,
    );
    await readOne("hls", long);
  });
});

describe("a multivariant playlist", () => {
  const MAIN = `#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-DEFINE:QUERYPARAM="t"
#EXT-X-DEFINE:NAME="auth",VALUE="a=1"
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="keys/1?{$auth}"
#EXT-X-SESSION-DATA:DATA-ID="com.example",URI="data.json"
#EXT-X-CONTENT-STEERING:SERVER-URI="/steer",PATHWAY-ID="A"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="audio/en.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="English",INSTREAM-ID="CC1"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",URI="subs/en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
low/list?{$t}
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="b"
low/list?{$t}
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="low/iframes.m3u8"
`;

  it("names its playlists, which are read and warmed, too", async () => {
    const { urls, leftOut, state, seen } = await walkSite(
      {
        "/v/main.m3u8?t=9": MAIN,
        "/v/audio/en.m3u8": segments("1.aac"),
        "/v/subs/en.m3u8": segments("1.vtt"),
        "/v/low/list?9": vod(
          '#EXT-X-DEFINE:IMPORT="auth"',
          '#EXT-X-KEY:METHOD=AES-128,URI="../keys/1?{$auth}"',
          "#EXTINF:6,",
          "1.ts",
        ),
        "/v/low/iframes.m3u8": vod("#EXT-X-I-FRAMES-ONLY", "#EXTINF:6,", "#EXT-X-BYTERANGE:9@1", "1.ts"),
      },
      [{ type: "hls", url: "http://site.test/v/main.m3u8?t=9" }],
    );
    expect([...new Set(urls)].map((it) => it.replace("http://site.test/v/", ""))).toEqual([
      ...["main.m3u8?t=9", "keys/1?a=1", "data.json", "audio/en.m3u8", "audio/1.aac", "subs/en.m3u8", "subs/1.vtt"],
      ...["low/list?9", "low/1.ts", "low/iframes.m3u8"],
    ]);
    expect(leftOut).toEqual({ per_viewer: 1, duplicate: 2 });
    expect(state).toMatchObject({ pending: [], documents: 5 });
    expect(seen).toHaveLength(5);
  });

  it("passes its variables to its playlists, wherever it defines them", async () => {
    const { urls } = await walkSite(
      {
        "/doc": `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="audio.m3u8"
#EXT-X-DEFINE:NAME="before",VALUE="b"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
low.m3u8
#EXT-X-DEFINE:NAME="auth",VALUE="a=1"
`,
        "/audio.m3u8": vod('#EXT-X-DEFINE:IMPORT="auth"', "#EXTINF:6,", "1.aac?{$auth}"),
        "/low.m3u8": vod(
          '#EXT-X-DEFINE:IMPORT="before"',
          '#EXT-X-DEFINE:IMPORT="auth"',
          "#EXTINF:6,",
          "{$before}.ts?{$auth}",
        ),
      },
      [{ type: "hls", url: OWN }],
    );
    expect(urls.map((it) => it.replace("http://site.test/", ""))).toEqual([
      ...["doc", "audio.m3u8", "1.aac?a=1", "low.m3u8", "b.ts?a=1"],
    ]);
  });

  it("is read once if playlists name each other", async () => {
    expect(
      (await walkSite({ "/doc": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/doc\n" }, [{ type: "hls", url: OWN }])).urls,
    ).toEqual([OWN]);
  });

  it("is refused when each playlist names another one", async () => {
    let n = 0;
    await expect(
      walkSite(new Proxy({}, { get: () => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${n++}.m3u8\n` }), [
        { type: "hls", url: OWN },
      ]),
    ).rejects.toThrow(/deeper than the limit of 3/);
  });
});

it.each([
  ['METHOD=AES-128,URI="a,b=c",IV=0x1', { METHOD: "AES-128", URI: "a,b=c", IV: "0x1" }],
  [' A=1, B="2" ,C=', { A: "1", B: "2", C: "" }],
])("%s", (text, attributes) => expect(Object.fromEntries(hlsAttributes(text))).toEqual(attributes));
