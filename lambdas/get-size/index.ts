import { Logger } from "@aws-lambda-powertools/logger";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { Dns, dnsServersSchema } from "../../aws/dns.ts";
import { EndingRequestTable } from "../../aws/ending-request-table.ts";
import { ExpandQueue } from "../../aws/expand-queue.ts";
import { Lists } from "../../aws/lists.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { StepQueue } from "../../aws/step-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { allowPrivateAddressesSchema } from "../../domain/net/addresses.ts";
import { allowedDistributionsSchema } from "../../domain/request/allowed-distributions.ts";
import { KEPT_ERROR_SECONDS } from "../../domain/request/limits.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import { reportUnreadable } from "../unreadable.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_POP_TABLE: z.string().min(1),
    BUCKET: z.string().min(1),
    STEP_QUEUE_URL: z.url(),
    EXPAND_QUEUE_URL: z.url(),
    /** Metrics go by its name. */
    GROUP_NAME: z.string().min(1),
    DISTRIBUTIONS: allowedDistributionsSchema,
    PREWARM_DNS_SERVERS: dnsServersSchema,
    PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
    PREWARM_HTTPS_PORT: z.coerce.number().int().default(443),
    PREWARM_HTTP_PORT: z.coerce.number().int().default(80),
    PREWARM_KEPT_ERROR_SECONDS: z.coerce.number().positive().default(KEPT_ERROR_SECONDS),
  }),
);
const logger = new Logger({ serviceName: "get-size" });
const onUnreadable = reportUnreadable(logger, metricNamespace(env.GROUP_NAME));
const sqs = queueClient();
const steps = new StepQueue(sqs, env.STEP_QUEUE_URL);
const db = documentClient();

export const handler = createHandler({
  requests: new EndingRequestTable(db, env.REQUEST_TABLE, onUnreadable, steps),
  requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
  lists: new Lists(new S3Client({}), env.BUCKET),
  distributions: new Distributions(new CloudFrontClient({})),
  dns: new Dns({ servers: env.PREWARM_DNS_SERVERS, allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES }),
  ports: { httpsPort: env.PREWARM_HTTPS_PORT, httpPort: env.PREWARM_HTTP_PORT },
  keptErrorMs: env.PREWARM_KEPT_ERROR_SECONDS * 1_000,
  expandQueue: new ExpandQueue(sqs, env.EXPAND_QUEUE_URL),
  allowed: env.DISTRIBUTIONS,
  logger,
});
