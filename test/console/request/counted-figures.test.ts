// Every figure of the console's pages, read off what is rendered: which count stands at which heading, button, row and question.
import { type ComponentType, createElement } from "preact";
import { renderToString } from "preact-render-to-string";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Failure, Listed, Progress, Summary } from "../../../client/answers.ts";
import { ApiClient } from "../../../client/api-client.ts";
import { InstancesView } from "../../../console/instances/instances-view.tsx";
import { LookAt } from "../../../console/phone/look-at.tsx";
import { PhoneFacts } from "../../../console/phone/phone-facts.tsx";
import { RecList } from "../../../console/phone/rec-list.tsx";
import { groupPops } from "../../../console/request/group-pops.ts";
import { OutcomeCounts } from "../../../console/request/outcome-counts.tsx";
import { PopList } from "../../../console/request/pop-list.tsx";
import { RequestView } from "../../../console/request/request-view.tsx";
import { RequestRow } from "../../../console/requests/request-row.tsx";
import { RequestsView } from "../../../console/requests/requests-view.tsx";
import { ClientContext } from "../../../console/session/client.ts";
import { ReaderContext, readerOf } from "../../../console/session/reader.ts";
import { taskStatesOf } from "../../../domain/readiness/task-states.ts";
import {
  distinctRequest,
  distinctSummary,
  endedRequest,
  FAILURES,
  listedRequest,
  OUTCOMES,
} from "../distinct-request.ts";

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
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

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

describe("the outcomes", () => {
  test("each has its own count while a request runs", () => {
    const html = htmlOf(OutcomeCounts, { outcomes: taskStatesOf(distinctRequest()), ended: false });
    expect(outcomeFigures(html)).toEqual(OUTCOMES);
  });

  test("each has its own count at the end, where nothing is under way", () => {
    const html = htmlOf(OutcomeCounts, { outcomes: taskStatesOf(endedRequest()), ended: true });
    expect(outcomeFigures(html)).toEqual({ warm, hit, done, not_kept, failed, waiting: LEFT });
  });
});

describe("the page of a request that runs", () => {
  const page = () => requestPage(distinctRequest());

  test("says how many URLs and POPs it has, and how many instances are wanted", () => {
    expect(figures(page(), /<span class="quiet size cut">(.*?)<\/span>/)).toEqual([[8_407, 5]]);
    expect(figures(page(), /<a class="button" href="[^"]*instances">(.*?)<\/a>/).flat()).toContain(19);
  });

  test("alarms with the tasks that are bad, and the POPs where they are", () => {
    expect(figures(page(), /<p class="failed alarm">(.*?)<\/p>/)).toEqual([[BAD, 4]]);
  });

  test("has six facts, each with its own figures", () => {
    expect(figures(page(), /<dl class="facts">(.*?)<\/dl>/)[0]?.slice(0, 8)).toEqual([
      644,
      907,
      73,
      RESULTS,
      TOTAL,
      3.41,
      11,
      0,
    ]);
    expect(figures(page(), /<dt>Instances at work<\/dt><dd>(.*?)<\/dd>/)).toEqual([[13, 19]]);
    expect(figures(page(), /<dt>Sent<\/dt><dd><strong>(.*?)<\/strong>/)).toEqual([[10, 48]]);
  });

  test("heads what to look at with the tasks of all reasons, and how many reasons there are", () => {
    expect(figures(page(), /<aside><section><h2>(.*?)<\/h2>/)).toEqual([[BAD, FAILURES.length]]);
  });

  test("has a card a reason with its tasks, objects and POPs", () => {
    const cards = figures(page(), /<li class="reason">.*?<strong class="number[^"]*">(.*?)<p>/);
    expect(cards).toEqual(FAILURES.map(({ tasks }) => [tasks]));
    const scopes = figures(page(), /<li class="reason">.*?<p>(.*?)\. /);
    expect(scopes.map((scope) => scope.slice(0, 2))).toEqual([
      [307, 103],
      [290, 127],
      [150, 149],
      [71, 54],
    ]);
  });

  test("counts each warning", () => {
    expect(figures(page(), /<ul class="warnings">(.*?)<\/ul>/)).toEqual([[29, 31]]);
  });

  test("asks before it stops how many tasks are dropped: those without a result", () => {
    asked.key = "s";
    expect(figures(page(), /<dialog.*?<p>(.*?)<\/p>/)).toEqual([[LEFT]]);
  });
});

describe("the page of a request that has ended", () => {
  test("heads both groups of reasons with the sum of their own tasks", () => {
    const page = requestPage(endedRequest({ pop_count: 40 }), distinctSummary());
    expect(figures(page, /<h3 class="urgency[^"]*">(.*?)<\/h3>/)).toEqual([[307 + 290], [150 + 71 + LEFT]]);
  });

  test("counts what was not tried among what is urgent where its time was up", () => {
    const page = requestPage(endedRequest({ pop_count: 40, status: "TIMEOUT" }), distinctSummary());
    expect(figures(page, /<h3 class="urgency[^"]*">(.*?)<\/h3>/)).toEqual([[307 + 290 + LEFT], [150 + 71]]);
  });

  test("counts what is left out: tasks, URLs with those that are not named, POPs", () => {
    const inputFailures: Failure[] = [
      { code: "http_4xx", subject: "url", tasks: 0, pops: 0, urls: 44, examples: [{ url: "https://e/3" }] },
      { code: "name_not_found", subject: "pop", tasks: 0, pops: 2, urls: null, examples: [{ pop: "ICN51-C1" }] },
    ];
    const failures = [...FAILURES, ...inputFailures];
    const page = requestPage(endedRequest({ pop_count: 40 }), distinctSummary({ failures }));
    const rows = figures(page, /<h3>[^<]*<span class="quiet">(.*?)<\/span>/);
    expect(rows).toEqual([[LEFT]]);
    const scopes = figures(page, /<p><strong>(.*?)<\/p>/);
    expect(scopes).toEqual(expect.arrayContaining([[44], [2]]));
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

  test("has a row a reason with its tasks, objects and POPs, the summary's and not the answer's", () => {
    const failures = FAILURES.map((it, index) => ({ ...it, tasks: it.tasks + index + 1 }));
    const page = requestPage(endedRequest({ pop_count: 40 }), distinctSummary({ failures }));
    const rows = figures(page, /<li class="reason wide"><span class="(?:not_kept|failed)">.*?<p>(.*?)<\/p>/);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      [308, 103],
      [292, 127],
      [153, 149],
      [75, 54],
    ]);
    expect(figures(page, /<h3 class="urgency[^"]*">(.*?)<\/h3>/)).toEqual([[308 + 292], [153 + 75 + LEFT]]);
  });

  test("offers to retry what is bad and what was not tried, and asks with the same number", () => {
    const request = endedRequest();
    expect(figures(requestPage(request), /<button type="button" class="button primary">(.*?)<\/button>/)).toEqual([
      [BAD + LEFT],
    ]);
    asked.key = "r";
    expect(figures(requestPage(request), /<dialog.*?<p>(.*?)<\/p>/)).toEqual([[BAD + LEFT]]);
  });

  test("has six facts, of which three are others than while it ran", () => {
    const page = requestPage(endedRequest());
    expect(figures(page, /<dt>Tasks with a result<\/dt><dd>(.*?)<\/dd>/)).toEqual([[RESULTS, TOTAL]]);
    // 601 GB in 25 minutes and 20 seconds.
    expect(figures(page, /<dt>Mean rate<\/dt><dd>(.*?)<\/dd>/)).toEqual([[395]]);
    expect(figures(page, /<dt>Took<\/dt><dd>(.*?)<\/dd>/)).toEqual([[25, 20]]);
    expect(figures(page, /<dt>Instances<\/dt><dd>(.*?)<\/dd>/)).toEqual([[19]]);
    expect(figures(page, /<dt>Finished<\/dt><dd><strong>(.*?)<\/strong>/)).toEqual([[11, 13]]);
  });
});

describe("a row of the list", () => {
  const rowOf = (request: Listed) =>
    figures(htmlOf(RequestRow, { request, now: Date.now() }), /<td class="number"[^>]*>(.*?)<\/td>/);

  test("of a request that runs: warm or hit, and what is bad", () => {
    expect(rowOf(listedRequest()).slice(0, 2)).toEqual([[warm + hit], [BAD]]);
  });

  test("of one that was stopped: what was not tried is not warm either", () => {
    expect(rowOf(listedRequest({ status: "STOPPED" }))[1]).toEqual([BAD + LEFT]);
  });

  test("how many URLs it has, and how far it is", () => {
    const html = htmlOf(RequestRow, { request: listedRequest(), now: Date.now() });
    expect(figures(html, /<div class="cut">(.*?)<\/div>/)).toEqual([[8_407]]);
    expect(figures(html, /<td class="progress"><div>(.*?)<\/div>/)).toEqual([[644, 907, 73]]);
  });
});

test("the list heads those under way with their number and their instances, and counts what else there is", () => {
  const row = (request_id: string, changes: Partial<Listed>) => listedRequest({ request_id, ...changes });
  asked.rows = [
    row("a-1", { instances_at_work: 13 }),
    row("b-2", { instances_at_work: 23 }),
    row("c-3", { status: "FINISHED", verdict: "ready", instances_at_work: 47 }),
    row("d-4", { status: "STOPPED", instances_at_work: 53 }),
    row("e-5", { status: "STOPPED", instances_at_work: 59 }),
  ];
  const html = htmlOf(RequestsView, {});
  expect(figures(html, /<tr class="group">.*?<span>(.*?)<\/span>/)[0]).toEqual([2, 36]);
  // The filters: only those under way are counted.
  expect(figures(html, /<fieldset class="choices".*?>(.*?)<\/fieldset>/).flat()).toEqual([2]);
  expect(figures(html, /<button type="button" class="button">(.*?)<\/button>/)).toEqual([[37]]);
  expect(figures(html, /<div class="foot-line"><span>(.*?)<\/span>/)).toEqual([[5]]);
});

test("the instances: at work, wanted, allowed, and of each request", () => {
  const active = [listedRequest(), listedRequest({ instances_at_work: 23, instance_count: 29 })];
  asked.live = { wanted: 43, active };
  const html = htmlOf(InstancesView, {});
  expect(figures(html, /<dl class="facts three">(.*?)<\/dl>/)).toEqual([[36, 43, 61]]);
  expect(figures(html, /<li>.*?<span class="number">(.*?)<\/span>/)).toEqual([
    [13, 19],
    [23, 29],
  ]);
});

describe("POPs", () => {
  test("the list has what is warm or hit, and what is bad, of each", () => {
    const html = htmlOf(PopList, { groups: groupPops(distinctRequest().pops), onPop: undefined });
    const rows = figures(html, /<tr aria-rowindex="\d+">.*?(<td class="number.*?)<\/tr>/);
    expect([...rows].sort(([a = 0], [b = 0]) => b - a)).toEqual([
      [70, 13],
      [58, 8],
      [28, 6],
      [23, 2],
      [11, 0],
    ]);
  });

  test("on a phone, a REC has its POPs, what is bad and its share", () => {
    const html = htmlOf(RecList, { request: distinctRequest(), onPop: undefined });
    const rows = figures(html, /<summary>(.*?)<svg class="bar"/);
    const mumbai = rows.find(([pops]) => pops === 2);
    expect(mumbai?.slice(0, 2)).toEqual([2, 2]);
    expect(rows.map(([, bad]) => bad).sort((a = 0, b = 0) => b - a)).toEqual([13, 8, 6, 2]);
  });
});

describe("a phone", () => {
  test("heads what to look at with the tasks that are bad and the POPs where they are", () => {
    const html = htmlOf(LookAt, { request: distinctRequest() });
    expect(figures(html, /<h2>(.*?)<\/h2>/)).toEqual([[BAD, 4]]);
    expect(
      figures(html, /<span class="reasons-line">(.*?)<\/summary>/)
        .flat()
        .filter((it) => it > 60),
    ).toEqual([307, 290, 150, 71]);
  });

  test("has a line below the bar, and three facts", () => {
    const html = htmlOf(PhoneFacts, { request: distinctRequest(), now: Date.now() });
    expect(figures(html, /<p class="bar-line">(.*?)<\/p>/)).toEqual([[73, 644, 907, RESULTS, TOTAL]]);
    expect(figures(html, /<dl class="three-facts">(.*?)<\/dl>/)[0]?.slice(0, 3)).toEqual([3.41, 11, 0]);
  });
});
