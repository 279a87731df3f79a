/** A value that is made on first use and kept. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A function of an object whose answers are kept as long as the object lives. */
export function memoised<K extends object, T>(answer: (key: K) => T): (key: K) => T {
  const kept = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known.value;
    const value = answer(key);
    kept.set(key, { value });
    return value;
  };
}
