import { CommandError } from "../../../cli/command-error.ts";
import { Account, type CloudFront } from "../../../cli/direct/account.ts";
import { invalidateRun } from "../../../cli/direct/invalidate-run.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { request } from "../../lambdas/items.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock();

const TIMEOUT_MS = 60_000;

/** A run of one URL, whose account does not answer so many times. @param error what is thrown then */
async function run({ fails, error }: { readonly fails: number; readonly error: Error }) {
  let left = fails;
  const unlessFailing = <T>(answer: T) => (left-- > 0 ? Promise.reject(error) : Promise.resolve(answer));
  const cloudFront: CloudFront = {
    listFor: async () => [],
    hasCredentials: async () => true,
    settings: () => Promise.reject(new Error("not asked")),
    invalidate: () => unlessFailing({ id: "I1" }),
    isInvalidated: () => unlessFailing(true),
  };
  const timeout_at = formatTimestamp(Date.now() + TIMEOUT_MS);
  let item = request({
    status: "INSERT_TASK",
    need_invalidate: true,
    distributions: [{ label: "d1", id: "E1", names: [] }],
    timeout_at,
  });
  const deps = {
    account: new Account(async () => cloudFront),
    lists: {
      async *read<T>({ fromRow }: { readonly fromRow: (row: string[]) => T }) {
        yield fromRow(["https://a.example/1", "1"]);
      },
    },
    save: async (fields: object) => {
      item = { ...item, ...fields };
    },
    signal: new AbortController().signal,
  };
  const end = await invalidateRun(deps, () => item);
  return { end, done: item.invalidated_batches };
}

const named = (name: string, fields: object) => Object.assign(new Error("no answer"), { name, ...fields });

test.each([
  ["the network fails", named("Error", { code: "ECONNRESET" })],
  ["an attempt takes too long", named("TimeoutError", {})],
  ["CloudFront has a fault", named("InternalFailure", { $metadata: { httpStatusCode: 503 } })],
  ["it is asked too often", named("TooManyRequests", { $metadata: { httpStatusCode: 429 } })],
])("while %s, the account is asked again, until the time is over", async (_, error) => {
  expect(await run({ fails: 3, error })).toEqual({ end: undefined, done: { E1: 1 } });
  const { end } = await run({ fails: Number.POSITIVE_INFINITY, error });
  expect(end).toMatchObject({ event: "TIME_OUT", reason: expect.stringContaining("no answer") });
});

test.each([
  ["AccessDenied", named("AccessDenied", { $metadata: { httpStatusCode: 403 } })],
  ["no credentials", new Error("Could not load credentials from any providers")],
  ["a fault of the client", named("Error", { code: "ERR_INVALID_ARG_TYPE" })],
])("%s ends the process, and names how to go on", async (_, error) => {
  await expect(run({ fails: 1, error })).rejects.toSatisfy(
    (it) => it instanceof CommandError && it.nextStep().includes("prewarm resume"),
  );
});
