import { hrefOf, parameterOf, parseRoute, type Route, withParameter } from "../../console/routes.ts";

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

it.each([
  ["#/", "filter", "ready", "#/?filter=ready"],
  ["", "q", "a/b?c=d&e", "#/?q=a%2Fb%3Fc%3Dd%26e"],
  ["#/r/52258b9d?view=list", "pop", "SIN2-P1", "#/r/52258b9d?view=list&pop=SIN2-P1"],
  ["#/r/52258b9d?view=list&pop=SIN2-P1", "pop", undefined, "#/r/52258b9d?view=list"],
  ["#/?filter=ready", "filter", undefined, "#/"],
])("%s with %s %s", (hash, name, value, expected) => {
  const changed = withParameter(hash, name, value);
  expect(changed).toBe(expected);
  expect(parameterOf(changed, name)).toBe(value);
  expect(parseRoute(changed)).toEqual(parseRoute(hash));
});
