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
  const [name = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  if (name === "r" && ID.test(id)) return { name: "request", id };
  if (name === "new" || name === "instances" || name === "settings") return { name };
  return { name: "requests" };
}

/** The fragment that leads there, for a link. */
export function hrefOf(route: Route): string {
  if (route.name === "request") return `#/r/${route.id}`;
  return route.name === "requests" ? "#/" : `#/${route.name}`;
}
