import { S3Client } from "@aws-sdk/client-s3";
import { Lists } from "../../../aws/lists.ts";
import { type MeasureUrlsDeps, measureUrls } from "../../../lambdas/get-size/measure-urls.ts";
import { requestItem } from "../requests.ts";

/** All URLs of a request, from the list in the bucket to both lists there. */
const env = (name: string) => process.env[name] ?? "";
const deps: MeasureUrlsDeps = {
  lists: new Lists(new S3Client({}), "lists"),
  dns: { addresses: async () => env("BENCH_ADDRESSES").split(",") },
  ports: { httpsPort: Number(env("BENCH_PORT")), httpPort: 80 },
};
const item = requestItem();
const started = performance.now();
const before = process.cpuUsage();
const measured = await measureUrls(deps, item, item.distributions);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ...measured, cpuMicros: user + system, seconds: (performance.now() - started) / 1_000 }));
process.exit(0);
