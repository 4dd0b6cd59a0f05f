import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Client } from "../api/client.ts";
import { CommandError } from "../command-error.ts";
import type { DirectClient } from "../direct/direct-client.ts";
import { isOnThisMachine } from "../endpoint/local-run.ts";

const LINK = "Run the command again: a link expires after ten minutes.";

/** What gave a link: an API, or the direct runs of this machine. */
type LinkSource = Pick<Client, "kind" | "endpoint"> | Pick<DirectClient, "kind">;

/**
 * The text behind a link of a summary, decompressed. The link is signed: no key goes with it. Of a direct run, it is a file.
 * @throws CommandError, also for a link that leads elsewhere: an API must not make the command read files or call other servers
 */
export async function download(link: string, source: LinkSource, http: typeof fetch = fetch): Promise<Readable> {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url === undefined || !isReportLink(url, source))
    throw new CommandError(
      "the link to the report does not lead to an S3 bucket in the Region of the API, so it is not followed",
      "Check the address of the API.",
    );
  if (source.kind === "direct") return plain(createReadStream(url));
  const answer = await http(link, { redirect: "error" }).catch((error: unknown) => {
    throw new CommandError(`the report cannot be fetched: ${String(error)}`, LINK, { cause: error });
  });
  if (!answer.ok || answer.body === null)
    throw new CommandError(`the report cannot be fetched: HTTP ${answer.status}`, LINK);
  return plain(Readable.from(answer.body));
}

function isReportLink(link: URL, source: LinkSource): boolean {
  if (source.kind === "direct") return link.protocol === "file:";
  const { url: api } = source.endpoint;
  // The bucket of a local run is in its emulator.
  if (isOnThisMachine(api) && isOnThisMachine(link.href)) return true;
  const [, region] = S3_HOST.exec(link.hostname) ?? [];
  const [, apiRegion = region] = API_HOST.exec(new URL(api).hostname) ?? [];
  return link.protocol === "https:" && region !== undefined && region === apiRegion;
}

/** Each with its Region and domain: `eu-west-1.amazonaws.com`. https://docs.aws.amazon.com/general/latest/gr/s3.html */
const S3_HOST = /^[a-z0-9][a-z0-9.-]*\.s3\.(?:dualstack\.)?([a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu))$/;
/** An API may have a name of its own instead. */
const API_HOST = /\.execute-api\.([a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu))$/;

/** Whether it is compressed, its first bytes say: what an answer's headers say of it, fetch may have undone already. */
async function plain(bytes: Readable): Promise<Readable> {
  const parts = bytes[Symbol.asyncIterator]();
  const first = await parts.next();
  const head = first.done === true ? Buffer.alloc(0) : Buffer.from(first.value);
  const all = Readable.from(
    (async function* () {
      yield head;
      for (let part = await parts.next(); part.done !== true; part = await parts.next()) yield Buffer.from(part.value);
    })(),
  );
  if (head[0] !== 0x1f || head[1] !== 0x8b) return all;
  const unpacked = createGunzip();
  all.once("error", (error) => unpacked.destroy(error));
  return all.pipe(unpacked);
}
