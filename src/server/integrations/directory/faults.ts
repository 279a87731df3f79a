import { InvalidCredentialsError, ResultCodeError, StrongAuthRequiredError } from 'ldapts';
import { CodedError } from '#contract/errors.ts';
import { UNTRUSTED } from '#server/sources/upstream/transport.ts';

/** What Active Directory says behind `data` of a refused bind, in words. */
const REFUSALS: Readonly<Record<string, string>> = {
  '525': 'there is no such user',
  '52e': 'user or password is wrong',
  '530': 'it may not log on at this time',
  '531': 'it may not log on from here',
  '532': 'its password has expired',
  '533': 'its account is disabled',
  '701': 'its account has expired',
  '773': 'it must change its password first',
  '775': 'its account is locked',
};

/** What a bind came to grief on, as a coded error without the password. */
export function bindRefusal(url: string, error: unknown): CodedError {
  if (error instanceof StrongAuthRequiredError)
    return new CodedError('directory.refused', `${url}: it wants an encrypted connection`);
  if (!(error instanceof ResultCodeError)) return directoryFault(url, error);
  const [, code = ''] = /\bdata ([0-9a-f]{3,4})\b/i.exec(error.message) ?? [];
  const words =
    REFUSALS[code.toLowerCase()] ?? (error instanceof InvalidCredentialsError ? REFUSALS['52e'] : undefined);
  return new CodedError('directory.refused', `${url}: the user was refused: ${words ?? oneLine(error.message)}`);
}

/** What went wrong while a domain controller was asked, as a coded error. */
export function directoryFault(url: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof ResultCodeError) return new CodedError('directory.failed', `${url}: ${oneLine(message)}`);
  const kind = typeof code === 'string' && UNTRUSTED.test(code) ? 'directory.untrusted' : 'directory.unreachable';
  return new CodedError(kind, `${url}: ${oneLine(message) || code || 'no answer'}`);
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300);
}
