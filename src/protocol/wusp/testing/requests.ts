import { OPERATIONS } from '#protocol/wusp/operations.ts';
import type { WuspOperation } from '#protocol/wusp/types.ts';

/** A cookie as an element of a request. */
export const COOKIE =
  '<cookie><Expiration>2025-10-14T00:00:00Z</Expiration><EncryptedData>AAAA</EncryptedData></cookie>';

/** A whole request with this content. */
export function request(operation: WuspOperation, content: string): string {
  const { namespace } = OPERATIONS[operation];
  return (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<s:Body><${operation} xmlns="${namespace}">${content}</${operation}></s:Body></s:Envelope>`
  );
}

/** The content of a scan of software with further parameters. */
export function sync(parameters: string): string {
  return `${COOKIE}<parameters><SkipSoftwareSync>false</SkipSoftwareSync>${parameters}</parameters>`;
}
