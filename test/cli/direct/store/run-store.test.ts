import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { RunStore, stateFolder } from "../../../../cli/direct/store/run-store.ts";
import { toArray } from "../../../../domain/collections.ts";
import { LISTS } from "../../../../domain/plan/lists.ts";
import { targetSchema } from "../../../../domain/plan/target.ts";
import { DEFAULT_CAPS } from "../../../../domain/request/caps.ts";
import { checkPrewarmRequest } from "../../../../domain/validation/prewarm-request.ts";
import { times } from "../../../collect.ts";
import { folderWith } from "../../../folder-with.ts";

const ID = "e059b77b-e427-4489-a50b-4d8c652f114c";
const OTHER_ID = "f059b77b-e427-4489-a50b-4d8c652f114c";
const NOW = Date.UTC(2026, 0, 31);
const DAY_MS = 86_400_000;
const BODY = { url_list: ["https://www.example.com/a"], pops: ["SIN2-P1"], timeout: 30, instance_count: 1 };

function itemOf(id: string, now = NOW) {
  return checkPrewarmRequest(BODY, { reqId: id, now, caps: DEFAULT_CAPS }).item;
}

async function storeWith(...ids: readonly string[]) {
  const root = join(folderWith(), "state", "prewarm");
  const store = new RunStore(root);
  for (const id of ids) await store.create(itemOf(id), BODY);
  return { store, root };
}

const deadProcess = () => spawnSync(process.execPath, ["--version"]).pid;

test.each([
  ["/var/state", "/var/state/prewarm"],
  ["relative", join(homedir(), ".local/state/prewarm")],
  [undefined, join(homedir(), ".local/state/prewarm")],
])("with XDG_STATE_HOME=%s, runs are in %s", (state, folder) => {
  expect(stateFolder({ XDG_STATE_HOME: state })).toBe(folder);
});

test("only the user may read what is kept, also where the folder was there before", async () => {
  const root = folderWith();
  const store = new RunStore(root);
  spawnSync("chmod", ["0755", root]);
  await store.create(itemOf(ID), BODY);
  await store.write(LISTS.urls, ID, BODY.url_list);
  await store.putTargets(ID, []);
  const journal = store.journal(ID);
  await journal.open();
  await journal.close();
  const files = readdirSync(join(root, ID));
  const rights = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(files.toSorted()).toEqual(["request.json", "results.jsonl", "run.json", "targets.json", "urls.csv"]);
  expect([root, join(root, ID)].map(rights)).toEqual(["700", "700"]);
  expect(new Set(files.map((file) => rights(join(root, ID, file))))).toEqual(new Set(["600"]));
});

test("a folder that cannot be written is named, with what to do", async () => {
  const root = join(folderWith({ file: "" }), "file");
  await expect(new RunStore(root).create(itemOf(ID), BODY)).rejects.toMatchObject({
    message: expect.stringContaining(`cannot be stored in ${root}: `),
    next: expect.stringContaining("XDG_STATE_HOME"),
  });
});

test.each(["{", "{}", JSON.stringify({ format: 2, item: itemOf(ID) })])(
  "a run that cannot be read is named in one line, and the others are listed: %s",
  async (text) => {
    const { store, root } = await storeWith(ID, OTHER_ID);
    const file = join(root, ID, "run.json");
    writeFileSync(file, text);
    const problem = `${file} is damaged, or of another release of this command`;
    await expect(store.get(ID)).rejects.toThrow(problem);
    const problems: string[] = [];
    expect(await store.all((it) => problems.push(it))).toMatchObject([{ req_id: OTHER_ID }]);
    expect(problems).toEqual([problem]);
  },
);

test("what is no run is left alone", async () => {
  const { store, root } = await storeWith(ID);
  mkdirSync(join(root, "of-somebody"));
  await store.removeOld(NOW + 365 * DAY_MS);
  expect(readdirSync(root)).toEqual(["of-somebody"]);
  expect(await store.all()).toEqual([]);
  await expect(store.get("../of-somebody")).rejects.toThrow("'../of-somebody' is not the ID of a run");
});

test("a folder of a run without its state is named, and removed after 30 days, as what was not made or removed whole", async () => {
  const { store, root } = await storeWith(ID);
  const left = [OTHER_ID, `${OTHER_ID}.part`];
  for (const name of left) {
    mkdirSync(join(root, name));
    utimesSync(join(root, name), NOW / 1_000, NOW / 1_000);
  }
  const problems: string[] = [];
  expect(await store.all((it) => problems.push(it))).toMatchObject([{ req_id: ID }]);
  expect(problems).toEqual([`${join(root, OTHER_ID, "run.json")} is missing`]);
  await store.removeOld(NOW + 30 * DAY_MS - 1);
  expect(readdirSync(root).toSorted()).toEqual([ID, ...left].toSorted());
  await store.removeOld(NOW + 30 * DAY_MS);
  expect(readdirSync(root)).toEqual([]);
});

test("runs older than 30 days are removed, unless a process works on them", async () => {
  const { store } = await storeWith(ID, OTHER_ID);
  await store.removeOld(NOW + 30 * DAY_MS - 1);
  expect(await store.all()).toHaveLength(2);
  await store.lock(ID);
  await store.removeOld(NOW + 30 * DAY_MS);
  expect(await store.all()).toMatchObject([{ req_id: ID }]);
});

test("one process works on a run; the lock of one that has died does not count", async () => {
  const { store, root } = await storeWith(ID);
  const lock = join(root, ID, "lock.1");
  writeFileSync(lock, String(deadProcess()));
  expect(await store.lockHolder(ID)).toBeUndefined();
  const unlock = await store.lock(ID);
  expect(await store.lockHolder(ID)).toBe(process.pid);
  await expect(store.lock(ID)).rejects.toThrow(`the run ${ID} is in progress in process ${process.pid}`);
  await unlock();
  expect(await store.lockHolder(ID)).toBeUndefined();
  writeFileSync(join(root, ID, "lock.3"), String(process.ppid));
  await expect(store.lock(ID)).rejects.toThrow(`in progress in process ${process.ppid}`);
  expect(readdirSync(join(root, ID)).toSorted()).toEqual(["lock.2", "lock.3", "request.json", "run.json"]);
});

test("of many that take over the lock of a process that has died, one has it", async () => {
  const { store, root } = await storeWith(ID);
  const dead = String(deadProcess());
  for (let round = 0; round < 20; round++) {
    for (const name of readdirSync(join(root, ID)).filter((it) => it.startsWith("lock.")))
      writeFileSync(join(root, ID, name), dead);
    const taken = await Promise.allSettled(times(8, () => store.lock(ID)));
    expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await store.lockHolder(ID)).toBe(process.pid);
  }
});

test("the lock of a process whose id another one has now does not count", async () => {
  const { store, root } = await storeWith(ID);
  const lock = join(root, ID, "lock.1");
  await store.lock(ID);
  const [pid, start] = readFileSync(lock, "utf8").split(" ");
  expect([pid, start]).toEqual([String(process.pid), expect.stringMatching(/^\d+$/)]);
  expect(await store.lockHolder(ID)).toBe(process.pid);
  writeFileSync(lock, `${process.pid} ${Number(start) - 1}`);
  expect(await store.lockHolder(ID)).toBeUndefined();
  const unlock = await store.lock(ID);
  expect(await store.lockHolder(ID)).toBe(process.pid);
  await unlock();
});

test("where nobody tells when a process began, its lock counts as long as it is refreshed", async () => {
  const { root } = await storeWith(ID);
  const store = new RunStore(root, async () => undefined);
  const lock = join(root, ID, "lock.1");
  const old = new Date(Date.now() - 61_000);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const unlock = await store.lock(ID);
    expect(readFileSync(lock, "utf8")).toBe(String(process.pid));
    utimesSync(lock, old, old);
    expect(await store.lockHolder(ID)).toBeUndefined();
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(async () => expect(await store.lockHolder(ID)).toBe(process.pid));
    await unlock();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("what may be secret of a body is removed, and nothing else", async () => {
  const { store, root } = await storeWith();
  const body = { ...BODY, header: ["Cookie: secret"], variants: [{ name: "a", header: ["Authorization: secret"] }] };
  await store.create(itemOf(ID), { ...body, sources: [{ type: "list", url: "https://www.example.com/?secret" }] });
  await store.redact(ID);
  expect(JSON.parse(readFileSync(join(root, ID, "request.json"), "utf8"))).toEqual(BODY);
  await store.redact(OTHER_ID);
});

test("lists are read as they were written; one that is not there is missing as in S3", async () => {
  const { store } = await storeWith(ID);
  const urls = ["https://www.example.com/a", 'https://www.example.com/b,"c"'];
  await store.write(LISTS.urls, ID, urls);
  expect(await toArray(store.read(LISTS.urls, ID))).toEqual(urls);
  await expect(toArray(store.read(LISTS.goodUrls, ID))).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("targets are read in the order in which a stack's table returns them", async () => {
  const { store } = await storeWith(ID);
  const target = (pop: string) =>
    targetSchema.parse({ req_id: ID, target: `${pop}#d`, pop, label: "d", state: "RESOLVED", ips: [], expire_at: 1 });
  await store.putTargets(ID, [target("SIN2-P1"), target("FRA2-C1")]);
  expect((await store.targets(ID)).map(({ pop }) => pop)).toEqual(["FRA2-C1", "SIN2-P1"]);
});
