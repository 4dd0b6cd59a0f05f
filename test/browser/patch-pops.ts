/** 38 POPs under nine RECs, in five regions: where the tests' and the pictures' patch is warmed. */
export const PATCH_POPS = [
  ...["SIN2-P1", "SIN2-P6", "SIN52-C2", "BKK50-C2", "CGK50-P1", "HKG54-P1", "KUL51-P1", "MNL52-P1", "SGN50-P1"],
  ...["BOM54-P2", "BOM78-P1", "BLR50-P3", "DEL54-P2", "HYD57-P1"],
  ...["ICN57-P1", "ICN57-P2", "ICN80-P1", "TPE53-P1", "TPE54-P1"],
  ...["NRT20-P9", "NRT51-P2", "NRT57-P3", "KIX50-P2"],
  ...["SYD62-P1", "MEL52-P2"],
  ...["FRA56-P4", "FRA60-P1", "MXP63-P7", "WAW51-P6"],
  ...["LHR50-P2", "LHR61-P3", "AMS58-P4", "CDG52-P2", "MAD53-P1"],
  ...["IAD89-P1", "JFK52-P2"],
  ...["LAX54-P3", "SFO5-P2"],
];
