import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CommandError } from "../command-error.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { VERSION } from "../version.ts";
import * as answers from "./answers.ts";
import { mayPass } from "./api-error.ts";
import { noAnswer, refusalOf } from "./refusal.ts";

/** API Gateway ends a call after 29 s. */
const PATIENCE_MS = 35_000;
/** A call that may pass is made so often, after so long. */
const TRIES = 3;
const AGAIN_MS = 500;

/** An answer as the command reads it, and as it came: `--json` prints that. */
export interface Answer<T> {
  readonly it: T;
  readonly json: unknown;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** The API over HTTP, with the key. All calls @throws ApiError, NoAnswerError, CommandError for an answer that makes no sense */
export class Client {
  constructor(
    readonly endpoint: Endpoint,
    private readonly http: typeof fetch = fetch,
  ) {}

  /** One try, because whoever watches has a patience of its own. */
  progress(id: string, detail?: string): Promise<Answer<answers.Progress>> {
    return this.once(answers.progressSchema, "GET", path("prewarm", { req_id: id, detail }));
  }

  summary(id: string): Promise<Answer<answers.Summary>> {
    return this.get(answers.summaryAnswerSchema, path("summary", { req_id: id }));
  }

  list(filter: { readonly limit: number; readonly status?: string | undefined; readonly next?: string | undefined }) {
    return this.get(answers.listSchema, path("requests", { ...filter, limit: String(filter.limit) }));
  }

  pops(filter: { readonly country?: string | undefined; readonly region?: string | undefined }) {
    return this.get(answers.popListSchema, path("pops", filter));
  }

  instances() {
    return this.get(answers.instancesAnswerSchema, "instances");
  }

  settings() {
    return this.get(answers.settingsAnswerSchema, "settings");
  }

  /** @param body has a `client_token`: a second try makes no second request */
  start(body: object): Promise<Answer<answers.Started>> {
    return this.again(() => this.once(answers.startedAnswerSchema, "POST", "prewarm", body));
  }

  estimate(body: object): Promise<Answer<answers.Estimated>> {
    return this.again(() => this.once(answers.estimatedSchema, "POST", "prewarm", { ...body, dry_run: true }));
  }

  /** May be repeated: it says how many there shall be, not how many more. */
  setInstances(body: { readonly DesiredCapacity: number; readonly req_id?: string; readonly force_stop?: boolean }) {
    return this.again(() => this.once(answers.setAnswerSchema, "POST", "instances", body));
  }

  private get<S extends z.ZodType>(schema: S, where: string): Promise<Answer<z.infer<S>>> {
    return this.again(() => this.once(schema, "GET", where));
  }

  private async again<T>(call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await call();
      } catch (error) {
        if (tries === TRIES || !mayPass(error)) throw error;
        await sleep(AGAIN_MS * tries);
      }
    }
  }

  private async once<S extends z.ZodType>(
    schema: S,
    method: "GET" | "POST",
    where: string,
    body?: object,
  ): Promise<Answer<z.infer<S>>> {
    const { status, text } = await this.ask(method, where, body);
    if (status !== 200) throw refusalOf(status, text, this.endpoint);
    const json = this.json(text);
    const read = schema.safeParse(json);
    if (!read.success) throw this.strange(z.prettifyError(read.error));
    return { it: read.data, json };
  }

  private async ask(method: string, where: string, body: object | undefined) {
    try {
      const answer = await this.http(this.endpoint.url + where, {
        method,
        headers: {
          "x-api-key": this.endpoint.key,
          "user-agent": `prewarm-command/${VERSION}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The key goes to nobody else.
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      throw noAnswer(error, this.endpoint);
    }
  }

  private json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.strange("it is no JSON");
    }
  }

  private strange(why: string): CommandError {
    const { url, from } = this.endpoint;
    return new CommandError(
      `${url} answers what this command (${VERSION}) cannot read:\n${why}`,
      `Check that this is Prewarm's API (from ${from}), and use the command of the release that is deployed: prewarm doctor.`,
    );
  }
}

function path(route: string, fields: Fields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== "") query.set(name, value);
  return query.size === 0 ? route : `${route}?${query}`;
}
