import {
  ApiClient,
  type ApiClientOptions,
  isNotFound,
  mayPass,
  NoAnswerError,
  type RawAnswer,
  RefusedError,
  UnreadableAnswerError,
} from "../../client/api-client.ts";
import { DENIED_BY_POLICY, READ_ONLY_KEY } from "../../domain/validation/api-error.ts";
import { serve } from "../serve.ts";

type Reply = readonly [status: number, body: string, headers?: Record<string, string>];

/** An API that gives these replies in turn, the last one again and again, and what it was asked. */
async function api(...replies: readonly [Reply, ...Reply[]]) {
  const seen: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];
  const address = await serve(async (from, to) => {
    const body = Buffer.concat(await from.toArray()).toString();
    const [status, text, headers] = replies[Math.min(seen.length, replies.length - 1)] ?? replies[0];
    seen.push({ url: from.url, headers: from.headers, body });
    to.writeHead(status, { "x-amzn-requestid": "aws-1", ...headers }).end(text);
  });
  return { seen, client: (options?: ApiClientOptions) => new ApiClient(`${address}/prod/`, "secret", options) };
}

const GROUP: Reply = [200, '{"status":"success","desiredcapacity":4}'];
const caught = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error,
  );

it("sends the key as a header, never in the address", async () => {
  const { seen, client } = await api(GROUP, [200, '{"message":"done"}']);
  const answer = await client({ userAgent: "a test" }).instances();
  expect(answer).toEqual({ value: { desiredcapacity: 4 }, json: { status: "success", desiredcapacity: 4 } });
  await client().stop("r/1", 2);
  expect(seen).toMatchObject([
    { url: "/prod/instances", headers: { "x-api-key": "secret", "user-agent": "a test" }, body: "" },
    { url: "/prod/instances", headers: { "content-type": "application/json" } },
  ]);
  expect(JSON.parse(seen[1]?.body ?? "")).toEqual({ DesiredCapacity: 2, req_id: "r/1", force_stop: true });
});

it("asks for what its arguments say, and leaves out what they do not", async () => {
  const { seen, client } = await api([404, "{}"]);
  const all = client();
  await caught(all.progress("r&1", { detail: "pops,failures" }));
  await caught(all.requests({ limit: 5, status: undefined, next: "" }));
  await caught(all.pops({ region: "apac" }));
  expect(seen.map(({ url }) => url)).toEqual([
    "/prod/prewarm?req_id=r%261&detail=pops%2Cfailures",
    "/prod/requests?limit=5",
    "/prod/pops?region=apac",
  ]);
});

it("a refusal has the API's own words, its bad URLs, and the id for the log", async () => {
  const body = { status: "Failed", error_message: "url_list: no", error_urls: ["ftp://x"] };
  const { client } = await api([400, JSON.stringify(body)]);
  const error = await caught(client().start({}));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ message: "url_list: no", status: 400, errorUrls: ["ftp://x"], awsRequestId: "aws-1" });
  expect([isNotFound(error), mayPass(error)]).toEqual([false, false]);
});

it.each([
  ["no key", true],
  [DENIED_BY_POLICY, false],
  [READ_ONLY_KEY, false],
])("403 '%s' is a wrong key: %s", async (message, isWrongKey) => {
  const { client } = await api([403, JSON.stringify({ message })]);
  expect(await caught(client().instances())).toMatchObject({ message, isWrongKey });
});

it("what may pass is asked again as often as is wanted; what does not, and progress, is asked once", async () => {
  const busy = await api([429, "{}"], [503, "{}"], GROUP);
  expect((await busy.client({ attempts: 3 }).instances()).value.desiredcapacity).toBe(4);
  expect(busy.seen).toHaveLength(3);
  const broken = await api([500, "{}"]);
  await caught(broken.client().instances());
  expect(broken.seen).toHaveLength(1);
  await caught(broken.client({ attempts: 2 }).instances());
  expect(broken.seen).toHaveLength(3);
  await caught(broken.client({ attempts: 9 }).progress("r"));
  expect(broken.seen).toHaveLength(4);
  const gone = await api([404, "{}"]);
  expect(isNotFound(await caught(gone.client({ attempts: 9 }).instances()))).toBe(true);
  expect(gone.seen).toHaveLength(1);
});

it("what is no JSON is a refusal with the status, or an answer that cannot be read", async () => {
  expect(await caught((await api([502, "<html>"])).client().instances())).toMatchObject({ message: "HTTP 502" });
  const page = await caught((await api([200, "<html>"])).client().instances());
  expect(page).toBeInstanceOf(UnreadableAnswerError);
  const other = await caught((await api([200, "{}"])).client().instances());
  expect(other).toBeInstanceOf(UnreadableAnswerError);
  expect((other as Error).message).toContain("desiredcapacity");
});

it("a redirect is not followed: it would carry the key elsewhere", async () => {
  const { seen, client } = await api([302, "", { location: "http://127.0.0.1:9/" }]);
  expect(await caught(client().instances())).toMatchObject({ status: 302 });
  expect(seen).toHaveLength(1);
});

it("no connection is a NoAnswerError; what was given up is what it was given up with", async () => {
  const client = new ApiClient("http://127.0.0.1:1/", "k");
  const error = await caught(client.instances());
  expect(error).toBeInstanceOf(NoAnswerError);
  expect(mayPass(error)).toBe(true);
  const why = new Error("the tab is gone");
  expect(await caught(client.instances(AbortSignal.abort(why)))).toBe(why);
});

it("each answer can be looked at before it is read, and each error be told in other words", async () => {
  const { client } = await api(GROUP, [409, "{}"]);
  const raw: RawAnswer[] = [];
  const told = new Error("in other words");
  const both = client({ onAnswer: (it) => raw.push(it), explain: () => told });
  await both.instances();
  expect(await caught(both.summary("r"))).toBe(told);
  expect(raw.map(({ method, path, status }) => [method, path, status])).toEqual([
    ["GET", "instances", 200],
    ["GET", "summary?req_id=r", 409],
  ]);
});
