import { S3Client } from "@aws-sdk/client-s3";
import { Lists } from "../../../aws/lists.ts";
import { LISTS } from "../../../domain/plan/lists.ts";
import { type MeasureUrlsDeps, measureUrls } from "../../../lambdas/get-size/measure-urls.ts";
import type { AskedUrl } from "../../../lambdas/not-good.ts";
import { requestItem } from "../requests.ts";

/** All URLs of a request, from the list in the bucket to both lists there. */
const env = (name: string) => process.env[name] ?? "";
const lists = new Lists(new S3Client({}), "lists");
const deps: MeasureUrlsDeps = {
  lists,
  dns: { addresses: async () => env("BENCH_ADDRESSES").split(","), alias: async () => undefined },
  ports: { httpsPort: Number(env("BENCH_PORT")), httpPort: 80 },
};
const item = requestItem();
const started = performance.now();
const before = process.cpuUsage();
const asked: AskedUrl[] = [];
for await (const url of lists.read(LISTS.urls, item.req_id)) asked.push({ url });
const measured = await measureUrls(
  deps,
  item,
  { distributions: item.distributions, refused: new Map() },
  { known: [], asked },
);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ...measured, cpuMicros: user + system, seconds: (performance.now() - started) / 1_000 }));
process.exit(0);
