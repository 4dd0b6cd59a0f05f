// Provides a viewer of the stand-in edge at one POP, and players that find out for themselves what to ask for: their parsers
// are not the product's.
import { Parser } from "m3u8-parser";
import { parse as parseMpd } from "mpd-parser";
import pMap from "p-map";
import { Agent } from "undici";
import * as z from "zod";
import type { StandIn } from "../../tools/local/stand-in-edge.ts";

/** What a viewer got. */
interface Seen {
  readonly text: string;
  readonly isHit: boolean;
}

/** Asks a POP as a browser does, and keeps in mind what was no hit. */
export class Viewer {
  readonly asked = new Set<string>();
  readonly cold: string[] = [];
  private readonly agent: Agent;

  constructor(
    private readonly standIn: Pick<StandIn, "edge">,
    private readonly pop: string,
    private readonly host: string,
  ) {
    this.agent = new Agent({ connect: { ca: standIn.edge.caPem, servername: host }, connections: 8 });
  }

  async get(url: string) {
    if (this.asked.has(url)) return "";
    this.asked.add(url);
    // Nothing is fetched of other sites.
    if (new URL(url).host !== this.host) return "";
    const { text, isHit } = await this.ask(new URL(url));
    if (!isHit) this.cold.push(url);
    return text;
  }

  async all(urls: readonly string[]) {
    await pMap(urls, (url) => this.get(url), { concurrency: 16 });
  }

  close() {
    return this.agent.close();
  }

  private async ask({ host, pathname, search }: URL): Promise<Seen> {
    const { edge } = this.standIn;
    const origin = `https://${edge.addressOf(this.pop)}:${edge.httpsPort}`;
    const answer = await this.agent.request({ origin, path: pathname + search, method: "GET", headers: { host } });
    const text = await answer.body.text();
    return { text, isHit: answer.statusCode === 200 && String(answer.headers["x-cache"]).startsWith("Hit") };
  }
}

const uri = z.object({ uri: z.string() });
const playlistSchema = z.object({
  playlists: z.array(uri).default([]),
  mediaGroups: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.looseObject({ uri: z.string().optional() }))))
    .default({}),
  segments: z.array(uri.extend({ map: uri.optional(), key: uri.optional() })).default([]),
});

/** Plays an HLS stream to its end, in every variant and language. */
export async function playHls(viewer: Viewer, url: string) {
  const parser = new Parser();
  parser.push(await viewer.get(url));
  parser.end();
  const { playlists, mediaGroups, segments } = playlistSchema.parse(parser.manifest);
  const to = (relative: string) => new URL(relative, url).href;
  const groups = Object.values(mediaGroups).flatMap((group) => Object.values(group).flatMap((it) => Object.values(it)));
  for (const next of [...playlists, ...groups]) if (next.uri !== undefined) await playHls(viewer, to(next.uri));
  await viewer.all(
    segments.flatMap((it) =>
      [it.uri, it.map?.uri, it.key?.uri].flatMap((text) => (text === undefined ? [] : [to(text)])),
    ),
  );
}

const resolved = z.object({ resolvedUri: z.string() });
const dashPlaylists = z.array(z.object({ segments: z.array(resolved.extend({ map: resolved.optional() })) }));
const mpdSchema = z.object({
  playlists: dashPlaylists,
  mediaGroups: z.object({
    AUDIO: z.record(z.string(), z.record(z.string(), z.object({ playlists: dashPlaylists }))),
  }),
});

/** Plays a DASH stream to its end, in every representation. */
export async function playDash(viewer: Viewer, url: string) {
  const manifest = mpdSchema.parse(parseMpd(await viewer.get(url), { manifestUri: url }));
  const audio = Object.values(manifest.mediaGroups.AUDIO).flatMap((group) => Object.values(group));
  const playlists = [...manifest.playlists, ...audio.flatMap((it) => it.playlists)];
  const segments = playlists.flatMap((it) => it.segments);
  await viewer.all(segments.flatMap((it) => [it.resolvedUri, ...(it.map === undefined ? [] : [it.map.resolvedUri])]));
}
