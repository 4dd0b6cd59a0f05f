import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CommandError } from "../command-error.ts";

const LINK = "Run the command again: a link expires after ten minutes.";

/**
 * The text behind a link of a summary, decompressed. The link is signed: no key goes with it. Of a direct run, it is a file.
 * @throws CommandError
 */
export async function download(link: string, http: typeof fetch = fetch): Promise<Readable> {
  if (link.startsWith("file:")) return plain(createReadStream(new URL(link)));
  const answer = await http(link).catch((error: unknown) => {
    throw new CommandError(`the report cannot be fetched: ${String(error)}`, LINK, { cause: error });
  });
  if (!answer.ok || answer.body === null)
    throw new CommandError(`the report cannot be fetched: HTTP ${answer.status}`, LINK);
  return plain(Readable.from(answer.body));
}

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
