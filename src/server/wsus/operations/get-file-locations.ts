import { fileLocations } from '#server/wsus/file-locations.ts';
import type { WuspHandler } from '#server/wsus/service.ts';
import { renewedCookie, sessionOf } from '#server/wsus/session.ts';

/** GetFileLocations ([MS-WUSP] 3.1.5.11): where files are that the client knows by digest; unknown ones are left out. */
export const getFileLocations: WuspHandler<'GetFileLocations'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  return {
    operation: 'GetFileLocations',
    fileLocations: await fileLocations(service, request.fileDigests, caller),
    newCookie: renewedCookie(service, session, session.told),
  };
};
