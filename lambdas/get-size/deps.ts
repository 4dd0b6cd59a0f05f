import { Logger } from "@aws-lambda-powertools/logger";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { documentClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { Dns } from "../../aws/dns.ts";
import { UrlLists } from "../../aws/lists.ts";
import { RequestTable } from "../../aws/request-table.ts";
import type { Env } from "./env.ts";

export interface GetSizeDeps {
  readonly requests: Pick<RequestTable, "get" | "advance" | "end">;
  readonly lists: Pick<UrlLists, "read" | "write">;
  readonly distributions: Pick<Distributions, "own">;
  readonly dns: Pick<Dns, "addresses" | "alias">;
  readonly ports: { readonly httpsPort: number; readonly httpPort: number };
  readonly logger: Pick<Logger, "info">;
}

export function createDeps(env: Env): GetSizeDeps {
  return {
    requests: new RequestTable(documentClient(), env.REQUEST_TABLE),
    lists: new UrlLists(new S3Client({}), env.BUCKET),
    distributions: new Distributions(new CloudFrontClient({})),
    dns: new Dns({
      servers: env.PREWARM_DNS_SERVERS,
      allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES,
    }),
    ports: { httpsPort: env.PREWARM_HTTPS_PORT, httpPort: env.PREWARM_HTTP_PORT },
    logger: new Logger({ serviceName: "get-size" }),
  };
}
