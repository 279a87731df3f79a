/** The members that are there. */
export function defined<const T extends Readonly<Record<string, unknown>>>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The mode in an option whose choices are checked. */
export function modeOf(text: string | undefined): 'observe' | 'managed' | undefined {
  return text === 'observe' || text === 'managed' ? text : undefined;
}
