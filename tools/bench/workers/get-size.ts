import { S3Client } from "@aws-sdk/client-s3";
import { Lists } from "../../../aws/lists.ts";
import { goodUrlsList, LISTS } from "../../../domain/plan/lists.ts";
import type { UrlToProbe } from "../../../domain/plan/retry-plan.ts";
import { measureUrls } from "../../../probe/size/measure-urls.ts";
import { requestItem } from "../../local/fake-request.ts";

/** All URLs of a request, from the list in the bucket to both lists there. */
const env = (name: string) => process.env[name] ?? "";
const lists = new Lists(new S3Client({}), env("BUCKET"));
const item = requestItem();
const started = performance.now();
const before = process.cpuUsage();
const asked: UrlToProbe[] = [];
for await (const url of lists.read(LISTS.urls, item.req_id)) asked.push({ url });
const {
  good,
  bad,
  unmeasured,
  uncacheable: doubtful,
} = await measureUrls(
  {
    dns: { addresses: async () => env("BENCH_ADDRESSES").split(","), alias: async () => undefined },
    ports: { httpsPort: Number(env("BENCH_PORT")), httpPort: 80 },
    request: item,
    distributions: item.distributions,
    timeMs: 780_000,
  },
  { sized: [], toProbe: asked },
);
await lists.write(goodUrlsList(good), item.req_id, good);
await lists.write(LISTS.failedUrls, item.req_id, bad);
const measured = { good: good.length, bad: bad.length, unmeasured, doubtful };
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ...measured, cpuMicros: user + system, seconds: (performance.now() - started) / 1_000 }));
process.exit(0);
