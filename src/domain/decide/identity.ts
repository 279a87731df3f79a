import { memoised } from '#domain/catalogue/memo.ts';

let numbered = 0;

/** A number for each object, in the order in which they are met: tells large immutable values apart without reading them. */
export const identityOf = memoised((_: object): number => {
  numbered += 1;
  return numbered;
});
