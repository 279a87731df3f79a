import { randomBytes } from 'node:crypto';
import type { Cookie } from '#protocol/wusp/types.ts';

/** The cookies that a test upstream has given out. */
export interface Cookies {
  issue(minutes: number): Cookie;
  isGood(cookie: Cookie): boolean;
  /** Nobody's cookie is good any more. */
  forget(): void;
  readonly issued: number;
}

export function cookies(): Cookies {
  const good = new Set<string>();
  let issued = 0;
  return {
    issue(minutes) {
      const encryptedData = randomBytes(24).toString('base64');
      good.add(encryptedData);
      issued += 1;
      return { encryptedData, expiration: Temporal.Now.instant().add({ minutes }).round('second') };
    },
    isGood: ({ encryptedData }) => good.has(encryptedData),
    forget: () => good.clear(),
    get issued() {
      return issued;
    },
  };
}
