import * as z from "zod";
import { isDeniedByPolicy } from "../../domain/validation/api-error.ts";
import { LostError, RefusedError } from "./errors.ts";

/** API Gateway answers within 29 seconds, or says that it cannot. */
const PATIENCE_MS = 35_000;

const refusalSchema = z.object({
  error_message: z.string().optional(),
  message: z.string().optional(),
  error_urls: z.array(z.string()).optional(),
});

/** Calls of the API with the key of this tab. */
export interface Client {
  /** @throws RefusedError, LostError */
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** @throws RefusedError, LostError */
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
}

/** Where the API is, seen from its console: `…/prod/console/index.html` → `…/prod/`. */
export function apiBase(href: string): URL {
  return new URL("../", href.replace(/[?#].*$/, ""));
}

/** @param onNoKey is called when the API says that the key is wrong, not that the address is denied: the caller gets the RefusedError all the same */
export function createClient(key: string, base: URL, onNoKey: () => void): Client {
  const call = async <T>(path: string, schema: z.ZodType<T>, init: RequestInit, signal?: AbortSignal): Promise<T> => {
    const response = await answerOf(new URL(path, base), { ...init, headers: { "x-api-key": key } }, signal);
    const body = await bodyOf(response);
    if (response.ok) return schema.parse(body);
    const { error_message, message, error_urls } = refusalSchema.safeParse(body).data ?? {};
    const said = error_message ?? message ?? `HTTP ${response.status}`;
    if (response.status === 403 && !isDeniedByPolicy(said)) onNoKey();
    const id = response.headers.get("x-amzn-requestid") ?? undefined;
    throw new RefusedError(response.status, said, error_urls, id);
  };
  return {
    get: (path, schema, signal) => call(path, schema, {}, signal),
    post: (path, body, schema, signal) => call(path, schema, { method: "POST", body: JSON.stringify(body) }, signal),
  };
}

async function answerOf(url: URL, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(url, {
      ...init,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new LostError("No answer", { cause });
  }
}

/** A proxy between may answer with something that is no JSON. */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (response.ok) throw new LostError("The answer is no JSON", { cause });
    return undefined;
  }
}
