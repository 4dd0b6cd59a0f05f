/** The part of the world that the map shows, in degrees. West of it and beyond its edges no POP is known. */
const WEST = -128;
const EAST = 180;
const NORTH = 70;
const SOUTH = -49;

/** Of the map's own units: everything that is drawn on it is placed in them. */
export const MAP_WIDTH = 1_000;

export interface Point {
  readonly x: number;
  readonly y: number;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const SCALE = MAP_WIDTH / radians(EAST - WEST);

/** Miller's cylindrical projection: poles in reach, and shapes at 60° still like themselves. */
const height = (latitude: number) => 1.25 * Math.log(Math.tan(Math.PI / 4 + 0.4 * radians(latitude)));

export const MAP_HEIGHT = Math.round((height(NORTH) - height(SOUTH)) * SCALE);

/** Where a place is on the map, in its units from the upper left. @param latitude degrees north @param longitude degrees east */
export function project(latitude: number, longitude: number): Point {
  return { x: radians(longitude - WEST) * SCALE, y: (height(NORTH) - height(latitude)) * SCALE };
}
