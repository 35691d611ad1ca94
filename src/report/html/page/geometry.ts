/** A point in CSS pixels from the upper left corner of a surface, or a way from one to another. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of a surface, in CSS pixels; 0 while it is hidden. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where an arrow key leads. */
export type Direction = 'left' | 'right' | 'up' | 'down';
