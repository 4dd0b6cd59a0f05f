// Every figure of the console's pages, read off what is rendered: which count stands at which heading, button, row and question.
import { type ComponentType, createElement } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Failure, Listed, Progress, Summary } from "../../../client/answers.ts";
import { ApiClient } from "../../../client/api-client.ts";
import { InstancesView } from "../../../console/instances/instances-view.tsx";
import { groupPops } from "../../../console/request/group-pops.ts";
import { OutcomeCounts } from "../../../console/request/outcome-counts.tsx";
import { PopList } from "../../../console/request/pop-list.tsx";
import { RequestView } from "../../../console/request/request-view.tsx";
import { RequestRow } from "../../../console/requests/request-row.tsx";
import { RequestsView } from "../../../console/requests/requests-view.tsx";
import { ClientContext } from "../../../console/session/client.ts";
import { ReaderContext, readerOf } from "../../../console/session/reader.ts";
import { taskStatesOf } from "../../../domain/readiness/task-states.ts";
import { distinctRequest, distinctSummary, endedRequest, FAILURES, OUTCOMES } from "../distinct-request.ts";

// What the pages ask for, and the key that somebody presses. Rendered to text, no page asks anything itself.
const asked = vi.hoisted(() => ({
  request: undefined as unknown,
  summary: undefined as unknown,
  rows: undefined as unknown,
  live: undefined as unknown,
  key: "",
}));
const live = (value: unknown) => ({ value, error: undefined, lostSince: undefined, again: () => undefined });
vi.mock("../../../console/request/use-request.ts", () => ({
  useRequest: () => live(asked.request),
  useSummary: () => live(asked.summary),
}));
vi.mock("../../../console/requests/use-requests.ts", () => ({
  useRequests: () => ({ ...live(undefined), rows: asked.rows, waiting: 37, more: true }),
}));
vi.mock("../../../console/api/use-live.ts", () => ({ useLive: () => live(asked.live) }));
vi.mock("../../../console/session/use-settings.ts", () => ({
  useSettings: () => ({
    caps: [
      { parameter: "maxTimeout", value: 59 },
      { parameter: "maxInstances", value: 61 },
    ],
  }),
}));
vi.mock("../../../console/keys/use-keys.ts", () => ({
  useKeys: (keys: Readonly<Record<string, () => void>>) => keys[asked.key]?.(),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-25T10:58:41Z") });
  asked.key = "";
  vi.stubGlobal("location", new URL("https://api.example.com/prod/console"));
});
afterEach(() => vi.useRealTimers());

const CLIENT = new ApiClient("http://a-page-that-is-rendered-to-text-asks-nothing.invalid/", "");

function htmlOf<P>(component: ComponentType<P>, props: P & object): string {
  const reader = readerOf({ language: "en", theme: "auto", shortcuts: false }, "UTC");
  return renderToString(
    createElement(
      ReaderContext.Provider,
      { value: reader },
      createElement(ClientContext.Provider, { value: CLIENT }, createElement(component, props)),
    ),
  );
}

/** The numbers in each place that the pattern finds: its first group without the marks between. */
function figures(html: string, place: RegExp): number[][] {
  return [...html.matchAll(new RegExp(place, "gs"))].map(([, inner = ""]) => numbersIn(inner));
}

function numbersIn(html: string): number[] {
  const text = html.replace(/<code.*?<\/code>/gs, "").replace(/<[^>]*>/g, " ");
  return [...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([number]) => Number(number.replaceAll(",", "")));
}

function requestPage(request: Progress, summary?: Summary): string {
  [asked.request, asked.summary] = [request, summary];
  return htmlOf(RequestView, { id: request.request_id });
}

const { warm, hit, done, not_kept, failed, under_way, waiting } = OUTCOMES;
const BAD = not_kept + failed;
const RESULTS = warm + hit + done + BAD;
const LEFT = under_way + waiting;
const TOTAL = RESULTS + LEFT;

/** By class, so that it does not matter in which order they stand. */
function outcomeFigures(html: string): Record<string, number> {
  const [list = ""] = /<ul class="outcomes">.*?<\/ul>/s.exec(html) ?? [];
  return Object.fromEntries(
    [...list.matchAll(/<li><span class="(\w+)">.*?<strong>(.*?)<\/strong>/gs)].map(([, name = "", number = ""]) => [
      name,
      numbersIn(number)[0] ?? Number.NaN,
    ]),
  );
}

test.each([
  ["while a request runs", distinctRequest(), false, OUTCOMES],
  [
    "at the end, where nothing is under way",
    endedRequest(),
    true,
    { warm, hit, done, not_kept, failed, waiting: LEFT },
  ],
])("each outcome has its own count %s", (_, request, ended, expected) =>
  expect(outcomeFigures(htmlOf(OutcomeCounts, { outcomes: taskStatesOf(request), ended }))).toEqual(expected),
);

const RUNNING = () => requestPage(distinctRequest());
const ENDED = () => requestPage(endedRequest());
/** The other POPs have nothing to look at. */
const endedAtMany = (request: Partial<Progress> = {}, summary: Partial<Summary> = {}) =>
  requestPage(endedRequest({ pop_count: 40, ...request }), distinctSummary(summary));
const withKey = (key: string, page: () => string) => () => {
  asked.key = key;
  return page();
};
const rowOf = (changes: Partial<Listed> = {}) =>
  htmlOf(RequestRow, { request: distinctRequest(changes), now: Date.now() });
const popList = () => htmlOf(PopList, { groups: groupPops(distinctRequest().pops) });

const URGENCY = /<h3 class="urgency[^"]*">(.*?)<\/h3>/;
const QUESTION = /<dialog.*?<p>(.*?)<\/p>/;
const fact = (name: string, value = "") => new RegExp(`<dt>${name}</dt><dd>${value}(.*?)</`);

test.each<[what: string, html: () => string, place: RegExp, found: number[][]]>([
  ["a running request: its URLs and POPs", RUNNING, /<span class="quiet size">(.*?)<\/span>/, [[8_407, 5]]],
  ["its alarm: bad tasks, and the POPs where they are", RUNNING, /<p class="failed alarm">(.*?)<\/p>/, [[BAD, 4]]],
  ["its instances", RUNNING, /<dt>Running instances<\/dt><dd>(.*?)<\/dd>/, [[13, 19]]],
  ["when it was sent", RUNNING, fact("Sent", "<strong>"), [[10, 48]]],
  ["the tasks of all reasons", RUNNING, /<section class="attention"><h2>(.*?)<\/h2>/, [[BAD, FAILURES.length]]],
  [
    "the tasks of each reason",
    RUNNING,
    /<li class="reason">.*?<strong class="number[^"]*">(.*?)<p>/,
    FAILURES.map(({ tasks }) => [tasks]),
  ],
  ["its warnings", RUNNING, /<ul class="warnings">(.*?)<\/ul>/, [[29, 31]]],
  ["what a stop drops: tasks without a result", withKey("s", RUNNING), QUESTION, [[LEFT]]],
  ["urgent and other reasons", () => endedAtMany(), URGENCY, [[307 + 290], [150 + 71 + LEFT]]],
  [
    "what was not tried is urgent where the time was up",
    () => endedAtMany({ status: "TIMEOUT" }),
    URGENCY,
    [[307 + 290 + LEFT], [150 + 71]],
  ],
  [
    "the summary's figures, not the answer's",
    () => endedAtMany({}, { failures: FAILURES.map((it, i) => ({ ...it, tasks: it.tasks + i + 1 })) }),
    URGENCY,
    [[308 + 292], [153 + 75 + LEFT]],
  ],
  [
    "a retry: what is bad and was not tried",
    ENDED,
    /<button type="button" class="button primary">(.*?)<\/button>/,
    [[BAD + LEFT]],
  ],
  ["the question before a retry", withKey("r", ENDED), QUESTION, [[BAD + LEFT]]],
  ["results at the end", ENDED, /<dt>Tasks with a result<\/dt><dd>(.*?)<\/dd>/, [[RESULTS, TOTAL, 100]]],
  // 601 GB in 25 minutes and 20 seconds.
  ["the mean rate", ENDED, /<dt>Average rate<\/dt><dd>(.*?)<\/dd>/, [[395]]],
  ["how long it took", ENDED, /<dt>Duration<\/dt><dd>(.*?)<\/dd>/, [[25, 20]]],
  ["the instances it had", ENDED, /<dt>Instances<\/dt><dd>(.*?)<\/dd>/, [[19]]],
  ["when it finished", ENDED, fact("Finished at", "<strong>"), [[11, 13]]],
  ["the URLs of a row of the list", rowOf, /<div class="cut">(.*?)<\/div>/, [[8_407]]],
  ["how far that row is", rowOf, /<td class="progress"><div>(.*?)<\/div>/, [[644, 907, 73]]],
])("%s", (_, html, place, found) => expect(figures(html(), place)).toEqual(found));

test.each<[what: string, html: () => string, place: RegExp, first: number[]]>([
  [
    "six facts of a running request",
    RUNNING,
    /<dl class="facts">(.*?)<\/dl>/,
    [644, 907, 73, RESULTS, TOTAL, 3.41, 11, 11],
  ],
  ["a row: warm or hit", rowOf, /<td class="number"[^>]*>(.*?)<\/td>/, [warm + hit]],
])("%s", (_, html, place, first) => expect(figures(html(), place)[0]?.slice(0, first.length)).toEqual(first));

test("a row of the list counts what is bad, and once it was stopped also what was not tried", () => {
  const bad = (changes: Partial<Listed>) => figures(rowOf(changes), /<td class="number"[^>]*>(.*?)<\/td>/)[1];
  expect([bad({}), bad({ status: "STOPPED" })]).toEqual([[BAD], [BAD + LEFT]]);
});

test("a request that has ended counts what is left out: tasks, URLs with those that are not named, POPs", () => {
  const inputFailures: Failure[] = [
    { code: "http_4xx", subject: "url", tasks: 0, pops: 0, urls: 44, examples: [{ url: "https://e/3" }] },
    { code: "name_not_found", subject: "pop", tasks: 0, pops: 2, urls: null, examples: [{ pop: "ICN51-C1" }] },
  ];
  const page = endedAtMany({}, { failures: [...FAILURES, ...inputFailures] });
  expect(figures(page, /<h3>[^<]*<span class="quiet">(.*?)<\/span>/)).toEqual([[LEFT]]);
  expect(figures(page, /<p><strong>(.*?)<\/p>/)).toEqual(expect.arrayContaining([[44], [2]]));
});

test("each reason has its tasks, objects and POPs, while a request runs and at its end", () => {
  const scopes = (html: string, place: RegExp) => figures(html, place).map((scope) => scope.slice(0, 2));
  const found = [
    [307, 103],
    [290, 127],
    [150, 149],
    [71, 54],
  ];
  expect(scopes(RUNNING(), /<li class="reason">.*?<p>(.*?)\. /)).toEqual(found);
  const rows = /<li class="reason wide"><span class="(?:not_kept|failed)">.*?<p>(.*?)<\/p>/;
  expect(scopes(endedAtMany(), rows)).toEqual(found);
});

test("links the file of failed tasks and that of all tasks, each by its own words", () => {
  const summary = distinctSummary();
  const page = requestPage(endedRequest(), summary);
  const links = [...page.matchAll(/<a href="([^"]*)"[^>]*download[^>]*>(.*?)<\/a>/g)].map(([, href, inner = ""]) => [
    inner.replaceAll(/<[^>]*>/g, "").trim(),
    href,
  ]);
  const words = readerOf({ language: "en", theme: "auto", shortcuts: false }, "UTC");
  expect(links).toEqual([
    [words.say("failedRows"), summary.failure_pop_urls_report],
    [words.say("allRows"), summary.results_url],
  ]);
});

test("the list heads those under way with their number and their instances, and counts what else there is", () => {
  asked.rows = [
    distinctRequest({ request_id: "a-1", instances_at_work: 13 }),
    distinctRequest({ request_id: "b-2", instances_at_work: 23 }),
    distinctRequest({ request_id: "c-3", status: "FINISHED", verdict: "ready", instances_at_work: 47 }),
    distinctRequest({ request_id: "d-4", status: "STOPPED", instances_at_work: 53 }),
    distinctRequest({ request_id: "e-5", status: "STOPPED", instances_at_work: 59 }),
  ];
  const html = htmlOf(RequestsView, { from: undefined });
  expect(figures(html, /<tr class="group">.*?<span>(.*?)<\/span>/)[0]).toEqual([2, 36]);
  // The filters: only those under way are counted.
  expect(figures(html, /<fieldset class="choices".*?>(.*?)<\/fieldset>/).flat()).toEqual([2]);
  expect(figures(html, /<button type="button" class="button">(.*?)<\/button>/)).toEqual([[37]]);
  expect(figures(html, /<div class="foot-line"><span>(.*?)<\/span>/)).toEqual([[5]]);
});

test("the instances: at work, wanted, allowed, and of each request", () => {
  asked.live = {
    wanted: 43,
    active: [distinctRequest(), distinctRequest({ instances_at_work: 23, instance_count: 29 })],
  };
  const html = htmlOf(InstancesView, {});
  expect(figures(html, /<dl class="facts three">(.*?)<\/dl>/)).toEqual([[36, 43, 61]]);
  expect(figures(html, /<li>.*?<span class="number">(.*?)<\/span>/)).toEqual([
    [13, 19],
    [23, 29],
  ]);
});

test("the list of POPs has what is warm or hit, and what is bad, of each", () => {
  const rows = figures(popList(), /<tr aria-rowindex="\d+">.*?(<td class="number.*?)<\/tr>/);
  expect(rows.toSorted(([a = 0], [b = 0]) => b - a)).toEqual([
    [70, 13],
    [58, 8],
    [28, 6],
    [23, 2],
    [11, 0],
  ]);
});
