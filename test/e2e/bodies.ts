// Provides bodies of POST /prewarm that a test changes to its purpose.
import { HOST } from "../../tools/local/world.ts";

/** URLs of the stand-in edge's site. */
export function urls(...paths: string[]) {
  return paths.map((path) => `https://${HOST}${path}`);
}

/** A small request that can be carried out, with a test's changes. */
export function body(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    url_list: urls("/index.html", "/css/bootstrap-icons.css"),
    cf_domain: HOST,
    pops: ["ATL56-C1", "SIN2-C1", "DFW55-C3"],
    timeout: 5,
    instance_count: 1,
    ...changes,
  };
}
