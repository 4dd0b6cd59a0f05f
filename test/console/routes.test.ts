import { hrefOf, parseRoute, type Route } from "../../console/routes.ts";

it.each([
  ["", { name: "requests" }],
  ["#/", { name: "requests" }],
  ["#/new", { name: "new" }],
  ["#/r/e059b77b-e427-4489-a50b-4d8c652f114c", { name: "request", id: "e059b77b-e427-4489-a50b-4d8c652f114c" }],
  ["#/instances", { name: "instances" }],
  ["#/settings", { name: "settings" }],
  ["#/nowhere", { name: "requests" }],
  ["#/r/", { name: "requests" }],
  ["#/r/a&req_id=b", { name: "requests" }],
  ["#/r/<script>", { name: "requests" }],
  ["#/__proto__", { name: "requests" }],
])("parseRoute: %s", (hash, route) => expect(parseRoute(hash)).toEqual(route));

it("parseRoute reads what hrefOf writes", () => {
  const routes: Route[] = [{ name: "requests" }, { name: "new" }, { name: "request", id: "r-1" }, { name: "settings" }];
  for (const route of routes) expect(parseRoute(hrefOf(route))).toEqual(route);
});
