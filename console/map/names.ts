import type { Language } from "../../domain/format.ts";
import { CITIES_ZH } from "./names-chinese.ts";

/** @param city its English name, as the API tells it */
export function cityName(city: string, language: Language): string {
  return language === "zh" ? (CITIES_ZH[city] ?? city) : city;
}

/** @param country ISO 3166-1 alpha-2 */
export function countryName(country: string, language: Language): string {
  const names = new Intl.DisplayNames([language === "zh" ? "zh-CN" : "en"], { type: "region", fallback: "code" });
  return names.of(country) ?? country;
}
