// Provides documents of the stand-in edge's site: sitemaps, and what a packager writes of a film.

import type { Edge } from "../../tools/edge/edge.ts";
import { times } from "../collect.ts";
import { urls } from "./bodies.ts";

const SEGMENTS = 12;
const VARIANTS = 5;
const LANGUAGES = ["en", "fr"];

/** A file of a site: its path, and its text if it is a document. */
interface SiteFile {
  readonly path: string;
  readonly text?: string;
}

export function addDocument(edge: Edge, path: string, content: Buffer | string) {
  const bytes = Buffer.from(content);
  edge.addObject(path, { size: bytes.length, body: bytes });
}

export function addFilm(edge: Edge, files: readonly SiteFile[]) {
  for (const { path, text } of files)
    if (text === undefined) edge.addObject(path, { size: 1_200 });
    else addDocument(edge, path, text);
}

/** A sitemap (`urlset`, `url`) or an index of sitemaps (`sitemapindex`, `sitemap`) of paths of the site. */
export function sitemap(root: string, entry: string, paths: readonly string[]) {
  const entries = urls(...paths).map((url) => `<${entry}><loc>${url.replaceAll("&", "&amp;")}</loc></${entry}>`);
  return `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join("\n")}</${root}>`;
}

/** An HLS film: five variants, two languages, init sections and keys; one variant's segments are parts of one file. */
export function hlsFilm(folder: string, foreignKey: string): SiteFile[] {
  const variants = times(VARIANTS, (i) => `v${i + 1}`);
  const master = [
    "#EXTM3U",
    ...LANGUAGES.map(
      (it) => `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="${it}",LANGUAGE="${it}",URI="audio-${it}/index.m3u8"`,
    ),
    ...variants.flatMap((it, i) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${(i + 1) * 500_000},AUDIO="audio"`,
      `${it}/index.m3u8?token=a%20b`,
    ]),
  ];
  const streams = [...variants, ...LANGUAGES.map((it) => `audio-${it}`)];
  return [
    { path: `${folder}/master.m3u8`, text: master.join("\n") },
    ...streams.flatMap((stream, i) => mediaPlaylist(`${folder}/${stream}`, i === 0, i === 1 ? foreignKey : undefined)),
  ];
}

function mediaPlaylist(folder: string, oneFile: boolean, foreignKey: string | undefined) {
  const names = times(SEGMENTS, (i) => (oneFile ? "all.mp4" : `part ${i + 1}.m4s`));
  const lines = [
    ...["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:4", "#EXT-X-PLAYLIST-TYPE:VOD"],
    ...['#EXT-X-MAP:URI="init.mp4"', `#EXT-X-KEY:METHOD=AES-128,URI="${foreignKey ?? "../keys/1.bin"}"`],
    ...names.flatMap((name, i) => [
      ...(i === SEGMENTS / 2 && foreignKey === undefined ? ['#EXT-X-KEY:METHOD=AES-128,URI="/films/shared.key"'] : []),
      "#EXTINF:4,",
      ...(oneFile ? [`#EXT-X-BYTERANGE:100@${i * 100}`] : []),
      encodeURI(name),
    ]),
    "#EXT-X-ENDLIST",
  ];
  const files = [...new Set(["init.mp4", ...names])].map((name) => ({ path: `${folder}/${name}` }));
  const keys = ["../keys/1.bin", "/films/shared.key"].map(
    (key) => new URL(key, `https://x${folder}/index.m3u8`).pathname,
  );
  return [{ path: `${folder}/index.m3u8`, text: lines.join("\n") }, ...files, ...keys.map((path) => ({ path }))];
}

/** A DASH film of two periods: video by numbers, audio by a timeline, and a chain of base URLs. */
export function dashFilm(folder: string): SiteFile[] {
  const period = (id: string) => `
    <Period id="${id}" duration="PT24S">
      <BaseURL>${id}/</BaseURL>
      <AdaptationSet mimeType="video/mp4">
        <SegmentTemplate timescale="1" startNumber="1"
          initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number%04d$.m4s">
          <SegmentTimeline><S t="0" d="4" r="5"/></SegmentTimeline>
        </SegmentTemplate>
        <Representation id="low" bandwidth="500000" codecs="avc1.4d401e" width="640" height="360"/>
        <Representation id="high" bandwidth="2000000" codecs="avc1.4d401e" width="1280" height="720"/>
      </AdaptationSet>
      <AdaptationSet mimeType="audio/mp4" lang="en">
        <BaseURL>sound/</BaseURL>
        <SegmentTemplate timescale="1000" initialization="init.mp4" media="$Time$.m4s">
          <SegmentTimeline><S t="0" d="4000" r="3"/><S d="3000"/><S d="5000"/></SegmentTimeline>
        </SegmentTemplate>
        <Representation id="audio" bandwidth="128000" codecs="mp4a.40.2"/>
      </AdaptationSet>
    </Period>`;
  const text = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT48S" minBufferTime="PT2S"
  profiles="urn:mpeg:dash:profile:isoff-live:2011">
    <BaseURL>media/</BaseURL>${period("one")}${period("two")}
</MPD>`;
  const numbers = times(6, (i) => String(i + 1).padStart(4, "0"));
  const files = ["one", "two"].flatMap((it) => [
    ...["low", "high"].flatMap((quality) =>
      ["init.mp4", ...numbers.map((n) => `${n}.m4s`)].map((n) => `${it}/${quality}/${n}`),
    ),
    ...["init.mp4", ...[0, 4_000, 8_000, 12_000, 16_000, 19_000].map((t) => `${t}.m4s`)].map((n) => `${it}/sound/${n}`),
  ]);
  return [{ path: `${folder}/manifest.mpd`, text }, ...files.map((it) => ({ path: `${folder}/media/${it}` }))];
}
