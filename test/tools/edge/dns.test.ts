// The edge's DNS as a whole (dns-server.ts, dns-answers.ts): a resolver asks a running edge.
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import type { Edge } from "../../../tools/edge/edge.ts";
import { ALIAS, DOMAIN, newEdge, POPS } from "./client.ts";

function resolverOf(edge: Edge) {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([edge.dnsServer]);
  return resolver;
}

test("a POP's name gives the POP's addresses", async () => {
  const pops = [...POPS, { pop: "PVG52-E1", rec: "china", addresses: 2 }];
  const edge = await newEdge({ pops });
  const resolver = resolverOf(edge);
  for (const { pop } of pops) {
    expect(await resolver.resolve4(`d111111abcdef8.${pop}.cloudfront.net`)).toEqual(edge.addressesOf(pop));
  }
  expect(await resolver.resolve4("D111111ABCDEF8.pvg52-e1.CloudFront.cn")).toEqual(edge.addressesOf("PVG52-E1"));
  expect(edge.addressesOf("PVG52-E1")).toHaveLength(2);
});

test("any label leads to POPs, if the edge is told so", async () => {
  const edge = await newEdge({ labels: "any" });
  const resolver = resolverOf(edge);
  expect(await resolver.resolve4("dzzzzzzzzzzzzz.SIN2-P1.cloudfront.net")).toEqual(edge.addressesOf("SIN2-P1"));
  await expect(resolver.resolve4("dzzzzzzzzzzzzz.XXX1-P1.cloudfront.net")).rejects.toThrow("ENOTFOUND");
});

test("the distribution and its aliases lead to the first POP that is alive", async () => {
  const edge = await newEdge({ deadPops: ["SIN2-P1"] });
  const resolver = resolverOf(edge);
  const expected = [edge.addressOf("BOM78-P1")];
  expect(await resolver.resolve4(DOMAIN)).toEqual(expected);
  expect(await resolver.resolve4(ALIAS)).toEqual(expected);
  expect(await resolver.resolveCname(ALIAS)).toEqual([DOMAIN]);
});

test("what is dead or unknown does not exist", async () => {
  const edge = await newEdge({ deadPops: ["SIN2-P1", "YTO50-C1"] });
  const resolver = resolverOf(edge);
  for (const name of [
    "d111111abcdef8.SIN2-P1.cloudfront.net",
    "d111111abcdef8.YTO50-C1.cloudfront.net",
    "d111111abcdef8.XXX1-C1.cloudfront.net",
    "d999999abcdef8.FRA56-P4.cloudfront.net",
    "d999999abcdef8.cloudfront.net",
    "example.org",
  ]) {
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
  }
});

test("a closed POP resolves, and nobody listens there", async () => {
  const edge = await newEdge({ closedPops: ["SIN2-P1"] });
  const [address = ""] = await resolverOf(edge).resolve4("d111111abcdef8.SIN2-P1.cloudfront.net");
  expect(edge.addressesOf("SIN2-P1")).toEqual([address]);
  const socket = connect(edge.httpsPort, address);
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});

test("a known name without IPv6 exists", async () => {
  const resolver = resolverOf(await newEdge());
  for (const name of [DOMAIN, "d111111abcdef8.FRA56-P4.cloudfront.net"]) {
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code: "ENODATA" });
  }
  await expect(resolver.resolveCname(DOMAIN)).rejects.toMatchObject({ code: "ENODATA" });
});

test("rubbish is dropped", async () => {
  const edge = await newEdge();
  const socket = createSocket("udp4");
  const port = Number(edge.dnsServer.split(":")[1]);
  for (const rubbish of ["", "x", "\0".repeat(12), "\xff".repeat(40)]) socket.send(rubbish, port, "127.0.0.1");
  expect(await resolverOf(edge).resolve4(DOMAIN)).toHaveLength(1);
  socket.close();
});
