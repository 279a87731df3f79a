/** What is chosen on the screen of a server; it stands in its address. */
export interface ServerScreenState {
  readonly tab?: 'forecast';
  /** The update whose "why" is shown: an id, a KB number or a part of a title. */
  readonly update?: string;
  readonly installed?: true;
}

/** Reads an address, which anybody may have written. */
export function readServerScreen({ tab, update, installed }: Readonly<Record<string, unknown>>): ServerScreenState {
  const asked = typeof update === 'string' || typeof update === 'number' ? String(update).trim().slice(0, 255) : '';
  return {
    ...(tab === 'forecast' ? { tab } : {}),
    ...(asked ? { update: asked } : {}),
    ...(installed === true ? { installed } : {}),
  };
}
