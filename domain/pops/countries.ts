/** The names a country of the catalogue goes by. */

/** English names (lower case, underscores) by ISO 3166-1 alpha-2 code: the countries with a site in the catalogue. */
export const COUNTRY_NAMES: Readonly<Record<string, string>> = {
  AE: "united_arab_emirates",
  AR: "argentina",
  AT: "austria",
  AU: "australia",
  BE: "belgium",
  BG: "bulgaria",
  BH: "bahrain",
  BR: "brazil",
  CA: "canada",
  CH: "switzerland",
  CL: "chile",
  CN: "china",
  CO: "colombia",
  CZ: "czechia",
  DE: "germany",
  DK: "denmark",
  EG: "egypt",
  ES: "spain",
  FI: "finland",
  FR: "france",
  GB: "united_kingdom",
  GR: "greece",
  HK: "hong_kong",
  HR: "croatia",
  HU: "hungary",
  ID: "indonesia",
  IE: "ireland",
  IL: "israel",
  IN: "india",
  IT: "italy",
  JP: "japan",
  KE: "kenya",
  KR: "south_korea",
  MX: "mexico",
  MY: "malaysia",
  NG: "nigeria",
  NL: "netherlands",
  NO: "norway",
  NZ: "new_zealand",
  OM: "oman",
  PE: "peru",
  PH: "philippines",
  PL: "poland",
  PT: "portugal",
  QA: "qatar",
  RO: "romania",
  SA: "saudi_arabia",
  SE: "sweden",
  SG: "singapore",
  TH: "thailand",
  TR: "turkey",
  TW: "taiwan",
  US: "united_states",
  VN: "vietnam",
  ZA: "south_africa",
};

/** Other names in use, by the code they mean. */
const ALIASES: Readonly<Record<string, string>> = {
  america: "US",
  britain: "GB",
  czech_republic: "CZ",
  great_britain: "GB",
  korea: "KR",
  republic_of_korea: "KR",
  the_netherlands: "NL",
  turkiye: "TR",
  türkiye: "TR",
  uae: "AE",
  uk: "GB",
  united_states_of_america: "US",
  usa: "US",
  viet_nam: "VN",
};

const CODE_OF: ReadonlyMap<string, string> = new Map([
  ...Object.keys(COUNTRY_NAMES).map((iso): [string, string] => [iso.toLowerCase(), iso]),
  ...Object.entries(COUNTRY_NAMES).map(([iso, name]): [string, string] => [name, iso]),
  ...Object.entries(ALIASES),
]);

/** The ISO code (upper case) for a code or an English name, in any case, words parted by spaces or underscores. */
export function countryCode(name: string): string | undefined {
  return CODE_OF.get(name.trim().toLowerCase().replace(/\s+/g, "_"));
}
