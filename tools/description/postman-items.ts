import type { RouteName } from "../../domain/api/answers.ts";
import { TERMINAL_STATUSES } from "../../domain/request/lifecycle.ts";

/** One call of the collection. */
export interface Item {
  readonly name: string;
  readonly route: RouteName;
  /** What the answer's status may be. */
  readonly statuses: readonly number[];
  readonly query?: Readonly<Record<string, string>>;
  /** Text, because a number may stand there as a variable. */
  readonly body?: string;
  /** @default true */
  readonly withKey?: boolean;
  /** What is looked at besides: JavaScript that finds the answer's body in `body`. */
  readonly script?: readonly string[];
}

const THIS_REQUEST = { req_id: "{{request_id}}" };

const START = `{
  "url_list": ["{{url}}"],
  "cf_domain": "{{cf_domain}}",
  "pops": ["{{pop}}"],
  "header": ["Accept-Encoding: gzip, deflate, br"],
  "timeout": 30,
  "instance_count": 1
}`;

const WRONG = `{
  "url_list": ["ftp://x/y"],
  "timeout": 0,
  "instance_count": 1
}`;

const CARRY_THE_ID = [
  "// The other calls name the request by this id.",
  'pm.collectionVariables.set("request_id", body.request_id);',
  'pm.collectionVariables.set("polls", 0);',
];

/** In the collection runner and in newman, the call is made again until the request has ended. */
const UNTIL_IT_ENDS = [
  `const ended = pm.response.code !== 200 || ${JSON.stringify(TERMINAL_STATUSES)}.includes(body.status);`,
  'const polls = Number(pm.collectionVariables.get("polls"));',
  "if (!ended && polls < 900) {",
  '  pm.collectionVariables.set("polls", polls + 1);',
  "  setTimeout(() => {}, 1000);",
  "  pm.execution.setNextRequest(pm.info.requestName);",
  "} else {",
  '  pm.test("it has ended, and every task has a result", () => {',
  '    pm.expect(body.status).to.equal("FINISHED");',
  "    pm.expect(body.download_count).to.equal(body.total_count);",
  "  });",
  "}",
];

/** Run from top to bottom, they warm one URL at one POP and follow that to its end. */
export const ITEMS: readonly Item[] = [
  { name: "Start a request", route: "POST /prewarm", statuses: [200], body: START, script: CARRY_THE_ID },
  {
    name: "Start a wrong one",
    route: "POST /prewarm",
    statuses: [400],
    body: WRONG,
    script: [
      'pm.test("all faults are told", () => {',
      '  pm.expect(body.error_message).to.include("url_list").and.to.include("timeout");',
      '  pm.expect(body.error_urls).to.deep.equal(["ftp://x/y"]);',
      "});",
    ],
  },
  { name: "Progress", route: "GET /prewarm", statuses: [200], query: THIS_REQUEST, script: UNTIL_IT_ENDS },
  {
    name: "Progress by POP",
    route: "GET /prewarm",
    statuses: [200],
    query: { ...THIS_REQUEST, detail: "pops" },
    script: [
      'pm.test("the POP that was asked for has a row", () => {',
      '  pm.expect(body.pops.map(({ pop }) => pop)).to.include(pm.environment.get("pop").toUpperCase());',
      "});",
    ],
  },
  {
    name: "Failures by reason",
    route: "GET /prewarm",
    statuses: [200],
    query: { ...THIS_REQUEST, detail: "failures" },
    script: [
      'pm.test("each failed task has a reason", () => {',
      "  const tasks = body.failures.map(({ tasks }) => tasks);",
      "  pm.expect(tasks.reduce((sum, it) => sum + it, 0)).to.equal(body.failed_count);",
      "});",
    ],
  },
  {
    name: "Samples",
    route: "GET /prewarm",
    statuses: [200],
    query: { ...THIS_REQUEST, detail: "samples" },
    script: [
      'pm.test("nothing that is counted goes back", () => {',
      "  const sizes = body.samples.map(({ received_size }) => received_size);",
      "  pm.expect(sizes).to.deep.equal([...sizes].sort((one, other) => one - other));",
      "});",
    ],
  },
  {
    name: "Summary",
    route: "GET /summary",
    statuses: [200],
    query: THIS_REQUEST,
    script: [
      'pm.test("it is of this request", () => {',
      '  pm.expect(body.request_id).to.equal(pm.collectionVariables.get("request_id"));',
      '  pm.expect(body.sentence).to.not.equal("");',
      "});",
    ],
  },
  {
    name: "Summary of no request",
    route: "GET /summary",
    statuses: [404],
    query: { req_id: "no-such" },
  },
  {
    name: "All requests",
    route: "GET /requests",
    statuses: [200],
    query: { limit: "5" },
    script: [
      'pm.test("there are no more than asked for, the newest first", () => {',
      "  pm.expect(body.requests.length).to.be.within(1, 5);",
      "  const made = body.requests.map(({ created_at }) => created_at);",
      "  pm.expect(made).to.deep.equal([...made].sort().reverse());",
      "});",
    ],
  },
  {
    name: "How many instances",
    route: "GET /instances",
    statuses: [200],
    script: ['pm.collectionVariables.set("capacity", body.desiredcapacity);'],
  },
  {
    name: "Set the number of instances",
    route: "POST /instances",
    statuses: [200],
    body: '{ "DesiredCapacity": {{capacity}} }',
  },
  {
    name: "Stop the request",
    route: "POST /instances",
    // 409: it has ended.
    statuses: [200, 409],
    body: '{ "DesiredCapacity": 0, "req_id": "{{request_id}}", "force_stop": true }',
  },
  {
    name: "POPs of a country",
    route: "GET /pops",
    statuses: [200],
    query: { country: "singapore" },
    script: [
      'pm.test("all of them are there", () => {',
      '  pm.expect(body.pops.every(({ country }) => country === "SG")).to.equal(true);',
      "  pm.expect(body.count).to.equal(body.pops.length);",
      "});",
    ],
  },
  {
    name: "Estimate",
    route: "POST /prewarm",
    statuses: [200],
    body: START.replace("{", '{\n  "dry_run": true,'),
    script: [
      'pm.test("nothing is made", () => {',
      '  pm.expect(body.request_id).to.equal("");',
      "  pm.expect(body.estimate.tasks).to.equal(1);",
      "});",
    ],
  },
  { name: "Settings", route: "GET /settings", statuses: [200] },
  { name: "Description", route: "GET /openapi.json", statuses: [200] },
  { name: "Without a key", route: "GET /pops", statuses: [403], withKey: false },
];
