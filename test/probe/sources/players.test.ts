import { Parser } from "m3u8-parser";
import { parse } from "mpd-parser";
import { readOne } from "./site.ts";

// References that parsers of players extract. Production code uses none of these parsers.

const OWN = "http://site.test/doc";

/** Every URL in what a parser made of a manifest, at any depth. Only real ones: mpd-parser resolves some, and leaves others. */
function urlsIn(value: unknown, base: string, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "resolvedUri" || (key === "uri" && !("resolvedUri" in value))) {
      if (typeof inner === "string" && inner !== "" && !inner.endsWith("/")) found.add(new URL(inner, base).href);
    } else urlsIn(inner, base, found);
  }
  return found;
}

const HLS = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-KEY:METHOD=AES-128,URI="https://a.test/key-1?x=1,2",IV=0x00000000000000000000000000001234
${Array.from({ length: 50 }, (_, n) => `#EXTINF:6.006,title, with a comma\nsegment ${n}.m4s?a=b`).join("\n")}
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="/other/init-2.mp4",BYTERANGE="600@0"
#EXT-X-KEY:METHOD=AES-128,URI="key-2"
#EXTINF:6,
#EXT-X-BYTERANGE:1000@600
/other/all.mp4
#EXTINF:6,
#EXT-X-BYTERANGE:1000
/other/all.mp4
#EXT-X-ENDLIST
`;

it("extracts the same URLs from a playlist as a player's parser", async () => {
  const parser = new Parser({ uri: OWN });
  parser.push(HLS);
  parser.end();
  const { urls } = await readOne("hls", HLS);
  expect(urls.toSorted()).toEqual([OWN, ...urlsIn(parser.manifest, OWN)].toSorted());
  expect(urls).toHaveLength(1 + 50 + 2 + 2 + 1);
});

const period = (n: number, attributes: string) => `
  <Period id="${n}" ${attributes}>
    <BaseURL>p${n}/</BaseURL>
    <AdaptationSet mimeType="video/mp4" contentType="video">
      <SegmentTemplate timescale="90000" startNumber="3" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%04d$-$Time$.m4s">
        <SegmentTimeline><S t="900000" d="180000" r="4"/><S d="90000"/><S t="2000000" d="180000" r="2"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="v1" bandwidth="1000000" width="640" height="360" codecs="avc1.4d401e"/>
      <Representation id="v2" bandwidth="2000000" width="1280" height="720" codecs="avc1.4d401f"><BaseURL>hd/</BaseURL></Representation>
    </AdaptationSet>
    <AdaptationSet mimeType="audio/mp4" contentType="audio" lang="en">
      <SegmentTemplate timescale="1000" duration="2100" initialization="a/init-$Bandwidth$.mp4" media="a/$Number$.m4s"/>
      <Representation id="a1" bandwidth="128000" codecs="mp4a.40.2"/>
    </AdaptationSet>
    <AdaptationSet mimeType="audio/mp4" contentType="audio" lang="de">
      <Representation id="a2" bandwidth="64000" codecs="mp4a.40.2">
        <SegmentList timescale="1" duration="10"><Initialization sourceURL="l/init.mp4"/><SegmentURL media="l/1.m4s"/><SegmentURL media="l/2.m4s"/></SegmentList>
      </Representation>
    </AdaptationSet>
    <AdaptationSet mimeType="text/vtt" contentType="text" lang="en"><Representation id="t" bandwidth="1"><BaseURL>sub.vtt</BaseURL></Representation></AdaptationSet>
  </Period>`;

const DASH = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT40S" minBufferTime="PT2S">
  <BaseURL>https://a.test/media/</BaseURL>${period(1, 'start="PT0S" duration="PT20S"')}${period(2, 'start="PT20S" duration="PT20S"')}
</MPD>`;

it("extracts the same URLs from a manifest of DASH as a player's parser", async () => {
  const { urls } = await readOne("dash", DASH);
  expect(urls.toSorted()).toEqual([OWN, ...urlsIn(parse(DASH, { manifestUri: OWN }), OWN)].toSorted());
  expect(urls).toHaveLength(1 + 2 * (2 * (1 + 9) + 1 + 10 + 3 + 1));
});
