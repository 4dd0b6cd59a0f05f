import * as z from "zod";
import { isDailyLimit, isDeniedByPolicy, READ_ONLY_KEY } from "../domain/validation/api-error.ts";
import * as answers from "./answers.ts";

/** API Gateway answers within 29 seconds, or says that it cannot. */
const TIMEOUT_MS = 35_000;
/** Times the attempts so far: before a call is made again. */
const RETRY_MS = 500;

/** A call that brought no answer that can be used. */
export abstract class ClientError extends Error {}

/** The API answered and refused. The message is its own. */
export class RefusedError extends ClientError {
  override readonly name = "RefusedError";

  /** A bundle of the command may get one from another bundle, which has a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "RefusedError";
  }

  constructor(
    readonly status: number,
    message: string,
    /** URLs that the API names as bad. */
    readonly errorUrls: readonly string[] = [],
    /** What AWS calls this call, for whoever reads the log. */
    readonly awsRequestId: string | undefined = undefined,
  ) {
    super(message);
  }

  /** Whether the API key is wrong or missing. False for a 403 by source address, and for the read-only key. */
  get isWrongKey(): boolean {
    return this.status === 403 && !isDeniedByPolicy(this.message) && this.message !== READ_ONLY_KEY;
  }

  /** Whether the same call may succeed later: a 5xx, or a 429 for the call rate. False for a daily limit. */
  get isTemporary(): boolean {
    return this.status >= 500 || (this.status === 429 && !isDailyLimit(this.message));
  }
}

/** No answer came: no connection, not in time, or from something else on the way. */
export class NoAnswerError extends ClientError {
  override readonly name = "NoAnswerError";
}

/** The answer is none of Prewarm's, or of a release that this client does not understand. */
export class UnreadableAnswerError extends ClientError {
  override readonly name = "UnreadableAnswerError";

  constructor(
    message: string,
    /** What is no JSON comes from something on the way rather than from the API. */
    readonly isJson: boolean,
  ) {
    super(message);
  }
}

/** Whether the API says that there is no such thing. It reads what was written before, so that is final. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 404;
}

/** Whether the same call may succeed a little later: no answer, too many calls, a fault of the service. */
export function mayPass(error: unknown): boolean {
  return error instanceof NoAnswerError || (error instanceof RefusedError && error.isTemporary);
}

/** An answer as it is read here, and as it came. */
export interface Answer<T> {
  readonly value: T;
  readonly json: unknown;
}

/** A call of the API. */
export interface Call {
  readonly method: "GET" | "POST";
  /** With its query: `prewarm?req_id=…`. */
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** A call with its answer, before it is read. */
export interface RawAnswer extends Omit<Call, "body" | "signal"> {
  readonly status: number;
  readonly text: string;
}

export interface ApiClientOptions {
  /** Names the program. A browser has its own name and refuses another. */
  readonly userAgent?: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** How often a call is made that may pass. @default 1 */
  readonly attempts?: number;
  /** Called with each answer; what it throws is thrown. */
  readonly onAnswer?: (answer: RawAnswer) => void;
  /** What a call throws instead of an error of this client. @default the error */
  readonly explain?: (error: ClientError) => Error;
}

export interface ProgressOptions {
  /** Comma-separated: `pops,failures`. */
  readonly detail?: string | undefined;
  readonly signal?: AbortSignal;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** The API over HTTP, with the key. All calls @throws RefusedError, NoAnswerError, UnreadableAnswerError */
export class ApiClient {
  /**
   * @param url ends in `/`
   * @param key undefined: none is sent, and the API refuses each call
   */
  constructor(
    readonly url: string,
    private readonly key: string | undefined,
    private readonly options: ApiClientOptions = {},
  ) {}

  /** One attempt: whoever follows a request asks again anyway. */
  progress(id: string, { detail, signal }: ProgressOptions = {}) {
    const call = { method: "GET" as const, path: pathOf("prewarm", { req_id: id, detail }), signal };
    return this.call(answers.progressSchema, call, 1);
  }

  /** What a request was sent with. */
  sent(id: string) {
    return this.get(answers.sentSchema, pathOf("prewarm", { req_id: id, detail: "sent" }));
  }

  /** @throws RefusedError with status 409 while there is no report yet */
  summary(id: string, signal?: AbortSignal) {
    return this.get(answers.summarySchema, pathOf("summary", { req_id: id }), signal);
  }

  /** The newest requests. @param next of the page before */
  requests(filter: { limit: number; status?: string | undefined; next?: string | undefined }, signal?: AbortSignal) {
    return this.get(answers.requestsSchema, pathOf("requests", filter), signal);
  }

  pops(filter: { country?: string | undefined; region?: string | undefined } = {}, signal?: AbortSignal) {
    return this.get(answers.popsSchema, pathOf("pops", filter), signal);
  }

  instances(signal?: AbortSignal) {
    return this.get(answers.instancesSchema, "instances", signal);
  }

  settings(signal?: AbortSignal) {
    return this.get(answers.settingsSchema, "settings", signal);
  }

  /** @param body with a `client_token`, a second attempt starts no second request */
  start(body: object) {
    return this.post(answers.startedSchema, "prewarm", body);
  }

  estimate(body: object, signal?: AbortSignal) {
    return this.post(answers.estimatedSchema, "prewarm", { ...body, dry_run: true }, signal);
  }

  /** Says how many instances there shall be, not how many more: it may be repeated. */
  setInstances(count: number) {
    return this.post(answers.instancesSetSchema, "instances", { DesiredCapacity: count });
  }

  /** Stops a request. @param instances how many are left for the others */
  stop(id: string, instances = 0) {
    return this.post(answers.instancesSetSchema, "instances", {
      DesiredCapacity: instances,
      req_id: id,
      force_stop: true,
    });
  }

  private get<S extends z.ZodType>(schema: S, path: string, signal?: AbortSignal) {
    return this.call(schema, { method: "GET", path, signal });
  }

  private post<S extends z.ZodType>(schema: S, path: string, body: object, signal?: AbortSignal) {
    return this.call(schema, { method: "POST", path, body, signal });
  }

  private async call<S extends z.ZodType>(
    schema: S,
    call: Call,
    attempts = this.options.attempts ?? 1,
  ): Promise<Answer<z.infer<S>>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.read(schema, call);
      } catch (error) {
        if (attempt >= attempts || !mayPass(error)) throw this.explained(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
      }
    }
  }

  private explained(error: unknown): unknown {
    return error instanceof ClientError ? (this.options.explain?.(error) ?? error) : error;
  }

  private async read<S extends z.ZodType>(schema: S, call: Call): Promise<Answer<z.infer<S>>> {
    const { method, path } = call;
    const { status, text, requestId } = await this.ask(call);
    this.options.onAnswer?.({ method, path, status, text });
    const json = parsed(text);
    if (status !== 200) throw refusal(status, json, requestId);
    if (json === undefined) throw new UnreadableAnswerError("it is not JSON", false);
    const read = schema.safeParse(json);
    if (!read.success) throw new UnreadableAnswerError(z.prettifyError(read.error), true);
    return { value: read.data, json };
  }

  /** A call whose answer is not read. @throws NoAnswerError */
  async ask({
    method,
    path,
    body,
    signal,
  }: Call): Promise<{ status: number; text: string; requestId: string | undefined }> {
    const { userAgent } = this.options;
    const late = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await (this.options.fetch ?? fetch)(this.url + path, {
        method,
        headers: {
          ...(this.key === undefined ? {} : { "x-api-key": this.key }),
          ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        // The key goes to nobody else.
        redirect: "manual",
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      });
      // A browser does not say where to.
      if (response.type === "opaqueredirect") throw new Error("the answer leads elsewhere");
      const requestId = response.headers.get("x-amzn-requestid") ?? undefined;
      return { status: response.status, text: await response.text(), requestId };
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new NoAnswerError(`no response from ${this.url}`, { cause });
    }
  }
}

function refusal(status: number, json: unknown, requestId: string | undefined): RefusedError {
  const { error_message, message, error_urls } = answers.refusalSchema.safeParse(json).data ?? {};
  return new RefusedError(status, error_message || message || `HTTP ${status}`, error_urls, requestId);
}

/** A proxy between may answer with something that is no JSON: undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pathOf(route: string, fields: Query): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== "") query.set(name, String(value));
  return query.size === 0 ? route : `${route}?${query}`;
}
