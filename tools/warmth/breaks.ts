import type { OriginLimit } from "../edge/origin.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { endRow, firstDownload } from "./limits.ts";
import { popsUnder } from "./pops-under.ts";
import { refusedShare } from "./rates.ts";
import { wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, type WarmthStack } from "./warmth-stack.ts";

const AGENTS = 4;
const PER_SECOND = 30;
const RECS = 12;
/** The agents may find out for so long. */
const GRACE_MS = 10_000;
const MOST_REFUSED = 0.05;

const LIMITS: readonly { readonly what: string; readonly limit: OriginLimit }[] = [
  { what: "503", limit: { perSecond: PER_SECOND, status: 503 } },
  {
    what: "429 with Retry-After in seconds",
    limit: { perSecond: PER_SECOND, status: 429, retryAfter: { seconds: 2, form: "seconds" } },
  },
  {
    what: "503 with Retry-After as a date",
    limit: { perSecond: PER_SECOND, status: 503, retryAfter: { seconds: 2, form: "date" } },
  },
];

/** An origin that refuses what is too much for it, and a request that says nothing of it. */
export const breaks: LabPart = {
  name: "breaks",
  async run(say, { scale }) {
    const pops = popsUnder(RECS, 1);
    const urls = Math.max(60, Math.round(200 * scale));
    const stack = await startWarmthStack({ edge: { pops, site: {}, behaviours: [{ collapsing: "off" }] }, say });
    try {
      const names = pops.map(({ pop }) => pop);
      const rows: LabRow[] = [];
      for (const one of scale < 0.5 ? LIMITS.slice(0, 1) : LIMITS)
        rows.push(...(await against(stack, one, urls, names)));
      return rows;
    } finally {
      await stack.close();
    }
  },
};

async function against(
  { edge, api, ended, rest }: WarmthStack,
  { what, limit }: (typeof LIMITS)[number],
  urls: number,
  pops: readonly string[],
): Promise<LabRow[]> {
  const paths = Array.from({ length: urls }, (_, i) => `/${what.replaceAll(" ", "-")}/${i}.bin`);
  for (const path of paths) edge.addObject(path, { size: 5_000 });
  edge.setOrigin({ limit });
  const before = edge.originRequests().length;
  const since = performance.now();
  const reqId = (await api.start(bodyOf(paths, pops, { instance_count: AGENTS }))).value.request_id;
  const started = await firstDownload(edge, before);
  const { progress, seconds } = await ended(reqId, since, 1_200_000);
  const { failure_urls: bad } = (await api.summary(reqId)).value;
  await rest();
  const log = edge.originRequests().slice(before);
  const downloads = log.filter(({ probe }) => !probe);
  const refused = log.filter(({ refused }) => refused).length;
  const share = refusedShare(downloads, started + GRACE_MS);
  return [
    wantedRow(
      `an origin that answers ${what} above ${PER_SECOND}/s: refused after the first ${GRACE_MS / 1_000} s`,
      `less than ${100 * MOST_REFUSED}%`,
      `${(100 * share).toFixed(1)}%; ${refused} of all ${log.length}, in ${seconds.toFixed(0)} s`,
      // An origin that refused nothing has shown nothing.
      [share < MOST_REFUSED, refused > 0, downloads.some(({ at }) => at > started + GRACE_MS)],
    ),
    wantedRow(`${what}: URLs that fell out while sizes were asked`, "0", String(bad.length), [bad.length === 0]),
    endRow(`${what}: ${progress.total_count} of ${urls * pops.length} tasks`, progress),
  ];
}
