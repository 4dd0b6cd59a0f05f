import { EDGE_PRICE, instanceKind, vcpusOf } from "../../../domain/cost/prices.ts";
import { SITES } from "../../../domain/pops/sites.ts";

it("every country with a site outside China is in one price region", () => {
  const countries = Object.values(EDGE_PRICE).flatMap(({ countries }) => countries.split(" "));
  const withSites = new Set(SITES.map(({ country }) => country).filter((country) => country !== "CN"));
  expect(countries.toSorted()).toEqual([...withSites].toSorted());
});

it.each([
  ["c7gn.large", 2],
  ["c7g.16xlarge", 64],
  ["c7gn.*", 2],
])("%s has %d vCPUs", (type, vcpus) => expect(vcpusOf(type)).toBe(vcpus));

it.each([
  ["the middle one", ["c7gn.medium", "c7gn.large", "c7gn.xlarge"], undefined, "c7gn.large", 0.1248 * 0.4],
  ["the smaller one of two", ["c6g.2xlarge", "c6g.large"], undefined, "c6g.large", 0.068 * 0.4],
  ["a family without a price costs as the dearest", ["x9g.large"], undefined, "x9g.large", 0.1248 * 0.4],
  ["one with a known price", ["x9g.large", "c6g.large", "c7gn.large"], undefined, "c6g.large", 0.068 * 0.4],
  ["one of the newest", ["c8gn.large", "c7gn.large"], undefined, "c8gn.large", 0.1185 * 0.4],
  ["the price that is given", ["c7gn.large"], 0.03, "c7gn.large", 0.03],
])("the kind of instance: %s", (_, types, price, type, spotHour) => {
  const kind = instanceKind(types, price);
  expect(kind).toMatchObject({ type, vcpus: 2, spotHour: expect.closeTo(spotHour, 9), hour: kind.spotHour });
  expect(kind.onDemandPercent).toBe(0);
});

it.each([
  [25, 0.75 * 0.03 + 0.25 * 0.1248],
  [100, 0.1248],
])("the kind of instance: with %i%% On-Demand Instances costs %d dollars an hour", (percent, dollars) => {
  const kind = instanceKind(["c7gn.large"], 0.03, percent);
  expect(kind).toMatchObject({ spotHour: 0.03, hour: expect.closeTo(dollars, 9), onDemandPercent: percent });
});
