// biome-ignore-all format: one row a line
import { keysOf } from "../collections.ts";
import type { RecBasis, RecName } from "./recs.ts";

/** A metro area with one POP or more. */
export interface Site {
  /** the three letters its POP codes begin with: an airport's IATA code, or a metro's (BJS, YTO) */
  readonly iata: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2 */
  readonly country: string;
  /** degrees north and east, of the airport */
  readonly lat: number;
  readonly lon: number;
  /** The REC that likely serves it. Absent in China. */
  readonly rec?: RecName;
  /** Present where `rec` is. */
  readonly recBasis?: RecBasis;
}

interface SiteRow extends Omit<Site, "rec"> {
  /** @default nearest */
  readonly recBasis?: Exclude<RecBasis, "nearest">;
}

/** Sites by the REC that likely serves them, each list by code. Nothing public says which sites moved to the RECs without any. */
export const SITES_OF_REC: Readonly<Record<RecName, readonly SiteRow[]>> = {
  "N. Virginia": [
    { iata: "BOG", city: "Bogota", country: "CO", lat: 4.7, lon: -74.15 },
    { iata: "BOS", city: "Boston", country: "US", lat: 42.36, lon: -71.01 },
    { iata: "EWR", city: "Newark", country: "US", lat: 40.69, lon: -74.17 },
    { iata: "IAD", city: "Ashburn / Washington DC", country: "US", lat: 38.94, lon: -77.46, recBasis: "metro" },
    { iata: "JAX", city: "Jacksonville", country: "US", lat: 30.49, lon: -81.69 },
    { iata: "JFK", city: "New York", country: "US", lat: 40.64, lon: -73.78 },
    { iata: "MIA", city: "Miami", country: "US", lat: 25.79, lon: -80.29 },
    { iata: "PHL", city: "Philadelphia", country: "US", lat: 39.87, lon: -75.24 },
    { iata: "TPA", city: "Tampa", country: "US", lat: 27.98, lon: -82.53 },
    { iata: "YTO", city: "Toronto", country: "CA", lat: 43.68, lon: -79.63, recBasis: "origin_shield" },
    { iata: "YUL", city: "Montreal", country: "CA", lat: 45.47, lon: -73.74, recBasis: "origin_shield" },
  ],
  Ohio: [
    { iata: "ATL", city: "Atlanta", country: "US", lat: 33.64, lon: -84.43 },
    { iata: "BNA", city: "Nashville", country: "US", lat: 36.12, lon: -86.68 },
    { iata: "CMH", city: "Columbus", country: "US", lat: 40, lon: -82.89, recBasis: "metro" },
    { iata: "DFW", city: "Dallas-Fort Worth", country: "US", lat: 32.9, lon: -97.04 },
    { iata: "DTW", city: "Detroit", country: "US", lat: 42.21, lon: -83.35 },
    { iata: "IAH", city: "Houston", country: "US", lat: 29.98, lon: -95.34 },
    { iata: "MCI", city: "Kansas City", country: "US", lat: 39.3, lon: -94.71 },
    { iata: "MSP", city: "Minneapolis", country: "US", lat: 44.88, lon: -93.22 },
    { iata: "ORD", city: "Chicago", country: "US", lat: 41.98, lon: -87.9 },
    { iata: "PIT", city: "Pittsburgh", country: "US", lat: 40.49, lon: -80.23 },
    { iata: "QRO", city: "Queretaro", country: "MX", lat: 20.62, lon: -100.19 },
  ],
  "N. California": [],
  Oregon: [
    { iata: "DEN", city: "Denver", country: "US", lat: 39.86, lon: -104.67 },
    { iata: "HIO", city: "Portland / Hillsboro", country: "US", lat: 45.54, lon: -122.95 },
    { iata: "LAX", city: "Los Angeles", country: "US", lat: 33.94, lon: -118.41 },
    { iata: "PHX", city: "Phoenix", country: "US", lat: 33.44, lon: -112.01 },
    { iata: "SEA", city: "Seattle", country: "US", lat: 47.45, lon: -122.31 },
    { iata: "SFO", city: "San Francisco", country: "US", lat: 37.62, lon: -122.38 },
    { iata: "SLC", city: "Salt Lake City", country: "US", lat: 40.79, lon: -111.98 },
    { iata: "YVR", city: "Vancouver", country: "CA", lat: 49.19, lon: -123.18 },
    { iata: "YYC", city: "Calgary", country: "CA", lat: 51.11, lon: -114.02 },
  ],
  "Sao Paulo": [
    { iata: "EZE", city: "Buenos Aires", country: "AR", lat: -34.82, lon: -58.54 },
    { iata: "FOR", city: "Fortaleza", country: "BR", lat: -3.78, lon: -38.53 },
    { iata: "GIG", city: "Rio de Janeiro", country: "BR", lat: -22.81, lon: -43.25 },
    { iata: "GRU", city: "Sao Paulo", country: "BR", lat: -23.43, lon: -46.47, recBasis: "metro" },
    { iata: "LIM", city: "Lima", country: "PE", lat: -12.02, lon: -77.11 },
    { iata: "SCL", city: "Santiago", country: "CL", lat: -33.39, lon: -70.79 },
  ],
  Frankfurt: [
    { iata: "ATH", city: "Athens", country: "GR", lat: 37.94, lon: 23.94 },
    { iata: "BCN", city: "Barcelona", country: "ES", lat: 41.3, lon: 2.08 },
    { iata: "BRU", city: "Brussels", country: "BE", lat: 50.9, lon: 4.48 },
    { iata: "BUD", city: "Budapest", country: "HU", lat: 47.43, lon: 19.26 },
    { iata: "CAI", city: "Cairo", country: "EG", lat: 30.11, lon: 31.4 },
    { iata: "CPH", city: "Copenhagen", country: "DK", lat: 55.62, lon: 12.66 },
    { iata: "DUS", city: "Dusseldorf", country: "DE", lat: 51.29, lon: 6.77 },
    { iata: "FCO", city: "Rome", country: "IT", lat: 41.8, lon: 12.25 },
    { iata: "FRA", city: "Frankfurt", country: "DE", lat: 50.04, lon: 8.56, recBasis: "metro" },
    { iata: "HAM", city: "Hamburg", country: "DE", lat: 53.63, lon: 9.99 },
    { iata: "HEL", city: "Helsinki", country: "FI", lat: 60.32, lon: 24.96 },
    { iata: "IST", city: "Istanbul", country: "TR", lat: 41.26, lon: 28.74 },
    { iata: "LOS", city: "Lagos", country: "NG", lat: 6.58, lon: 3.32 },
    { iata: "MRS", city: "Marseille", country: "FR", lat: 43.44, lon: 5.22 },
    { iata: "MUC", city: "Munich", country: "DE", lat: 48.35, lon: 11.79 },
    { iata: "MXP", city: "Milan", country: "IT", lat: 45.63, lon: 8.73, recBasis: "origin_shield" },
    { iata: "OSL", city: "Oslo", country: "NO", lat: 60.19, lon: 11.1 },
    { iata: "OTP", city: "Bucharest", country: "RO", lat: 44.57, lon: 26.09 },
    { iata: "PMO", city: "Palermo", country: "IT", lat: 38.18, lon: 13.09 },
    { iata: "PRG", city: "Prague", country: "CZ", lat: 50.1, lon: 14.26 },
    { iata: "SOF", city: "Sofia", country: "BG", lat: 42.7, lon: 23.41 },
    { iata: "TLV", city: "Tel Aviv", country: "IL", lat: 32.01, lon: 34.89 },
    { iata: "TXL", city: "Berlin", country: "DE", lat: 52.56, lon: 13.29 },
    { iata: "VIE", city: "Vienna", country: "AT", lat: 48.11, lon: 16.57 },
    { iata: "WAW", city: "Warsaw", country: "PL", lat: 52.17, lon: 20.97 },
    { iata: "ZAG", city: "Zagreb", country: "HR", lat: 45.74, lon: 16.07 },
    { iata: "ZRH", city: "Zurich", country: "CH", lat: 47.46, lon: 8.55 },
  ],
  Ireland: [
    { iata: "CPT", city: "Cape Town", country: "ZA", lat: -33.96, lon: 18.6, recBasis: "origin_shield" },
    { iata: "DUB", city: "Dublin", country: "IE", lat: 53.43, lon: -6.26, recBasis: "metro" },
    { iata: "JNB", city: "Johannesburg", country: "ZA", lat: -26.14, lon: 28.25, recBasis: "origin_shield" },
  ],
  London: [
    { iata: "AMS", city: "Amsterdam", country: "NL", lat: 52.31, lon: 4.76 },
    { iata: "ARN", city: "Stockholm", country: "SE", lat: 59.65, lon: 17.92, recBasis: "origin_shield" },
    { iata: "CDG", city: "Paris", country: "FR", lat: 49.01, lon: 2.55, recBasis: "origin_shield" },
    { iata: "LHR", city: "London", country: "GB", lat: 51.47, lon: -0.46, recBasis: "metro" },
    { iata: "LIS", city: "Lisbon", country: "PT", lat: 38.78, lon: -9.14 },
    { iata: "MAD", city: "Madrid", country: "ES", lat: 40.47, lon: -3.56 },
    { iata: "MAN", city: "Manchester", country: "GB", lat: 53.35, lon: -2.28 },
  ],
  Mumbai: [
    { iata: "BAH", city: "Manama", country: "BH", lat: 26.27, lon: 50.64, recBasis: "origin_shield" },
    { iata: "BLR", city: "Bengaluru", country: "IN", lat: 13.2, lon: 77.71, recBasis: "listed" },
    { iata: "BOM", city: "Mumbai", country: "IN", lat: 19.09, lon: 72.87, recBasis: "metro" },
    { iata: "CCU", city: "Kolkata", country: "IN", lat: 22.65, lon: 88.45, recBasis: "listed" },
    { iata: "DEL", city: "New Delhi", country: "IN", lat: 28.56, lon: 77.1, recBasis: "listed" },
    { iata: "DOH", city: "Doha", country: "QA", lat: 25.27, lon: 51.61 },
    { iata: "DXB", city: "Dubai", country: "AE", lat: 25.25, lon: 55.36 },
    { iata: "FJR", city: "Fujairah", country: "AE", lat: 25.11, lon: 56.32 },
    { iata: "HYD", city: "Hyderabad", country: "IN", lat: 17.23, lon: 78.43, recBasis: "listed" },
    { iata: "JED", city: "Jeddah", country: "SA", lat: 21.68, lon: 39.16 },
    { iata: "MAA", city: "Chennai", country: "IN", lat: 12.99, lon: 80.17, recBasis: "listed" },
    { iata: "MCT", city: "Muscat", country: "OM", lat: 23.59, lon: 58.28 },
    { iata: "NBO", city: "Nairobi", country: "KE", lat: -1.32, lon: 36.93 },
    { iata: "PNQ", city: "Pune", country: "IN", lat: 18.58, lon: 73.92, recBasis: "listed" },
    { iata: "RUH", city: "Riyadh", country: "SA", lat: 24.96, lon: 46.7 },
  ],
  Singapore: [
    { iata: "BKK", city: "Bangkok", country: "TH", lat: 13.68, lon: 100.75, recBasis: "listed" },
    { iata: "CGK", city: "Jakarta", country: "ID", lat: -6.13, lon: 106.66, recBasis: "listed" },
    { iata: "HAN", city: "Hanoi", country: "VN", lat: 21.22, lon: 105.81, recBasis: "listed" },
    { iata: "HKG", city: "Hong Kong", country: "HK", lat: 22.31, lon: 113.92, recBasis: "origin_shield" },
    { iata: "KUL", city: "Kuala Lumpur", country: "MY", lat: 2.75, lon: 101.71, recBasis: "listed" },
    { iata: "MNL", city: "Manila", country: "PH", lat: 14.51, lon: 121.02, recBasis: "listed" },
    { iata: "SGN", city: "Ho Chi Minh City", country: "VN", lat: 10.82, lon: 106.65, recBasis: "listed" },
    { iata: "SIN", city: "Singapore", country: "SG", lat: 1.35, lon: 103.99, recBasis: "metro" },
  ],
  Tokyo: [
    { iata: "KIX", city: "Osaka", country: "JP", lat: 34.43, lon: 135.24, recBasis: "listed" },
    { iata: "NRT", city: "Tokyo", country: "JP", lat: 35.76, lon: 140.39, recBasis: "metro" },
  ],
  Seoul: [
    { iata: "ICN", city: "Seoul", country: "KR", lat: 37.47, lon: 126.45, recBasis: "metro" },
    { iata: "TPE", city: "Taipei / Taoyuan", country: "TW", lat: 25.08, lon: 121.23 },
  ],
  Sydney: [
    { iata: "AKL", city: "Auckland", country: "NZ", lat: -37.01, lon: 174.79, recBasis: "listed" },
    { iata: "BNE", city: "Brisbane", country: "AU", lat: -27.38, lon: 153.12, recBasis: "listed" },
    { iata: "MEL", city: "Melbourne", country: "AU", lat: -37.67, lon: 144.84, recBasis: "listed" },
    { iata: "PER", city: "Perth", country: "AU", lat: -31.94, lon: 115.97, recBasis: "listed" },
    { iata: "SYD", city: "Sydney", country: "AU", lat: -33.95, lon: 151.18, recBasis: "metro" },
  ],
  UAE: [],
  "Hong Kong": [],
};

/** Nobody lists the RECs of China. */
const SITES_OF_CHINA: readonly Site[] = [
  { iata: "BJS", city: "Beijing", country: "CN", lat: 40.08, lon: 116.58 },
  { iata: "PVG", city: "Shanghai", country: "CN", lat: 31.14, lon: 121.81 },
  { iata: "SZX", city: "Shenzhen", country: "CN", lat: 22.64, lon: 113.81 },
  { iata: "ZHY", city: "Zhongwei", country: "CN", lat: 37.57, lon: 105.15 },
];

/** All sites, by code. Some (BCN, DOH, IST, …) have no known POP code. */
export const SITES: readonly Site[] = [
  ...keysOf(SITES_OF_REC).flatMap((rec) => SITES_OF_REC[rec].map((row): Site => ({ recBasis: "nearest", ...row, rec }))),
  ...SITES_OF_CHINA,
].sort((a, b) => a.iata.localeCompare(b.iata));

const SITE_OF: ReadonlyMap<string, Site> = new Map(SITES.map((site) => [site.iata, site]));

/** Code of the site of a POP: the first three letters of its code. */
export function siteCode(pop: string): string {
  return pop.slice(0, 3);
}

/** Site of a POP. The POP itself need not be in the catalogue. */
export function siteOf(pop: string): Site | undefined {
  return SITE_OF.get(siteCode(pop.trim()).toUpperCase());
}

/** The name of the REC that likely serves a POP. Undefined in China and for an unknown site. */
export function recOf(pop: string): RecName | undefined {
  return siteOf(pop)?.rec;
}
