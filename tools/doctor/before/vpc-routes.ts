import type { RouteTable } from "@aws-sdk/client-ec2";
import { fail, type Judgement, ok, warn } from "../judgement.ts";

export interface Routes {
  readonly subnets: readonly string[];
  /** All of the VPC. */
  readonly tables: readonly RouteTable[];
}

type Way = "gateway" | "nat" | "other" | "blackhole" | "none";

const EVERYWHERE = "0.0.0.0/0";
const NEXT = "name subnets whose route table sends 0.0.0.0/0 to an internet gateway";

/**
 * Whether each subnet's traffic reaches the internet. A subnet without a table of its own has the VPC's main one:
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 */
export function judgeRoutes({ subnets, tables }: Routes): Judgement {
  const ways = subnets.map((subnet) => ({ subnet, way: wayOut(tableOf(subnet, tables)) }));
  const cut = ways.filter(({ way }) => way === "none" || way === "blackhole");
  if (cut.length > 0) return fail(cut.map(({ subnet, way }) => `${subnet} has ${SAYS[way]}`).join("; "), NEXT);
  const around = ways.filter(({ way }) => way !== "gateway");
  if (around.length > 0) return warn(around.map(({ subnet, way }) => `${subnet} has ${SAYS[way]}`).join("; "), NEXT);
  return ok(`all ${subnets.length} subnets have a route to an internet gateway`);
}

const SAYS: Readonly<Record<Way, string>> = {
  gateway: "a route to an internet gateway",
  nat: "a NAT gateway, which is paid for by the byte",
  other: "a route to the internet through something else, which nobody here knows",
  blackhole: "a route to the internet whose target is gone",
  none: "no route to the internet",
};

/** Whether every subnet reaches the internet through a NAT gateway. */
export function allHaveNat({ subnets, tables }: Routes): boolean {
  return subnets.every((subnet) => wayOut(tableOf(subnet, tables)) === "nat");
}

function tableOf(subnet: string, tables: readonly RouteTable[]): RouteTable | undefined {
  const own = tables.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnet));
  return own ?? tables.find(({ Associations }) => Associations?.some(({ Main }) => Main === true));
}

function wayOut(table: RouteTable | undefined): Way {
  const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === EVERYWHERE);
  if (route === undefined) return "none";
  if (route.State === "blackhole") return "blackhole";
  if (route.GatewayId?.startsWith("igw-") === true) return "gateway";
  return route.NatGatewayId === undefined ? "other" : "nat";
}
