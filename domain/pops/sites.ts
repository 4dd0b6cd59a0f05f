// biome-ignore-all format: one row a line
import type { RecBasis, RecName } from "./recs.ts";

/** CloudFront's price regions by a short name, as its price-class table writes them; China has no row in that table. */
export const PRICE_REGIONS = {
  northAmerica: "United States, Mexico & Canada",
  europe: "Europe & Israel",
  africaMiddleEast: "South Africa, Kenya, Nigeria, Egypt, Türkiye & Middle East",
  japan: "Japan",
  asia: "Hong Kong, Indonesia, Philippines, Singapore, South Korea, Taiwan, Thailand, Malaysia & Vietnam",
  india: "India",
  southAmerica: "South America",
  oceania: "Australia & New Zealand",
  china: "China (separate aws-cn service)",
} as const;

export type PriceRegion = keyof typeof PRICE_REGIONS;

/** A metro area with one POP or more. */
export interface Site {
  /** the three letters its POP codes begin with: an airport's IATA code, or a metro's (BJS, YTO) */
  readonly iata: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2 */
  readonly country: string;
  readonly continent: "AF" | "AS" | "EU" | "NA" | "OC" | "SA";
  /** degrees north and east, of the airport */
  readonly lat: number;
  readonly lon: number;
  /**
   * The REC that likely serves it. The `listed` RECs serve no site here, as nothing public says which sites moved to
   * them. Absent in China, whose RECs nobody lists.
   */
  readonly rec?: RecName;
  /** Present where `rec` is. */
  readonly recBasis?: RecBasis;
  readonly priceRegion: PriceRegion;
}

/** By code. Some sites (BCN, DOH, IST, …) have no known POP code. */
export const SITES: readonly Site[] = [
  { iata: "AKL", city: "Auckland", country: "NZ", continent: "OC", lat: -37.01, lon: 174.79, rec: "Sydney", recBasis: "listed", priceRegion: "oceania" },
  { iata: "AMS", city: "Amsterdam", country: "NL", continent: "EU", lat: 52.31, lon: 4.76, rec: "London", recBasis: "nearest", priceRegion: "europe" },
  { iata: "ARN", city: "Stockholm", country: "SE", continent: "EU", lat: 59.65, lon: 17.92, rec: "London", recBasis: "origin_shield", priceRegion: "europe" },
  { iata: "ATH", city: "Athens", country: "GR", continent: "EU", lat: 37.94, lon: 23.94, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "ATL", city: "Atlanta", country: "US", continent: "NA", lat: 33.64, lon: -84.43, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "BAH", city: "Manama", country: "BH", continent: "AS", lat: 26.27, lon: 50.64, rec: "Mumbai", recBasis: "origin_shield", priceRegion: "africaMiddleEast" },
  { iata: "BCN", city: "Barcelona", country: "ES", continent: "EU", lat: 41.3, lon: 2.08, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "BJS", city: "Beijing", country: "CN", continent: "AS", lat: 40.08, lon: 116.58, priceRegion: "china" },
  { iata: "BKK", city: "Bangkok", country: "TH", continent: "AS", lat: 13.68, lon: 100.75, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "BLR", city: "Bengaluru", country: "IN", continent: "AS", lat: 13.2, lon: 77.71, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "BNA", city: "Nashville", country: "US", continent: "NA", lat: 36.12, lon: -86.68, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "BNE", city: "Brisbane", country: "AU", continent: "OC", lat: -27.38, lon: 153.12, rec: "Sydney", recBasis: "listed", priceRegion: "oceania" },
  { iata: "BOG", city: "Bogota", country: "CO", continent: "SA", lat: 4.7, lon: -74.15, rec: "N. Virginia", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "BOM", city: "Mumbai", country: "IN", continent: "AS", lat: 19.09, lon: 72.87, rec: "Mumbai", recBasis: "metro", priceRegion: "india" },
  { iata: "BOS", city: "Boston", country: "US", continent: "NA", lat: 42.36, lon: -71.01, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "BRU", city: "Brussels", country: "BE", continent: "EU", lat: 50.9, lon: 4.48, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "BUD", city: "Budapest", country: "HU", continent: "EU", lat: 47.43, lon: 19.26, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "CAI", city: "Cairo", country: "EG", continent: "AF", lat: 30.11, lon: 31.4, rec: "Frankfurt", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "CCU", city: "Kolkata", country: "IN", continent: "AS", lat: 22.65, lon: 88.45, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "CDG", city: "Paris", country: "FR", continent: "EU", lat: 49.01, lon: 2.55, rec: "London", recBasis: "origin_shield", priceRegion: "europe" },
  { iata: "CGK", city: "Jakarta", country: "ID", continent: "AS", lat: -6.13, lon: 106.66, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "CMH", city: "Columbus", country: "US", continent: "NA", lat: 40, lon: -82.89, rec: "Ohio", recBasis: "metro", priceRegion: "northAmerica" },
  { iata: "CPH", city: "Copenhagen", country: "DK", continent: "EU", lat: 55.62, lon: 12.66, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "CPT", city: "Cape Town", country: "ZA", continent: "AF", lat: -33.96, lon: 18.6, rec: "Ireland", recBasis: "origin_shield", priceRegion: "africaMiddleEast" },
  { iata: "DEL", city: "New Delhi", country: "IN", continent: "AS", lat: 28.56, lon: 77.1, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "DEN", city: "Denver", country: "US", continent: "NA", lat: 39.86, lon: -104.67, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "DFW", city: "Dallas-Fort Worth", country: "US", continent: "NA", lat: 32.9, lon: -97.04, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "DOH", city: "Doha", country: "QA", continent: "AS", lat: 25.27, lon: 51.61, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "DTW", city: "Detroit", country: "US", continent: "NA", lat: 42.21, lon: -83.35, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "DUB", city: "Dublin", country: "IE", continent: "EU", lat: 53.43, lon: -6.26, rec: "Ireland", recBasis: "metro", priceRegion: "europe" },
  { iata: "DUS", city: "Dusseldorf", country: "DE", continent: "EU", lat: 51.29, lon: 6.77, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "DXB", city: "Dubai", country: "AE", continent: "AS", lat: 25.25, lon: 55.36, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "EWR", city: "Newark", country: "US", continent: "NA", lat: 40.69, lon: -74.17, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "EZE", city: "Buenos Aires", country: "AR", continent: "SA", lat: -34.82, lon: -58.54, rec: "Sao Paulo", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "FCO", city: "Rome", country: "IT", continent: "EU", lat: 41.8, lon: 12.25, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "FJR", city: "Fujairah", country: "AE", continent: "AS", lat: 25.11, lon: 56.32, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "FOR", city: "Fortaleza", country: "BR", continent: "SA", lat: -3.78, lon: -38.53, rec: "Sao Paulo", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "FRA", city: "Frankfurt", country: "DE", continent: "EU", lat: 50.04, lon: 8.56, rec: "Frankfurt", recBasis: "metro", priceRegion: "europe" },
  { iata: "GIG", city: "Rio de Janeiro", country: "BR", continent: "SA", lat: -22.81, lon: -43.25, rec: "Sao Paulo", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "GRU", city: "Sao Paulo", country: "BR", continent: "SA", lat: -23.43, lon: -46.47, rec: "Sao Paulo", recBasis: "metro", priceRegion: "southAmerica" },
  { iata: "HAM", city: "Hamburg", country: "DE", continent: "EU", lat: 53.63, lon: 9.99, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "HAN", city: "Hanoi", country: "VN", continent: "AS", lat: 21.22, lon: 105.81, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "HEL", city: "Helsinki", country: "FI", continent: "EU", lat: 60.32, lon: 24.96, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "HIO", city: "Portland / Hillsboro", country: "US", continent: "NA", lat: 45.54, lon: -122.95, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "HKG", city: "Hong Kong", country: "HK", continent: "AS", lat: 22.31, lon: 113.92, rec: "Singapore", recBasis: "origin_shield", priceRegion: "asia" },
  { iata: "HYD", city: "Hyderabad", country: "IN", continent: "AS", lat: 17.23, lon: 78.43, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "IAD", city: "Ashburn / Washington DC", country: "US", continent: "NA", lat: 38.94, lon: -77.46, rec: "N. Virginia", recBasis: "metro", priceRegion: "northAmerica" },
  { iata: "IAH", city: "Houston", country: "US", continent: "NA", lat: 29.98, lon: -95.34, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "ICN", city: "Seoul", country: "KR", continent: "AS", lat: 37.47, lon: 126.45, rec: "Seoul", recBasis: "metro", priceRegion: "asia" },
  { iata: "IST", city: "Istanbul", country: "TR", continent: "EU", lat: 41.26, lon: 28.74, rec: "Frankfurt", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "JAX", city: "Jacksonville", country: "US", continent: "NA", lat: 30.49, lon: -81.69, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "JED", city: "Jeddah", country: "SA", continent: "AS", lat: 21.68, lon: 39.16, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "JFK", city: "New York", country: "US", continent: "NA", lat: 40.64, lon: -73.78, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "JNB", city: "Johannesburg", country: "ZA", continent: "AF", lat: -26.14, lon: 28.25, rec: "Ireland", recBasis: "origin_shield", priceRegion: "africaMiddleEast" },
  { iata: "KIX", city: "Osaka", country: "JP", continent: "AS", lat: 34.43, lon: 135.24, rec: "Tokyo", recBasis: "listed", priceRegion: "japan" },
  { iata: "KUL", city: "Kuala Lumpur", country: "MY", continent: "AS", lat: 2.75, lon: 101.71, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "LAX", city: "Los Angeles", country: "US", continent: "NA", lat: 33.94, lon: -118.41, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "LHR", city: "London", country: "GB", continent: "EU", lat: 51.47, lon: -0.46, rec: "London", recBasis: "metro", priceRegion: "europe" },
  { iata: "LIM", city: "Lima", country: "PE", continent: "SA", lat: -12.02, lon: -77.11, rec: "Sao Paulo", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "LIS", city: "Lisbon", country: "PT", continent: "EU", lat: 38.78, lon: -9.14, rec: "London", recBasis: "nearest", priceRegion: "europe" },
  { iata: "LOS", city: "Lagos", country: "NG", continent: "AF", lat: 6.58, lon: 3.32, rec: "Frankfurt", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "MAA", city: "Chennai", country: "IN", continent: "AS", lat: 12.99, lon: 80.17, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "MAD", city: "Madrid", country: "ES", continent: "EU", lat: 40.47, lon: -3.56, rec: "London", recBasis: "nearest", priceRegion: "europe" },
  { iata: "MAN", city: "Manchester", country: "GB", continent: "EU", lat: 53.35, lon: -2.28, rec: "London", recBasis: "nearest", priceRegion: "europe" },
  { iata: "MCI", city: "Kansas City", country: "US", continent: "NA", lat: 39.3, lon: -94.71, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "MCT", city: "Muscat", country: "OM", continent: "AS", lat: 23.59, lon: 58.28, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "MEL", city: "Melbourne", country: "AU", continent: "OC", lat: -37.67, lon: 144.84, rec: "Sydney", recBasis: "listed", priceRegion: "oceania" },
  { iata: "MIA", city: "Miami", country: "US", continent: "NA", lat: 25.79, lon: -80.29, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "MNL", city: "Manila", country: "PH", continent: "AS", lat: 14.51, lon: 121.02, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "MRS", city: "Marseille", country: "FR", continent: "EU", lat: 43.44, lon: 5.22, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "MSP", city: "Minneapolis", country: "US", continent: "NA", lat: 44.88, lon: -93.22, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "MUC", city: "Munich", country: "DE", continent: "EU", lat: 48.35, lon: 11.79, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "MXP", city: "Milan", country: "IT", continent: "EU", lat: 45.63, lon: 8.73, rec: "Frankfurt", recBasis: "origin_shield", priceRegion: "europe" },
  { iata: "NBO", city: "Nairobi", country: "KE", continent: "AF", lat: -1.32, lon: 36.93, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "NRT", city: "Tokyo", country: "JP", continent: "AS", lat: 35.76, lon: 140.39, rec: "Tokyo", recBasis: "metro", priceRegion: "japan" },
  { iata: "ORD", city: "Chicago", country: "US", continent: "NA", lat: 41.98, lon: -87.9, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "OSL", city: "Oslo", country: "NO", continent: "EU", lat: 60.19, lon: 11.1, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "OTP", city: "Bucharest", country: "RO", continent: "EU", lat: 44.57, lon: 26.09, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "PER", city: "Perth", country: "AU", continent: "OC", lat: -31.94, lon: 115.97, rec: "Sydney", recBasis: "listed", priceRegion: "oceania" },
  { iata: "PHL", city: "Philadelphia", country: "US", continent: "NA", lat: 39.87, lon: -75.24, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "PHX", city: "Phoenix", country: "US", continent: "NA", lat: 33.44, lon: -112.01, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "PIT", city: "Pittsburgh", country: "US", continent: "NA", lat: 40.49, lon: -80.23, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "PMO", city: "Palermo", country: "IT", continent: "EU", lat: 38.18, lon: 13.09, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "PNQ", city: "Pune", country: "IN", continent: "AS", lat: 18.58, lon: 73.92, rec: "Mumbai", recBasis: "listed", priceRegion: "india" },
  { iata: "PRG", city: "Prague", country: "CZ", continent: "EU", lat: 50.1, lon: 14.26, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "PVG", city: "Shanghai", country: "CN", continent: "AS", lat: 31.14, lon: 121.81, priceRegion: "china" },
  { iata: "QRO", city: "Queretaro", country: "MX", continent: "NA", lat: 20.62, lon: -100.19, rec: "Ohio", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "RUH", city: "Riyadh", country: "SA", continent: "AS", lat: 24.96, lon: 46.7, rec: "Mumbai", recBasis: "nearest", priceRegion: "africaMiddleEast" },
  { iata: "SCL", city: "Santiago", country: "CL", continent: "SA", lat: -33.39, lon: -70.79, rec: "Sao Paulo", recBasis: "nearest", priceRegion: "southAmerica" },
  { iata: "SEA", city: "Seattle", country: "US", continent: "NA", lat: 47.45, lon: -122.31, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "SFO", city: "San Francisco", country: "US", continent: "NA", lat: 37.62, lon: -122.38, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "SGN", city: "Ho Chi Minh City", country: "VN", continent: "AS", lat: 10.82, lon: 106.65, rec: "Singapore", recBasis: "listed", priceRegion: "asia" },
  { iata: "SIN", city: "Singapore", country: "SG", continent: "AS", lat: 1.35, lon: 103.99, rec: "Singapore", recBasis: "metro", priceRegion: "asia" },
  { iata: "SLC", city: "Salt Lake City", country: "US", continent: "NA", lat: 40.79, lon: -111.98, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "SOF", city: "Sofia", country: "BG", continent: "EU", lat: 42.7, lon: 23.41, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "SYD", city: "Sydney", country: "AU", continent: "OC", lat: -33.95, lon: 151.18, rec: "Sydney", recBasis: "metro", priceRegion: "oceania" },
  { iata: "SZX", city: "Shenzhen", country: "CN", continent: "AS", lat: 22.64, lon: 113.81, priceRegion: "china" },
  { iata: "TLV", city: "Tel Aviv", country: "IL", continent: "AS", lat: 32.01, lon: 34.89, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "TPA", city: "Tampa", country: "US", continent: "NA", lat: 27.98, lon: -82.53, rec: "N. Virginia", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "TPE", city: "Taipei / Taoyuan", country: "TW", continent: "AS", lat: 25.08, lon: 121.23, rec: "Seoul", recBasis: "nearest", priceRegion: "asia" },
  { iata: "TXL", city: "Berlin", country: "DE", continent: "EU", lat: 52.56, lon: 13.29, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "VIE", city: "Vienna", country: "AT", continent: "EU", lat: 48.11, lon: 16.57, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "WAW", city: "Warsaw", country: "PL", continent: "EU", lat: 52.17, lon: 20.97, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "YTO", city: "Toronto", country: "CA", continent: "NA", lat: 43.68, lon: -79.63, rec: "N. Virginia", recBasis: "origin_shield", priceRegion: "northAmerica" },
  { iata: "YUL", city: "Montreal", country: "CA", continent: "NA", lat: 45.47, lon: -73.74, rec: "N. Virginia", recBasis: "origin_shield", priceRegion: "northAmerica" },
  { iata: "YVR", city: "Vancouver", country: "CA", continent: "NA", lat: 49.19, lon: -123.18, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "YYC", city: "Calgary", country: "CA", continent: "NA", lat: 51.11, lon: -114.02, rec: "Oregon", recBasis: "nearest", priceRegion: "northAmerica" },
  { iata: "ZAG", city: "Zagreb", country: "HR", continent: "EU", lat: 45.74, lon: 16.07, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
  { iata: "ZHY", city: "Zhongwei", country: "CN", continent: "AS", lat: 37.57, lon: 105.15, priceRegion: "china" },
  { iata: "ZRH", city: "Zurich", country: "CH", continent: "EU", lat: 47.46, lon: 8.55, rec: "Frankfurt", recBasis: "nearest", priceRegion: "europe" },
];

const SITE_OF: ReadonlyMap<string, Site> = new Map(SITES.map((site) => [site.iata, site]));

/** The site a POP stands at, by its first three letters: the POP itself need not be in the catalogue. */
export function siteOf(pop: string): Site | undefined {
  return SITE_OF.get(pop.trim().slice(0, 3).toUpperCase());
}

/** The name of the REC that likely serves a POP. Undefined in China and for an unknown site. */
export function recOf(pop: string): RecName | undefined {
  return siteOf(pop)?.rec;
}
