// An API in memory for the command: it stands in for `fetch`, records every call, and answers what the test sets.
import { Readable } from "node:stream";
import { CommanderError } from "commander";
import * as z from "zod";
import { CommandError } from "../../cli/command-error.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import { explain } from "../../cli/explain.ts";
import { sinkOf } from "../../cli/output/sink.ts";
import { program } from "../../cli/program.ts";
import type { Shell } from "../../cli/shell.ts";
import type { Progress, Summary } from "../../client/answers.ts";
import { popsSchema, settingsSchema } from "../../domain/api/deployment-answers.ts";
import { ESTIMATE_EXAMPLE, startedSchema } from "../../domain/api/started-answer.ts";
import { progress } from "./progress.ts";

export const ORIGIN = "https://api.example.com";
/** Options that name the fake API. */
export const AT = ["--endpoint", `${ORIGIN}/prod/`, "--api-key", "the-key"];

/** The request that the API knows, and the one that POST /prewarm creates. Only one character of the ids is the same. */
export const KNOWN_ID = "e059b77b-e427-4489-a50b-4d8c652f114c";
export const NEW_ID = "3f9c2a71-1d52-4b0e-8c66-92c2e0a7b315";

export type Reply = { readonly status: number; readonly body: unknown } | "no answer";

export interface Call {
  readonly method: string;
  /** Without the stage, with the query: `prewarm?req_id=…`. */
  readonly path: string;
  readonly body: unknown;
}

export interface FakeApi {
  readonly calls: Call[];
  /** Called with every call before it is answered. */
  onCall: (call: Call) => void;
  /** The answers of GET /prewarm, in order; the last one repeats. */
  progress: readonly Partial<Progress>[];
  /** Undefined: the report is not there, and the API answers 409. */
  summary: Partial<Summary> | undefined;
  /** Replies by `METHOD route`, instead of the good ones: `GET instances`; `*` is every route. */
  replies: Readonly<Record<string, Reply>>;
  /** The reply to a call without a key. */
  keyless: Reply;
  /** What the links of a summary lead to. */
  report: { readonly status: number; readonly text: string };
}

const ok = (body: unknown) => ({ status: 200, body });

export const SUMMARY: Summary = {
  request_id: KNOWN_ID,
  status: "FINISHED",
  failure_pops: [],
  failure_urls: [],
  failure_urls_omitted: 0,
  failure_pop_urls_report: "https://bucket.s3.us-east-1.amazonaws.com/failed.csv",
  results_url: "https://bucket.s3.us-east-1.amazonaws.com/all.csv",
  failed_count: 0,
  sentence: "It has ended.",
  failures: [],
};

const STARTED = {
  ...z.looseObject({}).parse(exampleOf(startedSchema)),
  pop_selection: { selected: 30, known: 363, set: "default", places: [], source: "catalogue", discovered_at: null },
};
export const SETTINGS = z.looseObject({}).parse(exampleOf(settingsSchema));

/** Replaces the global `fetch` with an API that works, until the test's stubs are removed. */
export function fakeApi(changes: Partial<FakeApi> = {}): FakeApi {
  const api: FakeApi = {
    calls: [],
    onCall: () => undefined,
    progress: [{ status: "FINISHED", failed_count: 0 }],
    summary: {},
    replies: {},
    keyless: { status: 403, body: { message: "Forbidden" } },
    report: {
      status: 200,
      text: "pop,outcome,http_status,error,url\nSIN2-C1,failed,503,busy,https://a.example.com/x\n",
    },
    ...changes,
  };
  let asked = 0;
  const good = (route: string, reqId: string | null) => {
    const state = () => api.progress[Math.min(asked, api.progress.length - 1)] ?? {};
    switch (route) {
      case "GET prewarm": {
        const reply = ok(progress({ request_id: reqId ?? "", ...state() }));
        asked++;
        return reply;
      }
      case "GET summary":
        if (api.summary === undefined) return { status: 409, body: { error_message: "there is no report yet" } };
        return ok({ ...SUMMARY, request_id: reqId ?? "", ...api.summary });
      case "GET requests": {
        const listed = {
          ...progress({ request_id: KNOWN_ID, ...state() }),
          url_count: 7,
          url_prefix: "https://a.example.com/",
        };
        return ok({ timestamp: listed.timestamp, requests: [listed], next: null });
      }
      case "POST prewarm":
        return ok({ ...STARTED, request_id: NEW_ID, estimate: ESTIMATE_EXAMPLE });
      case "GET pops":
        return ok(exampleOf(popsSchema));
      case "GET instances":
        return ok({ status: "success", desiredcapacity: 3 });
      case "POST instances":
        return ok({ status: "success", message: "The group has a new size." });
      case "GET settings":
        return ok(SETTINGS);
      case "GET console":
        return ok("<!doctype html>");
      default:
        return { status: 404, body: { message: `there is no ${route}` } };
    }
  };
  vi.stubGlobal("fetch", async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== ORIGIN) return new Response(api.report.text, { status: api.report.status });
    const [method, path] = [init.method ?? "GET", url.pathname.replace(/^\/prod\//, "")];
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const call: Call = { method, path: `${path}${url.search}`, body };
    api.calls.push(call);
    api.onCall(call);
    const route = `${method} ${path}`;
    const answer = () => api.replies[route] ?? api.replies["*"] ?? good(route, url.searchParams.get("req_id"));
    const reply = path !== "console" && !new Headers(init.headers).has("x-api-key") ? api.keyless : answer();
    if (reply === "no answer") throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    return new Response(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body), {
      status: reply.status,
    });
  });
  return api;
}

/** The example that the API's description has of an answer. */
function exampleOf(schema: z.ZodType) {
  return z.object({ examples: z.array(z.unknown()).min(1) }).parse(schema.meta()).examples[0];
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Typed {
  /** What somebody types at a terminal: a line, or the terminal itself; undefined: there is none, and stdin is empty. */
  readonly input?: string | Readable;
  /** What is piped in. */
  readonly piped?: string;
  /** Cells of a line of the terminal. @default not known */
  readonly columns?: number;
  /** Whether stdout and stderr are terminals. @default false */
  readonly isTTY?: boolean;
  /** @default none */
  readonly env?: Shell["env"];
  /** The folder in which it runs. @default the root */
  readonly cwd?: string;
}

/** Runs the command in this process, as cli/main.ts does. */
export async function run(
  words: readonly string[],
  { input, piped = "", columns, isTTY = false, env = {}, cwd = "/" }: Typed = {},
): Promise<Ran> {
  const heard = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") =>
    sinkOf({
      isTTY,
      columns,
      write: (text: string) => {
        heard[name] += text;
      },
    });
  const typed = typeof input === "object" ? input : Readable.from([input === undefined ? piped : `${input}\n`]);
  const stdin = Object.assign(typed, { isTTY: input !== undefined });
  const shell: Shell = { env, cwd, stdin, stdout: sink("stdout"), stderr: sink("stderr") };
  let code: number | undefined;
  try {
    await program(shell, (exitCode) => {
      code = exitCode;
    }).parseAsync(["node", "prewarm", ...words]);
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? EXIT.good : EXIT.fault;
    else if (error instanceof CommandError) {
      code = EXIT.fault;
      shell.stderr.write(explain(error, shell));
    } else throw error;
  }
  if (code === undefined) throw new Error(`${words.join(" ")} ended without an exit code`);
  return { code, ...heard };
}
