const DOMAINS = ['microsoft.com', 'windowsupdate.com'];

/** A URL in its normal form when it is one from which Windows servers fetch Microsoft's payloads; undefined for any other. */
export function microsoftUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const isTheirs = DOMAINS.some((domain) => url.hostname.endsWith(`.${domain}`));
  const isPlain = url.port === '' && url.username === '' && url.password === '' && url.hash === '';
  return isTheirs && isPlain ? url.href : undefined;
}
