// The fake AWS of a benchmark. It tells its parent when the first message is asked for, and when all are deleted.
import { readFileSync } from "node:fs";
import { FakeAws, FakeObjects, FakeQueue, type FakeTable } from "../../local/fake-aws.ts";

interface Data {
  readonly messages: readonly string[];
  readonly copies: number;
  readonly items: Readonly<Record<string, object>>;
  readonly object: string;
}

const { messages, copies, items, object } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Data;

function tableOf(item: object | undefined): FakeTable {
  const found = [item ?? []].flat();
  return { get: () => Object(item ?? { active: { S: "y" } }), query: () => ({ Items: found, Count: found.length }) };
}

const queue = new FakeQueue(
  messages.length * copies,
  (number) => messages[number % messages.length],
  (event) => process.send?.({ event, written: aws.written, calls: aws.calls }),
);
const aws = new FakeAws({
  tables: Object.fromEntries(["requests", ...Object.keys(items)].map((name) => [name, tableOf(items[name])])),
  queue: { url: "/q", messages: queue },
  objects: new FakeObjects(new Map(), object),
});
const { port } = await aws.listen();
process.send?.({ event: "listening", port });
process.once("disconnect", () => process.exit(0));
