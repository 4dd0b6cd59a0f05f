/** Where the reader is. It stands in the address's fragment, which no server sees. */
export type Route =
  | { readonly name: "requests" }
  | { readonly name: "new" }
  | { readonly name: "request"; readonly id: string }
  | { readonly name: "instances" }
  | { readonly name: "settings" };

/** What a request's id may look like: nothing else is put into a call. */
const ID = /^[\w-]{1,64}$/;

/** @param hash the fragment with its `#`; what is no route leads to the list of requests */
export function parseRoute(hash: string): Route {
  const [name = "", id = ""] = pathOf(hash).replace(/^#\/?/, "").split("/");
  if (name === "r" && ID.test(id)) return { name: "request", id };
  if (name === "new" || name === "instances" || name === "settings") return { name };
  return { name: "requests" };
}

/** The fragment that leads there, for a link. */
export function hrefOf(route: Route): string {
  if (route.name === "request") return `#/r/${route.id}`;
  return route.name === "requests" ? "#/" : `#/${route.name}`;
}

function pathOf(hash: string): string {
  return hash.split("?", 1)[0] ?? "";
}

/** What a view adds behind the route, such as `view` of `#/r/52258b9d?view=list`: its filter, its search, the POP that is open. */
export function parameterOf(hash: string, name: string): string | undefined {
  return new URLSearchParams(hash.slice(pathOf(hash).length)).get(name) ?? undefined;
}

/** The fragment with one of them changed. @param value undefined: without it */
export function withParameter(hash: string, name: string, value: string | undefined): string {
  const path = pathOf(hash);
  const all = new URLSearchParams(hash.slice(path.length));
  if (value === undefined) all.delete(name);
  else all.set(name, value);
  return all.size === 0 ? path || "#/" : `${path || "#/"}?${all}`;
}
