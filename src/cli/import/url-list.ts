/** Where Microsoft has a payload file. */
export interface FileUrl {
  readonly sha1: string;
  readonly url: string;
}

/** Reads a `file-urls.json`: a list of `{ "sha1": …, "url": … }`. Undefined when it is anything else. */
export function readUrlList(text: string): readonly FileUrl[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every(isFileUrl) ? value.map(({ sha1, url }) => ({ sha1, url })) : undefined;
}

function isFileUrl(value: unknown): value is FileUrl {
  const { sha1, url } = (value ?? {}) as Partial<FileUrl>;
  return typeof sha1 === 'string' && /^[0-9a-f]{40}$/i.test(sha1) && typeof url === 'string' && url.length <= 2048;
}
