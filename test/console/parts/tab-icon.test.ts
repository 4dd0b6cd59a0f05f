import { tabIconOf, tabIcons } from "../../../console/parts/tab-icon.ts";

test.each([
  ["under_way", 0, "icon-0.svg"],
  ["under_way", 69, "icon-60.svg"],
  // Only what has ended is done.
  ["under_way", 100, "icon-90.svg"],
  ["waiting", 41, "icon-40.svg"],
  ["warm", 100, "icon-warm.svg"],
  ["hit", 100, "icon-done.svg"],
  ["done", 100, "icon-done.svg"],
  ["not_kept", 99, "icon-not_kept.svg"],
  ["timed_out", 88, "icon-not_kept.svg"],
  ["stopped", 41, "icon-stopped.svg"],
  ["failed", 0, "icon-failed.svg"],
] as const)("%s at %i%% is %s, which there is", (form, percent, name) => {
  expect(tabIconOf(form, percent)).toBe(name);
  expect(tabIcons()).toHaveProperty([name]);
});
