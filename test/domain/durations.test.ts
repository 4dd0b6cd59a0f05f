import { duration, elapsed, stopwatch, timeLeft } from "../../domain/durations.ts";

it.each([
  [duration, 1, "10 s", "10 秒"],
  [duration, 50_001, "1 min", "1 分钟"],
  [duration, 3_600_000, "1 h", "1 小时"],
  [duration, 3_660_000, "1 h 1 min", "1 小时 1 分钟"],
  [duration, 172_800_000, "2 d", "2 天"],
  [duration, 183_600_000, "2 d 3 h", "2 天 3 小时"],
  [elapsed, -1, "0 s", "0 秒"],
  [elapsed, 59_999, "59 s", "59 秒"],
  [elapsed, 3_599_999, "59 min", "59 分钟"],
  [elapsed, 90_000_000, "25 h", "25 小时"],
  [elapsed, 200_000_000, "2 d", "2 天"],
  [stopwatch, -1, "0:00", "0:00"],
  [stopwatch, 336_400, "5:37", "5:37"],
  [stopwatch, 7_500_000, "2:05:00", "2:05:00"],
  [stopwatch, 684_000_000, "7 d 22 h", "7 天 22 小时"],
  [timeLeft, 0, "0:10", "0:10"],
  [timeLeft, 59_000, "0:59", "0:59"],
])("%o of %d ms is %s", (written, ms, en, zh) => expect([written(ms, "en"), written(ms, "zh")]).toEqual([en, zh]));
